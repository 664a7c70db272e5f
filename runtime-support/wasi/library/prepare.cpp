//===- prepare.cpp - What an instance has open at first -------------------===//
//
// Host descriptors that were opened with the instance. What is not there of the
// standard streams leaves its number unused, unless the guest closes another.
//
//===----------------------------------------------------------------------===//
#include "model/guest.h"

namespace wrought::wasi {

void DescriptorTable::prepareStreams() {
  const Host &host = State::of(*this).host;
  numbers_ = firstNumbers_;
  numberCount_ = firstCount;
  usedCount_ = lowestFree_ = firstGranted;
  auto *descriptors = reinterpret_cast<Descriptor *>(firstDescriptors_);
  for (uint32_t number = 0; number != firstGranted; ++number) {
    if (host.streams[number].hostFd < 0)
      continue;
    Descriptor &descriptor = descriptors[number];
    descriptor = Descriptor();
    descriptor.isInherited = descriptor.isKept = true;
    descriptor.useCount = 1;
    descriptor.hostFd = host.streams[number].hostFd;
    descriptor.rightsBase =
        rights::stream | (number == 0 ? rights::fdRead : rights::fdWrite);
    numbers_[number] = &descriptor;
  }
}

void DescriptorTable::prepare(uint32_t) {
  if (isPrepared_)
    return;
  isPrepared_ = areGrantsOpen_ = true;
  prepareStreams();
  const Host &host = State::of(*this).host;
  withheldCount_ = maxCount - host.descriptorLimit;
  for (size_t index = 0; index != host.directoryCount; ++index) {
    const Kept &kept = host.directories[index];
    Descriptor descriptor;
    descriptor.isKept = descriptor.isIdentified = true;
    descriptor.isReadOnly = kept.isReadOnly;
    descriptor.type = FileType::Directory;
    descriptor.rightsBase = rights::directory;
    descriptor.rightsInheriting = rights::directory | rights::file;
    descriptor.preopenName = kept.guestPath;
    uint32_t fd;
    if (place(descriptor, kept.hostFd, fd, firstGranted) != Errno::Success)
      return;
  }
}

} // namespace wrought::wasi

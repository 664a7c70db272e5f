//===- prepare.cpp - What a program has open at first ---------------------===//
#include "model/guest.h"

namespace wrought::wasi {

void DescriptorTable::prepareStreams() {
  if (numbers_ == nullptr) {
    numbers_ = firstNumbers_;
    numberCount_ = firstCount;
  }
  auto *descriptors = reinterpret_cast<Descriptor *>(firstDescriptors_);
  for (uint32_t number = 0; number != firstGranted; ++number) {
    Descriptor &descriptor = descriptors[number];
    descriptor = Descriptor();
    descriptor.isInherited = true;
    descriptor.useCount = 1;
    descriptor.hostFd = wrought_wasi_open_stream != nullptr
                            ? wrought_wasi_open_stream(number)
                            : static_cast<int>(number);
    descriptor.rightsBase =
        rights::stream | (number == 0 ? rights::fdRead : rights::fdWrite);
    numbers_[number] = &descriptor;
  }
  usedCount_ = firstGranted;
  lowestFree_ = firstGranted;
}

void DescriptorTable::prepare(uint32_t fd) {
  if (!isPrepared_) {
    isPrepared_ = true;
    prepareStreams();
  }
  if (fd >= firstGranted && !areGrantsOpen_) {
    areGrantsOpen_ = true;
    if (wrought_wasi_open_grants != nullptr)
      wrought_wasi_open_grants(*this);
  }
}

} // namespace wrought::wasi

//===- descriptor_table.cpp - What the guest's descriptors mean -----------===//
#include "wasi/descriptor_table.h"

#include "os/linux/system.h"
#include "wasi/errno.h"
#include "wasi/grants.h"

namespace wrought::wasi {

constinit DescriptorTable descriptors;

namespace {

/// The first numbers need no mapping. All zero, hence not in the file.
struct FirstChunk {
  alignas(Descriptor) uint8_t bytes[64 * sizeof(Descriptor)];
};
constinit FirstChunk firstChunk = {};

/// Keeps what the guest opens apart from the host's standard streams, also when
/// the program was started without them.
long moveAboveStandard(int hostFd) {
  if (hostFd > 2)
    return hostFd;
  long moved = sys::fcntl(hostFd, sys::fDupfdCloexec, 3);
  sys::close(hostFd);
  return moved;
}

FileType socketType(int hostFd) {
  int type = 0;
  sys::getsockopt(hostFd, sys::solSocket, sys::soType, &type);
  return type == sys::sockDgram ? FileType::SocketDgram
                                : FileType::SocketStream;
}

} // namespace

bool isTerminal(int hostFd) {
  // struct termios of the kernel has 36 to 44 bytes.
  alignas(8) char attributes[64];
  return sys::ioctl(hostFd, sys::tcgets, attributes) == 0;
}

FileType fileType(uint32_t mode) {
  switch (mode & sys::sIfmt) {
  case sys::sIfreg:
    return FileType::RegularFile;
  case sys::sIfdir:
    return FileType::Directory;
  case sys::sIfchr:
    return FileType::CharacterDevice;
  case sys::sIfblk:
    return FileType::BlockDevice;
  case sys::sIflnk:
    return FileType::SymbolicLink;
  case sys::sIfsock:
    return FileType::SocketStream;
  default:
    return FileType::Unknown;
  }
}

void identify(Descriptor &descriptor) {
  if (descriptor.isIdentified)
    return;
  descriptor.isIdentified = true;
  sys::Statx status;
  if (sys::fstatx(descriptor.hostFd, &status) < 0)
    return;
  descriptor.type = fileType(status.mode);
  switch (descriptor.type) {
  case FileType::RegularFile:
  case FileType::BlockDevice:
    descriptor.rightsBase |= rights::file & ~(rights::fdRead | rights::fdWrite);
    break;
  case FileType::CharacterDevice:
    // A character device without a position is how wasi-libc knows a terminal.
    if (!isTerminal(descriptor.hostFd))
      descriptor.rightsBase |= rights::position;
    break;
  case FileType::SocketStream:
    descriptor.type = socketType(descriptor.hostFd);
    descriptor.rightsBase |= rights::socket;
    break;
  default:
    break;
  }
}

void DescriptorTable::prepare(uint32_t fd) {
  if (!isPrepared_) {
    isPrepared_ = true;
    chunks_[0] = reinterpret_cast<Descriptor *>(firstChunk.bytes);
    for (uint32_t number = 0; number != 3; ++number) {
      Descriptor &descriptor = chunks_[0][number];
      descriptor = {};
      descriptor.isOpen = descriptor.isInherited = true;
      descriptor.hostFd = static_cast<int>(number);
      descriptor.rightsBase =
          rights::stream | (number == 0 ? rights::fdRead : rights::fdWrite);
    }
    lowestFree_ = 3;
  }
  if (fd > 2 && !areGrantsOpen_) {
    areGrantsOpen_ = true;
    openGrants(*this);
  }
}

Descriptor *DescriptorTable::find(uint32_t fd, uint64_t rights, Errno &error) {
  Descriptor *descriptor = find(fd);
  error = descriptor == nullptr ? Errno::Badf : Errno::Success;
  if (descriptor == nullptr)
    return nullptr;
  uint64_t required = rights & ~rights::notEnforced;
  if ((descriptor->rightsBase & required) != required)
    identify(*descriptor);
  if ((descriptor->rightsBase & required) == required)
    return descriptor;
  // As other runtimes have it: a path call on a file is about the wrong kind of
  // descriptor, not about rights.
  bool isOnDirectory = descriptor->type == FileType::Directory;
  bool needsDirectory = (required & (rights::directory & ~rights::file)) != 0;
  error = needsDirectory && !isOnDirectory ? Errno::Notdir : Errno::Notcapable;
  return nullptr;
}

Descriptor *DescriptorTable::slot(uint32_t fd) {
  Descriptor *&chunk = chunks_[fd / chunkCount];
  if (chunk == nullptr) {
    static_assert(sizeof(FirstChunk) == chunkCount * sizeof(Descriptor));
    long mapped =
        sys::mmap(nullptr, sizeof(FirstChunk), sys::protRead | sys::protWrite,
                  sys::mapPrivate | sys::mapAnonymous, -1, 0);
    if (sys::isError(mapped))
      return nullptr;
    chunk = reinterpret_cast<Descriptor *>(mapped);
  }
  return &chunk[fd % chunkCount];
}

Errno DescriptorTable::insert(Descriptor descriptor, uint32_t &fd,
                              uint32_t lowest) {
  long hostFd = moveAboveStandard(descriptor.hostFd);
  if (hostFd < 0)
    return errnoOf(hostFd);
  descriptor.hostFd = static_cast<int>(hostFd);
  descriptor.isOpen = true;
  uint32_t number = lowest > lowestFree_ ? lowest : lowestFree_;
  while (number < maxCount && find(number) != nullptr)
    ++number;
  Descriptor *place = number < maxCount ? slot(number) : nullptr;
  if (place == nullptr) {
    sys::close(descriptor.hostFd);
    return number < maxCount ? Errno::Nomem : Errno::Mfile;
  }
  if (lowest <= lowestFree_)
    lowestFree_ = number + 1;
  *place = descriptor;
  fd = number;
  return Errno::Success;
}

void DescriptorTable::release(uint32_t fd, Descriptor &descriptor) {
  descriptor = {};
  if (fd < lowestFree_)
    lowestFree_ = fd;
}

Errno DescriptorTable::close(uint32_t fd) {
  Descriptor *descriptor = find(fd);
  if (descriptor == nullptr)
    return Errno::Badf;
  long result = sys::close(descriptor->hostFd);
  release(fd, *descriptor);
  // Linux has closed it also when it says that it was interrupted.
  return result == -sys::eIntr ? Errno::Success : errnoOf(result);
}

Errno DescriptorTable::renumber(uint32_t from, uint32_t to) {
  // The larger first: it may open the grants.
  Descriptor *target = find(to);
  Descriptor *source = find(from);
  if (source == nullptr || target == nullptr)
    return Errno::Badf;
  if (source == target)
    return Errno::Success;
  sys::close(target->hostFd);
  *target = *source;
  release(from, *source);
  return Errno::Success;
}

void DescriptorTable::reset() {
  for (Descriptor *&chunk : chunks_) {
    for (uint32_t index = 0; chunk != nullptr && index != chunkCount; ++index) {
      if (chunk[index].isOpen && chunk[index].hostFd > 2)
        sys::close(chunk[index].hostFd);
      chunk[index] = {};
    }
    if (chunk != nullptr && chunk != chunks_[0])
      sys::munmap(chunk, sizeof(FirstChunk));
    if (chunk != chunks_[0])
      chunk = nullptr;
  }
  releaseGrants();
  isPrepared_ = areGrantsOpen_ = false;
  lowestFree_ = 0;
}

} // namespace wrought::wasi

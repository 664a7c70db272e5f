//===- descriptor_table.cpp - What the guest's descriptors mean -----------===//
#include "wasi/descriptor_table.h"

#include "model/guest.h"
#include "os/linux/system.h"
#include "wasi/errno.h"

namespace wrought::wasi {

namespace {

FileType socketType(int hostFd) {
  int type = 0;
  sys::getsockopt(hostFd, sys::solSocket, sys::soType, &type);
  return type == sys::sockDgram ? FileType::SocketDgram
                                : FileType::SocketStream;
}

/// What makes sense on each type, in the order of FileType.
constexpr uint64_t typeRights[] = {
    rights::file & ~rights::position, // FIFOs and what WASI has no name for
    rights::file,
    rights::file & ~rights::changesFile,
    rights::directory,
    rights::file,
    rights::socket,
    rights::socket,
    0,
};

/// Opening did not wait for the other end; reading and writing are to.
void makeBlocking(int hostFd, long flags) {
  if (flags >= 0 && (flags & sys::oNonblock) != 0)
    sys::fcntl(hostFd, sys::fSetfl, flags & ~sys::oNonblock);
}

} // namespace

long moveAboveStandard(long hostFd) {
  if (hostFd > 2 || hostFd < 0)
    return hostFd;
  auto low = static_cast<int>(hostFd);
  long moved = sys::fcntl(low, sys::fDupfdCloexec, 3);
  sys::close(low);
  return moved;
}

bool isTerminal(int hostFd) {
  // struct termios of the kernel has 36 to 44 bytes.
  alignas(8) char attributes[64];
  return sys::ioctl(hostFd, sys::tcgets, attributes) == 0;
}

uint32_t guestFlags(long hostFlags) {
  uint32_t flags = 0;
  if (hostFlags & sys::oAppend)
    flags |= fdflagAppend;
  if (hostFlags & sys::oNonblock)
    flags |= fdflagNonblock;
  if ((hostFlags & sys::oSync) == sys::oSync)
    flags |= fdflagSync | fdflagRsync;
  if (hostFlags & sys::oDsync)
    flags |= fdflagDsync;
  return flags;
}

void DescriptorTable::identify(Descriptor &descriptor) {
  if (__atomic_load_n(&descriptor.isIdentified, __ATOMIC_ACQUIRE))
    return;
  sys::FileStatus status;
  if (sys::fstat(descriptor.hostFd, &status) < 0)
    status.mode = 0;
  identify(descriptor, status);
}

void DescriptorTable::identify(Descriptor &descriptor,
                               const sys::FileStatus &status) {
  const int hostFd = descriptor.hostFd;
  FileType type = fileType(status.mode);
  if (type == FileType::SocketStream)
    type = socketType(hostFd);
  uint64_t sensible = typeRights[static_cast<uint8_t>(type)];
  // A character device without a position is how wasi-libc knows a terminal.
  if (type == FileType::CharacterDevice && isTerminal(hostFd))
    sensible &= ~rights::position;
  // O_NONBLOCK means nothing to these two.
  bool mayBlock = type != FileType::RegularFile && type != FileType::Directory;
  bool isInherited = descriptor.isInherited;
  long flags = isInherited || mayBlock ? sys::fcntl(hostFd, sys::fGetfl, 0) : 0;
  uint64_t added = 0;
  if (isInherited && (sensible & rights::sockShutdown) != 0)
    added = sensible;
  else if (isInherited && type != FileType::Directory)
    added = sensible & ~(rights::fdRead | rights::fdWrite);
  // What was handed over for reading changes nothing.
  if ((flags & sys::oAccmode) == sys::oRdonly)
    added &= ~rights::changesFile;
  Holding hold(lock_, isThreaded_);
  if (descriptor.isIdentified)
    return;
  if (!isInherited && mayBlock && (descriptor.flags & fdflagNonblock) == 0)
    makeBlocking(hostFd, flags);
  descriptor.type = type;
  descriptor.rightsBase |= added;
  if (!isInherited)
    descriptor.rightsBase &= sensible;
  __atomic_store_n(&descriptor.isIdentified, true, __ATOMIC_RELEASE);
}

void DescriptorTable::setRights(Descriptor &descriptor, uint64_t base,
                                uint64_t inheriting) {
  Holding hold(lock_, isThreaded_);
  // Never more than there are by now.
  descriptor.rightsBase &= base;
  descriptor.rightsInheriting &= inheriting;
}

Use DescriptorTable::findSlowly(uint32_t fd) {
  if (!isReadyFor(fd))
    prepare(fd);
  Holding hold(lock_, isThreaded_);
  Descriptor *descriptor = peek(fd);
  if (descriptor != nullptr)
    ++descriptor->useCount;
  return Use(*this, descriptor);
}

Use DescriptorTable::findSlowly(uint32_t fd, uint64_t required, Errno &error) {
  Use descriptor = findSlowly(fd);
  error = descriptor ? Errno::Success : Errno::Badf;
  if (!descriptor)
    return descriptor;
  if ((descriptor->rightsBase & required) != required)
    identify(*descriptor);
  if ((descriptor->rightsBase & required) == required)
    return descriptor;
  // As other runtimes have it: a path call on a file is about the wrong kind of
  // descriptor, not about rights.
  bool isOnDirectory = descriptor->type == FileType::Directory;
  bool needsDirectory = (required & (rights::directory & ~rights::file)) != 0;
  error = needsDirectory && !isOnDirectory ? Errno::Notdir : Errno::Notcapable;
  return Use();
}

long DescriptorTable::retire(Descriptor &descriptor) {
  long result = descriptor.isKept ? 0 : sys::close(descriptor.hostFd);
  Holding hold(lock_, isThreaded_);
  if (descriptor.buffer != nullptr) {
    descriptor.buffer->nextFree = freeBuffers_;
    freeBuffers_ = descriptor.buffer;
  }
  descriptor.nextFree = firstFree_;
  firstFree_ = &descriptor;
  return result;
}

Errno DescriptorTable::close(uint32_t fd) {
  if (!isReadyFor(fd))
    prepare(fd);
  Descriptor *descriptor;
  {
    Holding hold(lock_, isThreaded_);
    descriptor = peek(fd);
    if (descriptor == nullptr)
      return Errno::Badf;
    numbers_[fd] = nullptr;
    if (fd < lowestFree_)
      lowestFree_ = fd;
  }
  long result = release(*descriptor);
  // Linux has closed it also when it says that it was interrupted.
  return result == -sys::eIntr ? Errno::Success : errnoOf(result);
}

Errno DescriptorTable::renumber(uint32_t from, uint32_t to) {
  if (!isReadyFor(from > to ? from : to))
    prepare(from > to ? from : to);
  Descriptor *replaced;
  {
    Holding hold(lock_, isThreaded_);
    Descriptor *moved = peek(from);
    replaced = peek(to);
    if (moved == nullptr || replaced == nullptr)
      return Errno::Badf;
    if (from == to)
      return Errno::Success;
    numbers_[to] = moved;
    numbers_[from] = nullptr;
    if (from < lowestFree_)
      lowestFree_ = from;
  }
  release(*replaced);
  return Errno::Success;
}

} // namespace wrought::wasi

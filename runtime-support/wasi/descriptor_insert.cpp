//===- descriptor_insert.cpp - Giving descriptors numbers -----------------===//
#include "model/guest.h"
#include "os/linux/system.h"
#include "wasi/errno.h"

namespace wrought::wasi {

/// All zero, and no memory until it is touched.
static void *mapLazily(size_t byteLength) {
  long mapped =
      sys::mmap(nullptr, byteLength, sys::protRead | sys::protWrite,
                sys::mapPrivate | sys::mapAnonymous | sys::mapNoreserve, -1, 0);
  return sys::isError(mapped) ? nullptr : reinterpret_cast<void *>(mapped);
}

bool DescriptorTable::makeRoom(uint32_t fd) {
  if (fd < numberCount_)
    return true;
  void *mapped = mapLazily(maxCount * sizeof *numbers_);
  if (mapped == nullptr)
    return false;
  __builtin_memcpy(mapped, firstNumbers_, sizeof firstNumbers_);
  numbers_ = static_cast<Descriptor **>(mapped);
  numberCount_ = maxCount;
  return true;
}

Descriptor *DescriptorTable::allocate() {
  if (Descriptor *descriptor = firstFree_) {
    firstFree_ = descriptor->nextFree;
    return descriptor;
  }
  if (usedCount_ < firstCount)
    return reinterpret_cast<Descriptor *>(firstDescriptors_) + usedCount_++;
  if (moreDescriptors_ == nullptr)
    moreDescriptors_ = static_cast<Descriptor *>(
        mapLazily(maxDescriptorCount * sizeof *moreDescriptors_));
  if (moreDescriptors_ == nullptr ||
      usedCount_ - firstCount == maxDescriptorCount)
    return nullptr;
  return moreDescriptors_ + (usedCount_++ - firstCount);
}

Errno DescriptorTable::place(const Descriptor &descriptor, int hostFd,
                             uint32_t &fd, uint32_t lowest) {
  Holding hold(lock_, isThreaded_);
  uint32_t number = lowest > lowestFree_ ? lowest : lowestFree_;
  const uint32_t end = maxCount - withheldCount_;
  while (number < end && peek(number) != nullptr)
    ++number;
  if (number >= end)
    return Errno::Mfile;
  Descriptor *allocated = makeRoom(number) ? allocate() : nullptr;
  if (allocated == nullptr)
    return Errno::Nomem;
  if (lowest <= lowestFree_)
    lowestFree_ = number + 1;
  *allocated = descriptor;
  allocated->hostFd = hostFd;
  allocated->useCount = 1;
  numbers_[number] = allocated;
  fd = number;
  return Errno::Success;
}

uint64_t DescriptorTable::hostLimit() {
  uint64_t limit = __atomic_load_n(&hostLimit_, __ATOMIC_RELAXED);
  if (limit != 0)
    return limit;
  sys::ResourceLimit host = {};
  if (sys::prlimit(sys::rlimitNofile, nullptr, &host) < 0)
    host.current = UINT64_MAX;
  uint64_t quarter = host.current / 4;
  limit = host.current - (quarter < reservedCount ? quarter : reservedCount);
  __atomic_store_n(&hostLimit_, limit, __ATOMIC_RELAXED);
  return limit;
}

Errno DescriptorTable::insert(const Descriptor &descriptor, uint32_t &fd) {
  long hostFd = descriptor.hostFd;
  uint64_t limit = hostLimit();
  if (static_cast<uint64_t>(hostFd) >= limit) [[unlikely]] {
    // The kernel hands out the lowest that is free. What a walk had open when
    // this one was opened is free by now.
    hostFd = sys::fcntl(descriptor.hostFd, sys::fDupfdCloexec, 3);
    sys::close(descriptor.hostFd);
    if (hostFd >= 0 && static_cast<uint64_t>(hostFd) >= limit) {
      sys::close(static_cast<int>(hostFd));
      return Errno::Mfile;
    }
  }
  return insert(descriptor, hostFd, fd, 0);
}

Errno DescriptorTable::insertFrom(const Descriptor &descriptor, uint32_t &fd,
                                  uint32_t lowest) {
  return insert(descriptor, descriptor.hostFd, fd, lowest);
}

Errno DescriptorTable::insert(const Descriptor &descriptor, long hostFd,
                              uint32_t &fd, uint32_t lowest) {
  if (!isReadyFor(firstGranted))
    prepare(firstGranted);
  if (hostFd <= 2) [[unlikely]]
    hostFd = moveAboveStandard(hostFd);
  if (hostFd < 0)
    return errnoOf(hostFd);
  Errno error = place(descriptor, static_cast<int>(hostFd), fd, lowest);
  if (error != Errno::Success)
    sys::close(static_cast<int>(hostFd));
  return error;
}

} // namespace wrought::wasi

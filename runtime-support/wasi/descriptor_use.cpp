//===- descriptor_use.cpp - Finding and releasing descriptors -------------===//
//
// What every call on a descriptor does, apart from what the table does seldom:
// it is compiled to be fast.
//
//===----------------------------------------------------------------------===//
#include "model/guest.h"

namespace wrought::wasi {

Use DescriptorTable::find(uint32_t fd) {
  if (!isThreaded_) [[likely]] {
    if (Descriptor *descriptor = peek(fd)) [[likely]] {
      ++descriptor->useCount;
      return Use(*this, descriptor);
    }
  }
  return findSlowly(fd);
}

Use DescriptorTable::find(uint32_t fd, uint64_t rights, Errno &error) {
  uint64_t required = rights & ~rights::notEnforced;
  if (!isThreaded_) [[likely]] {
    Descriptor *descriptor = peek(fd);
    if (descriptor != nullptr &&
        (descriptor->rightsBase & required) == required) [[likely]] {
      ++descriptor->useCount;
      error = Errno::Success;
      return Use(*this, descriptor);
    }
  }
  return findSlowly(fd, required, error);
}

long DescriptorTable::release(Descriptor &descriptor) {
  {
    Holding hold(lock_, isThreaded_);
    if (--descriptor.useCount != 0) [[likely]]
      return 0;
  }
  return retire(descriptor);
}

} // namespace wrought::wasi

//===- descriptor_clear.cpp - Giving all descriptors back -----------------===//
#include "model/guest.h"
#include "os/linux/system.h"

namespace wrought::wasi {

void DescriptorTable::clear() {
  for (uint32_t fd = 0; fd != numberCount_; ++fd) {
    Descriptor *descriptor = numbers_[fd];
    if (descriptor == nullptr)
      continue;
    numbers_[fd] = nullptr;
    if (descriptor->hostFd <= 2)
      // Not ours to close.
      descriptor->hostFd = -1;
    release(*descriptor);
  }
  while (DirectoryBuffer *buffer = freeBuffers_) {
    freeBuffers_ = buffer->nextFree;
    sys::munmap(buffer, sizeof *buffer);
  }
  if (numberCount_ == maxCount)
    sys::munmap(numbers_, maxCount * sizeof *numbers_);
  if (moreDescriptors_ != nullptr)
    sys::munmap(moreDescriptors_,
                maxDescriptorCount * sizeof *moreDescriptors_);
  // Where the numbers moved away from.
  __builtin_memset(firstNumbers_, 0, sizeof firstNumbers_);
  numbers_ = nullptr;
  moreDescriptors_ = firstFree_ = nullptr;
  numberCount_ = usedCount_ = bufferCount_ = lowestFree_ = 0;
  hostLimit_ = 0;
  isPrepared_ = areGrantsOpen_ = false;
}

} // namespace wrought::wasi

//===- reset.cpp - To start again, for tests
//-------------------------------===//
//
// Apart from the table, which must not need what opens grants.
//
//===----------------------------------------------------------------------===//
#include "wasi/state.h"

namespace wrought::wasi {

void DescriptorTable::reset() {
  for (uint32_t fd = 0; fd != maxCount; ++fd) {
    Descriptor *descriptor = peek(fd);
    if (descriptor == nullptr)
      continue;
    numbers_[fd] = nullptr;
    if (descriptor->hostFd <= 2)
      // Not ours to close.
      descriptor->hostFd = -1;
    release(*descriptor);
  }
  releaseGrants();
  firstFree_ = nullptr;
  usedCount_ = 0;
  isPrepared_ = areGrantsOpen_ = false;
  lowestFree_ = 0;
  hostLimit_ = 0;
}

} // namespace wrought::wasi

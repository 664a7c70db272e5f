//===- calls.h - What compiled code asks of a heap, or traps --------------===//
//
// The heap of the caller's thread or context; null where there was no address
// space for one.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/runtime.h"
#include "gc/host_references.h"

namespace wrought::gc {

inline void *allocateOrTrap(Heap *heap, const void *type, uint64_t length) {
  void *object =
      heap == nullptr
          ? nullptr
          : heap->allocate(*static_cast<const abi::GcType *>(type), length);
  if (object == nullptr)
    wrought_trap_OutOfMemory();
  return object;
}

/// By anyFromExtern or externFromAny.
inline void *convertOrTrap(void *(*convert)(Heap &, void *), Heap *heap,
                           void *reference) {
  void *result = heap == nullptr ? nullptr : convert(*heap, reference);
  if (result == nullptr && reference != nullptr)
    wrought_trap_OutOfMemory();
  return result;
}

} // namespace wrought::gc

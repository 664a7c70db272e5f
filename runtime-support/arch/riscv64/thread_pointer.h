//===- thread_pointer.h - Where a thread's variables are: riscv64 ---------===//
//
// They begin where the thread pointer, tp, points. Source: RISC-V psABI,
// "Thread Local Storage"; variant I.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stdint.h>

namespace wrought::arch {

constexpr bool isTlsBelow = false;

inline uintptr_t threadPointer() {
  uintptr_t pointer;
  __asm__ volatile("mv %0, tp" : "=r"(pointer));
  return pointer;
}

inline long setThreadPointer(uintptr_t pointer) {
  __asm__ volatile("mv tp, %0" : : "r"(pointer) : "memory");
  return 0;
}

/// Where the variables begin; the pointer is aligned.
inline uintptr_t tlsBegin(uintptr_t pointer, uint64_t, uint64_t address,
                          uint64_t alignment) {
  return pointer + (address & (alignment - 1));
}

} // namespace wrought::arch

//===- thread_pointer.h - Where a thread's variables are: aarch64 ---------===//
//
// They begin 16 bytes behind the thread pointer, TPIDR_EL0. Source: ELF for the
// Arm 64-bit Architecture, "Thread Local Storage"; variant I.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stdint.h>

namespace wrought::arch {

constexpr bool isTlsBelow = false;

inline uintptr_t threadPointer() {
  uintptr_t pointer;
  __asm__ volatile("mrs %0, tpidr_el0" : "=r"(pointer));
  return pointer;
}

inline long setThreadPointer(uintptr_t pointer) {
  __asm__ volatile("msr tpidr_el0, %0" : : "r"(pointer) : "memory");
  return 0;
}

/// Where the variables begin; the pointer is aligned.
inline uintptr_t tlsBegin(uintptr_t pointer, uint64_t, uint64_t address,
                          uint64_t alignment) {
  return pointer + 16 + ((address - 16) & (alignment - 1));
}

} // namespace wrought::arch

//===- thread_pointer.h - Where a thread's variables are: x86_64 ----------===//
//
// They end at the thread pointer, FS, which is also loaded from where it points.
// Source: Drepper, "ELF Handling For Thread-Local Storage", variant II; psABI.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "syscall.h"

namespace wrought::arch {

constexpr bool isTlsBelow = true;

inline uintptr_t threadPointer() {
  uintptr_t pointer;
  __asm__ volatile("movq %%fs:0, %0" : "=r"(pointer));
  return pointer;
}

inline long setThreadPointer(uintptr_t pointer) {
  constexpr long archSetFs = 0x1002;
  return syscall(Call::ArchPrctl, archSetFs, static_cast<long>(pointer));
}

/// Where the variables begin; the pointer is aligned.
inline uintptr_t tlsBegin(uintptr_t pointer, uint64_t byteLength,
                          uint64_t address, uint64_t alignment) {
  return pointer - byteLength - ((0 - address - byteLength) & (alignment - 1));
}

} // namespace wrought::arch

//===- cpu.h - Facts about the CPU and its ELF files: riscv64 -------------===//
#pragma once

#include <stdint.h>

namespace wrought::arch {

constexpr uint16_t elfMachine = 243;
/// The only dynamic relocation of a static-pie file without symbols:
/// *place = load bias + addend.
constexpr uint32_t relocationRelative = 3;

/// The frame pointer is the stack pointer at entry; below it stand the return
/// address and the caller's frame pointer (psABI, frame pointer convention).
constexpr int callerFrameSlot = -2;
constexpr int returnAddressSlot = -1;

inline uint64_t returnAddress(const uint64_t *framePointer) {
  return framePointer[returnAddressSlot];
}

} // namespace wrought::arch

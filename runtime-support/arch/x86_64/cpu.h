//===- cpu.h - Facts about the CPU and its ELF files: x86_64 --------------===//
#pragma once

#include <stdint.h>

namespace wrought::arch {

constexpr uint16_t elfMachine = 62;
/// The only dynamic relocation of a static-pie file without symbols:
/// *place = load bias + addend.
constexpr uint32_t relocationRelative = 8;

/// Frames linked by the frame pointer: fp[0] is the caller's, fp[1] the return
/// address.
constexpr int callerFrameSlot = 0;
constexpr int returnAddressSlot = 1;

inline uint64_t returnAddress(const uint64_t *framePointer) {
  return framePointer[returnAddressSlot];
}

} // namespace wrought::arch

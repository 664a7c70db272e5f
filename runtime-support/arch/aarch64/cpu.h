//===- cpu.h - Facts about the CPU and its ELF files: aarch64 -------------===//
#pragma once

#include <stdint.h>

namespace wrought::arch {

constexpr uint16_t elfMachine = 183;
/// The only dynamic relocation of a static-pie file without symbols:
/// *place = load bias + addend.
constexpr uint32_t relocationRelative = 1027;

/// Frames linked by the frame pointer: fp[0] is the caller's, fp[1] the return
/// address (AAPCS64, 6.2.3).
constexpr int callerFrameSlot = 0;
constexpr int returnAddressSlot = 1;

/// Without the signature that pointer authentication leaves in the upper bits.
inline uint64_t returnAddress(const uint64_t *framePointer) {
  register uint64_t x30 __asm__("x30") = framePointer[returnAddressSlot];
  // xpaclri: a hint, which CPUs without the extension pass over.
  __asm__("hint #7" : "+r"(x30));
  return x30;
}

} // namespace wrought::arch

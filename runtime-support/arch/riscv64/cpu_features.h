//===- cpu_features.h - What the CPU can do: riscv64
//-----------------------===//
//
// How abi/cpu_features.def is read here: letters of AT_HWCAP, and what the call
// riscv_hwprobe (Linux 6.4) says of all CPUs together. Source: Linux,
// arch/riscv/include/uapi/asm/hwprobe.h.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "syscall.h"

#include <stdint.h>

namespace wrought::arch {

enum CpuWord : uint8_t {
  Hwcap,           ///< a letter
  Extension,       ///< a bit of the key IMA_EXT_0
  VectorLength,    ///< a power of two, in bits
  UnalignedScalar, ///< no number
  UnalignedVector, ///< no number
};

struct CpuNeed {
  CpuWord word;
  uint8_t number;

  constexpr CpuNeed(CpuWord word, uint8_t number)
      : word(word), number(number) {}
};

class CpuFacts {
public:
  /// Takes AT_HWCAP and AT_HWCAP2.
  explicit CpuFacts(const uint64_t *capabilities) : letters_(*capabilities) {
    // Keys that the kernel does not know come back with the value 0; without
    // the call, all values stay 0.
    (void)syscall(Call::RiscvHwprobe, reinterpret_cast<long>(answers_),
                  AnswerCount);
  }

  bool has(CpuNeed need) const {
    if (need.word == Hwcap)
      return hasLetter(need.number);
    if (need.word == Extension)
      return (answers_[Extensions].value >> need.number & 1) != 0;
    if (need.word == VectorLength)
      return hasLetter('v') && vectorByteLength() * 8 >> need.number != 0;
    if (need.word == UnalignedScalar)
      return answers_[ScalarSpeed].value == fast ||
             (answers_[OldScalarSpeed].value & 7) == fast;
    return answers_[VectorSpeed].value == fast;
  }

private:
  struct Answer {
    int64_t key;
    uint64_t value;
  };
  enum { Extensions, OldScalarSpeed, ScalarSpeed, VectorSpeed, AnswerCount };
  static constexpr uint64_t fast = 3;

  bool hasLetter(uint8_t letter) const {
    return (letters_ >> (letter - 'a') & 1) != 0;
  }

  static uint64_t vectorByteLength() {
    uint64_t result;
    // vlenb, which the assembler names only with the extension on.
    __asm__ volatile("csrr %0, 0xc22" : "=r"(result));
    return result;
  }

  uint64_t letters_;
  Answer answers_[AnswerCount] = {{4, 0}, {5, 0}, {9, 0}, {10, 0}};
};

} // namespace wrought::arch

// Rows of abi/cpu_features.def that are this CPU's.
#define CPU_FEATURE_x86_64(bit, name, how)
#define CPU_FEATURE_aarch64(bit, name, how)
#define CPU_FEATURE_riscv64(bit, name, how) OWN_CPU_FEATURE(bit, name, how)

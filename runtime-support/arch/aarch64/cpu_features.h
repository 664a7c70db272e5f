//===- cpu_features.h - What the CPU can do: aarch64
//-----------------------===//
//
// How abi/cpu_features.def is read here: bits of AT_HWCAP and AT_HWCAP2, in
// which the kernel tells what both it and the CPU support.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stdint.h>

namespace wrought::arch {

enum CpuWord : uint8_t { Hwcap, Hwcap2 };

/// Both bits are needed.
struct CpuNeed {
  CpuWord word;
  uint8_t first, second;

  constexpr CpuNeed(CpuWord word, uint8_t bit)
      : word(word), first(bit), second(bit) {}
  constexpr CpuNeed(CpuWord word, uint8_t first, uint8_t second)
      : word(word), first(first), second(second) {}
};

class CpuFacts {
public:
  /// Takes AT_HWCAP and AT_HWCAP2.
  explicit CpuFacts(const uint64_t *capabilities)
      : capabilities_(capabilities) {}

  bool has(CpuNeed need) const {
    const uint64_t word = capabilities_[need.word];
    return (word >> need.first & word >> need.second & 1) != 0;
  }

private:
  const uint64_t *capabilities_;
};

} // namespace wrought::arch

// Rows of abi/cpu_features.def that are this CPU's.
#define CPU_FEATURE_x86_64(bit, name, how)
#define CPU_FEATURE_aarch64(bit, name, how) OWN_CPU_FEATURE(bit, name, how)
#define CPU_FEATURE_riscv64(bit, name, how)

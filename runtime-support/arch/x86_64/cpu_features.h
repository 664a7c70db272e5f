//===- cpu_features.h - What the CPU can do: x86_64
//------------------------===//
//
// How abi/cpu_features.def is read here: a word of CPUID, a bit of it, and the
// registers that the kernel must keep. Source: Intel, Software Developer's
// Manual, CPUID and volume 1, 13.1.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stdint.h>

namespace wrought::arch {

enum CpuWord : uint8_t {
  Leaf1Ecx,
  Leaf7Ebx,
  Leaf7Ecx,
  Leaf7Edx,
  Leaf7Sub1Eax,
  Leaf7Sub1Edx,
  Leaf29Ebx,
  Extended1Ecx,
  Avx10Version,
  CpuWordCount,
};

/// Parts of XCR0, one bit a set of registers: x and y halves; masks and z
/// halves as well; r16 to r31.
enum CpuState : uint8_t { Always, Ymm, Zmm, Apx };

struct CpuNeed {
  CpuWord word;
  uint8_t bit;
  CpuState state;

  constexpr CpuNeed(CpuWord word, uint8_t bit, CpuState state = Always)
      : word(word), bit(bit), state(state) {}
};

class CpuFacts {
public:
  /// Takes AT_HWCAP and AT_HWCAP2, which say nothing here.
  explicit CpuFacts(const uint64_t *) {
    const uint32_t last = cpuid(0).eax;
    const Registers leaf1 = cpuid(1);
    words_[Leaf1Ecx] = leaf1.ecx;
    if (leaf1.ecx >> 27 & 1)
      enabled_ = enabledState();
    if (last >= 7)
      readLeaf7();
    if (last >= 0x24 && (words_[Leaf7Sub1Edx] >> 19 & 1) != 0)
      words_[Avx10Version] = cpuid(0x24).ebx & 0xff;
    if (last >= 0x29)
      words_[Leaf29Ebx] = cpuid(0x29).ebx;
    if (cpuid(0x80000000).eax >= 0x80000001)
      words_[Extended1Ecx] = cpuid(0x80000001).ecx;
  }

  bool has(CpuNeed need) const {
    const uint32_t word = words_[need.word];
    const bool isThere = need.word == Avx10Version
                             ? word >= need.bit
                             : (word >> need.bit & 1) != 0;
    return isThere && isEnabled(need.state);
  }

private:
  struct Registers {
    uint32_t eax, ebx, ecx, edx;
  };

  static Registers cpuid(uint32_t leaf, uint32_t subleaf = 0) {
    Registers result;
    __asm__ volatile("cpuid"
                     : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx),
                       "=d"(result.edx)
                     : "a"(leaf), "c"(subleaf));
    return result;
  }

  static uint64_t enabledState() {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return uint64_t{high} << 32 | low;
  }

  void readLeaf7() {
    const Registers leaf = cpuid(7);
    words_[Leaf7Ebx] = leaf.ebx;
    words_[Leaf7Ecx] = leaf.ecx;
    words_[Leaf7Edx] = leaf.edx;
    if (leaf.eax == 0)
      return;
    const Registers second = cpuid(7, 1);
    words_[Leaf7Sub1Eax] = second.eax;
    words_[Leaf7Sub1Edx] = second.edx;
  }

  bool isEnabled(CpuState state) const {
    uint64_t needed = 0;
    if (state == Ymm)
      needed = 0x6;
    else if (state == Zmm)
      needed = 0xe6;
    else if (state == Apx)
      needed = 0x80000;
    return (enabled_ & needed) == needed;
  }

  uint32_t words_[CpuWordCount] = {};
  uint64_t enabled_ = 0;
};

} // namespace wrought::arch

// Rows of abi/cpu_features.def that are this CPU's.
#define CPU_FEATURE_x86_64(bit, name, how) OWN_CPU_FEATURE(bit, name, how)
#define CPU_FEATURE_aarch64(bit, name, how)
#define CPU_FEATURE_riscv64(bit, name, how)

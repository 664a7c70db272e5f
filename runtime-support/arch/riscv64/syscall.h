//===- syscall.h - The kernel's interface where CPUs differ: riscv64 ------===//
//
// How to make a system call, and the few flags and structures whose values
// depend on the CPU. Source: Linux, include/uapi/asm-generic.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "../generic_calls.h"

#include <stddef.h>
#include <stdint.h>

namespace wrought::arch {

inline long syscall(Call call, long a = 0, long b = 0, long c = 0, long d = 0,
                    long e = 0, long f = 0) {
  register long a7 __asm__("a7") = static_cast<long>(call);
  register long a0 __asm__("a0") = a;
  register long a1 __asm__("a1") = b;
  register long a2 __asm__("a2") = c;
  register long a3 __asm__("a3") = d;
  register long a4 __asm__("a4") = e;
  register long a5 __asm__("a5") = f;
  __asm__ volatile("ecall"
                   : "+r"(a0)
                   : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
                   : "memory");
  return a0;
}

/// What the kernel calls it in the code that it maps into every process.
constexpr char vdsoClockGettime[] = "__vdso_clock_gettime";

constexpr int oDirect = 0x4000;
constexpr int oDirectory = 0x10000;
constexpr int oNofollow = 0x20000;

/// The kernel's struct sigaction: without a restorer. Emulators that believe
/// in one read and write a word more, and take the mask for it: hence the spare
/// word, and no mask that is not 0.
struct SignalAction {
  void *handler;
  unsigned long flags;
  uint64_t mask;
  uint64_t spare;
};

/// Handlers return to the vDSO of themselves.
inline void setRestorer(SignalAction &) {}

} // namespace wrought::arch

//===- syscall.h - The kernel's interface where CPUs differ: aarch64 ------===//
//
// How to make a system call, and the few flags and structures whose values
// depend on the CPU. Source: Linux, arch/arm64/include/uapi/asm.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "../generic_calls.h"

#include <stddef.h>
#include <stdint.h>

namespace wrought::arch {

inline long syscall(Call call, long a = 0, long b = 0, long c = 0, long d = 0,
                    long e = 0, long f = 0) {
  register long x8 __asm__("x8") = static_cast<long>(call);
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc #0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}

/// What the kernel calls it in the code that it maps into every process.
constexpr char vdsoClockGettime[] = "__kernel_clock_gettime";

constexpr int oDirect = 0x10000;
constexpr int oDirectory = 0x4000;
constexpr int oNofollow = 0x8000;

/// The kernel's struct sigaction.
struct SignalAction {
  void *handler;
  unsigned long flags;
  void (*restorer)();
  uint64_t mask;
};

/// Handlers return to the vDSO of themselves.
inline void setRestorer(SignalAction &) {}

} // namespace wrought::arch

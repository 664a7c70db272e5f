//===- trap_context.h - Registers of interrupted code: riscv64 ------------===//
//
// Source: Linux, arch/riscv/include/uapi/asm/ucontext.h and ptrace.h.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace wrought::arch {

/// What a signal handler gets as its third argument, up to what is used here.
struct SignalContext {
  uint64_t flags;
  uint64_t link;
  uint64_t stack[3];
  /// With room for 1024 signals.
  uint64_t mask[16];
  alignas(16) uint64_t pc;
  uint64_t ra, sp, gp, tp, t0, t1, t2, s0, s1, a0;
};
static_assert(offsetof(SignalContext, pc) == 176);
static_assert(offsetof(SignalContext, a0) == 256);

inline uint64_t programCounter(const SignalContext &context) {
  return context.pc;
}
inline uint64_t framePointer(const SignalContext &context) {
  return context.s0;
}

/// Lets the interrupted thread go on with function(argument); that must not
/// return and must set a stack pointer of its own.
inline void resumeAt(SignalContext &context, void (*function)(void *),
                     void *argument) {
  context.pc = reinterpret_cast<uint64_t>(function);
  context.a0 = reinterpret_cast<uint64_t>(argument);
}

} // namespace wrought::arch

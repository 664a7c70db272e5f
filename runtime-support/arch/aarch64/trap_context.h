//===- trap_context.h - Registers of interrupted code: aarch64 ------------===//
//
// Source: Linux, arch/arm64/include/uapi/asm/sigcontext.h and ucontext.h.
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
  alignas(16) uint64_t faultAddress;
  uint64_t registers[31];
  uint64_t sp, pc, pstate;
};
static_assert(offsetof(SignalContext, faultAddress) == 176);
static_assert(offsetof(SignalContext, pc) == 440);

inline uint64_t programCounter(const SignalContext &context) {
  return context.pc;
}
inline uint64_t framePointer(const SignalContext &context) {
  return context.registers[29];
}

/// Lets the interrupted thread go on with function(argument); that must not
/// return and must set a stack pointer of its own.
inline void resumeAt(SignalContext &context, void (*function)(void *),
                     void *argument) {
  // BTYPE: what comes next is not the target of the branch before.
  context.pstate &= ~(uint64_t{3} << 10);
  context.pc = reinterpret_cast<uint64_t>(function);
  context.registers[0] = reinterpret_cast<uint64_t>(argument);
}

} // namespace wrought::arch

//===- trap_context.h - Registers of interrupted code: x86_64 -------------===//
//
// Source: Linux, arch/x86/include/uapi/asm/sigcontext.h and
// include/uapi/asm-generic/ucontext.h.
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
  uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
  uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip;
};
static_assert(offsetof(SignalContext, rip) == 168);

inline uint64_t programCounter(const SignalContext &context) {
  return context.rip;
}
inline uint64_t framePointer(const SignalContext &context) {
  return context.rbp;
}

/// Lets the interrupted thread go on with function(argument); that must not
/// return and must set a stack pointer of its own.
inline void resumeAt(SignalContext &context, void (*function)(void *),
                     void *argument) {
  context.rip = reinterpret_cast<uint64_t>(function);
  context.rdi = reinterpret_cast<uint64_t>(argument);
}

} // namespace wrought::arch

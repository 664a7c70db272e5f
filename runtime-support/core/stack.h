//===- stack.h - Changing stacks; arch/<cpu>/stack.S defines these --------===//
#pragma once

#include <stdint.h>

namespace wrought {

/// Where wrought_catch_enter was called. The first two fields are the
/// assembler's: stack pointer and shadow stack pointer (or whatever else the
/// CPU needs).
struct CatchFrame {
  uint64_t stackPointer;
  uint64_t shadowStackPointer;
};

} // namespace wrought

#pragma GCC visibility push(hidden)
extern "C" {

/// Calls function(argument) on the stack that ends at top (16-byte aligned) and
/// returns what it returned.
int wrought_call_on_stack(int (*function)(void *), void *argument, void *top);

/// Fills in the frame and calls function(argument). 0 when that returns; 1 when
/// wrought_catch_resume cuts it short. Saves the registers that a callee must.
int wrought_catch_enter(void (*function)(void *), void *argument,
                        wrought::CatchFrame *frame);

/// Takes a CatchFrame. Sets the stack pointer before it touches the stack, so
/// that it can be jumped to with an exhausted one.
[[noreturn]] void wrought_catch_resume(void *frame);
}
#pragma GCC visibility pop

//===- collect.h - What the stack and the registers hold ------------------===//
#pragma once

#include "gc/heap.h"

namespace wrought::gc {

/// Marks what the registers and the stack up to its end hold. For VisitRoots.
void markStackUpTo(Heap &heap, uintptr_t end);

} // namespace wrought::gc

#pragma GCC visibility push(hidden)
extern "C" {

/// arch/<cpu>/registers.S: calls function(argument, stackPointer) with all
/// registers that a callee saves on the stack, from the stack pointer on.
void wrought_with_registers(void (*function)(void *argument,
                                             uintptr_t stackPointer),
                            void *argument);
}
#pragma GCC visibility pop

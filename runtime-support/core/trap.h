//===- trap.h - Raising traps ---------------------------------------------===//
#pragma once

#include "abi/runtime.h"

#include <stddef.h>

namespace wrought {

constexpr size_t signalStackByteLength = 64 << 10;

/// Handlers for SIGSEGV and SIGBUS, on the first thread's signal stack.
void installTrapHandlers();

/// Prints the trap and a backtrace (backtrace.cpp); for use on a stack that is
/// not the guest's.
void reportTrap(const abi::TrapRecord &record);

} // namespace wrought

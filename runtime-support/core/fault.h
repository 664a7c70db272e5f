//===- fault.h - Faults: whose they are, and who else may want them -------===//
#pragma once

#include "os/linux/system.h"

#include <stdint.h>

namespace wrought {

/// Whether an address is in code that the compiler made.
bool isCompiledCode(uint64_t address);

/// Whether it is in the memory functions that LLVM puts in the place of loops
/// (libcalls/memory.cpp). The runtime itself calls them with checked ranges
/// only.
bool isMemoryCall(uint64_t address);

/// Lets a signal do what it would have done without our handler, in whose
/// place `previous` was.
void passOn(int signal, sys::SignalInfo *info, void *context,
            const sys::SignalAction &previous);

} // namespace wrought

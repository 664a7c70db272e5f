//===- registry.h - The modules that were set up --------------------------===//
//
// For the signal handler, which looks for the memory that an address lies in,
// and for backtraces. Entries are never removed.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"

namespace wrought {

/// Keeps the module; it must live on. False when there is no memory left.
[[nodiscard]] bool registerModule(const abi::Module *module);

/// Whether an address lies in the reservation of a guarded memory, behind the
/// bytes that are in use.
bool isInMemoryGuard(uint64_t address);

/// The module that functions of the program belong to; null when there is none,
/// or several, whose functions cannot be told apart.
const abi::Module *onlyModule();

} // namespace wrought

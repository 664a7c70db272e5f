//===- cpu_check.h - Choosing the version that this CPU can run -----------===//
#pragma once

#include "abi/layout.h"

namespace wrought {

/// The module of the first version whose features the CPU has; null when there
/// are no versions. Prints a line and ends the program with status 132 when
/// none fits. Needs process.cpuCapabilities and relocated data.
abi::Module *chooseVersion(const abi::Config &config);

} // namespace wrought

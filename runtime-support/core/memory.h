//===- memory.h - Linear memories -----------------------------------------===//
#pragma once

#include "abi/layout.h"

namespace wrought {

/// Maps the memory's initial size and moves its images there. Prints a line and
/// exits with status 1 where that cannot be done.
void setUpMemory(abi::Memory &memory);

} // namespace wrought

//===- fuel.h - What a program may spend ----------------------------------===//
#pragma once

#include <stdint.h>

namespace wrought {

/// What it was built with, or, unless it is sealed, what WROUGHT_FUEL says. A
/// line and status 1 when that is no number.
int64_t givenFuel();

} // namespace wrought

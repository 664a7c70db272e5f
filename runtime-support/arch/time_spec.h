//===- time_spec.h - The kernel's struct timespec -------------------------===//
#pragma once

#include <stdint.h>

namespace wrought::arch {

struct TimeSpec {
  int64_t seconds;
  int64_t nanoseconds;
};

} // namespace wrought::arch

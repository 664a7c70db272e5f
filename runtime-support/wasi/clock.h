//===- clock.h - Clocks, and times as nanoseconds -------------------------===//
#pragma once

#include "os/linux/system.h"

namespace wrought::wasi {

struct State;

constexpr uint64_t nanosecondsPerSecond = 1000000000;

/// Nanoseconds since the epoch; times before it are 0, times too late the
/// latest.
constexpr uint64_t nanoseconds(int64_t seconds, uint64_t nanosecondPart) {
  if (seconds < 0)
    return 0;
  uint64_t whole;
  if (__builtin_mul_overflow(static_cast<uint64_t>(seconds),
                             nanosecondsPerSecond, &whole) ||
      __builtin_add_overflow(whole, nanosecondPart, &whole))
    return UINT64_MAX;
  return whole;
}

constexpr sys::TimeSpec timeSpec(uint64_t nanoseconds) {
  return {static_cast<int64_t>(nanoseconds / nanosecondsPerSecond),
          static_cast<int64_t>(nanoseconds % nanosecondsPerSecond)};
}

/// clock_gettime, without a system call where that is possible.
long readClock(State &state, int clock, sys::TimeSpec *out);

} // namespace wrought::wasi

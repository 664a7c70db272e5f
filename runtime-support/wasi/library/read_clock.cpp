//===- read_clock.cpp - Clocks of a library -------------------------------===//
//
// Where the kernel's code in the process is, a library is not told.
//
//===----------------------------------------------------------------------===//
#include "model/guest.h"
#include "wasi/clock.h"

namespace wrought::wasi {

long readClock(State &, int clock, sys::TimeSpec *out) {
  return sys::clock_gettime(clock, out);
}

} // namespace wrought::wasi

//===- read_clock.cpp - Clocks of a program -------------------------------===//
#include "core/process.h"
#include "core/vdso.h"
#include "model/guest.h"
#include "wasi/clock.h"

namespace wrought::wasi {

long readClock(State &state, int clock, sys::TimeSpec *out) {
  ClockSource &source = state.host.clock;
  if (!__atomic_load_n(&source.isLookedFor, __ATOMIC_ACQUIRE)) {
    source.read = reinterpret_cast<decltype(source.read)>(
        findVdsoFunction(process.vdso, arch::vdsoClockGettime));
    __atomic_store_n(&source.isLookedFor, true, __ATOMIC_RELEASE);
  }
  if (source.read != nullptr) {
    // It returns an int; what is above may be anything.
    long result = static_cast<int>(source.read(clock, out));
    if (result >= 0)
      return result;
  }
  return sys::clock_gettime(clock, out);
}

} // namespace wrought::wasi

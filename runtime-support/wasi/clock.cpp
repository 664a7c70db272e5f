//===- clock.cpp - clock_res_get, clock_time_get --------------------------===//
#include "wasi/clock.h"

#include "core/vdso.h"
#include "wasi/errno.h"
#include "wasi/memory.h"
#include "wasi/state.h"

namespace wrought::wasi {

namespace {

// The numbers are the same on both sides.
static_assert(sys::clockRealtime == 0 && sys::clockMonotonic == 1 &&
              sys::clockProcessCpu == 2 && sys::clockThreadCpu == 3);

template <class Call> Errno query(Call call, uint32_t clock, uint32_t pointer) {
  GuestMemory memory;
  Out<uint64_t> out(memory, pointer);
  if (clock > sys::clockThreadCpu)
    return Errno::Inval;
  if (!out.isValid())
    return Errno::Fault;
  sys::TimeSpec time;
  long result = call(static_cast<int>(clock), &time);
  if (result < 0)
    return errnoOf(result);
  out.set(nanoseconds(time.seconds, static_cast<uint64_t>(time.nanoseconds)));
  return Errno::Success;
}

} // namespace

long readClock(int clock, sys::TimeSpec *out) {
  ClockSource &source = state().clock;
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

Errno wrought_wasi_clock_res_get(uint32_t clock, uint32_t result) {
  return query(sys::clock_getres, clock, result);
}

Errno wrought_wasi_clock_time_get(uint32_t clock, uint64_t precision,
                                  uint32_t result) {
  return query(readClock, clock, result);
}

} // namespace wrought::wasi

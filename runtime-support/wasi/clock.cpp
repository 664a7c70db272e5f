//===- clock.cpp - clock_res_get, clock_time_get --------------------------===//
#include "wasi/clock.h"
#include "model/guest.h"
#include "wasi/errno.h"
#include "wasi/memory.h"

namespace wrought::wasi {

namespace {

// The numbers are the same on both sides.
static_assert(sys::clockRealtime == 0 && sys::clockMonotonic == 1 &&
              sys::clockProcessCpu == 2 && sys::clockThreadCpu == 3);

template <class Call>
Errno query(State &state, Call call, uint32_t clock, uint32_t pointer) {
  GuestMemory memory(state);
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

Errno WASI_CALL(clock_res_get, uint32_t clock, uint32_t result) {
  return query(state, sys::clock_getres, clock, result);
}

Errno WASI_CALL(clock_time_get, uint32_t clock, uint64_t precision,
                uint32_t result) {
  return query(
      state,
      [&](int hostClock, sys::TimeSpec *out) {
        return readClock(state, hostClock, out);
      },
      clock, result);
}

} // namespace wrought::wasi

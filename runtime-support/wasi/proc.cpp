//===- proc.cpp - proc_exit, proc_raise, sched_yield ----------------------===//
#include "wasi/errno.h"
#include "wasi/memory.h"

namespace wrought::wasi {

namespace {

/// WASI has no SIGSTKFLT, which is 16 on Linux; the order is the same.
int linuxSignal(uint32_t signal) {
  return static_cast<int>(signal < 16 ? signal : signal + 1);
}
constexpr uint32_t lastSignal = 30;

} // namespace

void wrought_wasi_proc_exit(uint32_t status) {
  process.claimEnd();
  sys::exit_group(static_cast<int>(status & 0xff));
}

Errno wrought_wasi_proc_raise(uint32_t signal) {
  // 0 is reserved: POSIX gives it a meaning of its own.
  if (signal == 0 || signal > lastSignal)
    return Errno::Inval;
  return errnoOf(sys::raise(linuxSignal(signal)));
}

Errno wrought_wasi_sched_yield() { return errnoOf(sys::sched_yield()); }

} // namespace wrought::wasi

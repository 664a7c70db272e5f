//===- proc.cpp - proc_exit, proc_raise of a program
//-----------------------===//
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

void WASI_CALL(proc_exit, uint32_t status) {
  process.claimEnd();
  sys::exit_group(static_cast<int>(status & 0xff));
}

Errno WASI_CALL(proc_raise, uint32_t signal) {
  // 0 is reserved: POSIX gives it a meaning of its own.
  if (signal == 0 || signal > lastSignal)
    return Errno::Inval;
  return errnoOf(sys::raise(linuxSignal(signal)));
}

} // namespace wrought::wasi

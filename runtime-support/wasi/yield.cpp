//===- yield.cpp - sched_yield --------------------------------------------===//
#include "model/guest.h"
#include "wasi/errno.h"

namespace wrought::wasi {

Errno WASI_CALL(sched_yield) { return errnoOf(sys::sched_yield()); }

} // namespace wrought::wasi

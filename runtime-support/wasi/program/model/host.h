//===- host.h - What a program's WASI calls remember of the host ----------===//
#pragma once

#include "os/linux/system.h"
#include "wasi/program/grants.h"

namespace wrought::wasi {

/// How clocks are read: by the kernel's code in the process where there is
/// some.
struct ClockSource {
  long (*read)(int clock, sys::TimeSpec *out) = nullptr;
  bool isLookedFor = false;
};

struct Host {
  ClockSource clock;
  Grants grants;
};

} // namespace wrought::wasi

//===- state.h - All that WASI calls remember -----------------------------===//
//
// What one guest's calls share, in one place. Nothing else in this folder is a
// variable that lives longer than a call. It is all zero at the start.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasi/clock.h"
#include "wasi/descriptor_table.h"
#include "wasi/grants.h"
#include "wasi/resolve.h"

namespace wrought::wasi {

struct State {
  /// Set before a second thread runs: see startThreads.
  bool isThreaded = false;
  Openat2 openat2 = Openat2::Unknown;
  ClockSource clock;
  Grants grants;
  /// Held while what was read ahead is looked at or changed.
  Lock directoryLock;
  DescriptorTable descriptors;
};

extern State theState __attribute__((visibility("hidden")));

/// The state of the guest that makes the call.
inline State &state() { return theState; }

Use::~Use() {
  if (descriptor_ != nullptr)
    state().descriptors.release(*descriptor_);
}

/// To be called once, before the program's second thread starts and outside any
/// other WASI call: opens what is opened when first asked for, and from then on
/// the calls keep each other out.
inline void startThreads() {
  state().descriptors.prepare(DescriptorTable::firstGranted);
  state().isThreaded = true;
}

} // namespace wrought::wasi

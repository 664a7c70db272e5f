//===- guest.h - The one guest of a program -------------------------------===//
#pragma once

#include "core/process.h"
#include "wasi/state.h"

namespace wrought::wasi {

extern State theState __attribute__((visibility("hidden")));

/// See WASI_CALL.
inline constexpr State &state = theState;

/// The memory that WASI calls work on; null when there is none.
inline const abi::Memory *guestMemory(const State &) {
  return process.module == nullptr
             ? nullptr
             : static_cast<const abi::Memory *>(process.module->wasiMemory);
}

inline constexpr bool mayChangeInherited = true;

/// Nothing: signals are the program's.
struct SignalGuard {
  SignalGuard(State &, Descriptor &) {}
};

/// To be called once, before the program's second thread starts and outside any
/// other WASI call: opens what is opened when first asked for, and from then on
/// the calls keep each other out.
inline void startThreads() {
  theState.descriptors.prepare(DescriptorTable::firstGranted);
  theState.descriptors.startThreads();
}

/// Forgets everything, as a new process would. For tests.
void reset();

} // namespace wrought::wasi

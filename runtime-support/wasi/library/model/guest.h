//===- guest.h - An instance of a library as a guest ----------------------===//
#pragma once

#include "wasi/state.h"

namespace wrought::wasi {

/// The memory that WASI calls work on; null when there is none.
inline const abi::Memory *guestMemory(const State &state) {
  return state.host.guest.memory;
}

/// Flags of an open file are everyone's who has it: the host's too.
inline constexpr bool mayChangeInherited = false;

/// While in scope, writing to what nobody reads, or more than the host's limit
/// for files, is an error and sends the host no signal.
class SignalGuard {
public:
  SignalGuard(State &state, Descriptor &descriptor);
  SignalGuard(const SignalGuard &) = delete;
  SignalGuard &operator=(const SignalGuard &) = delete;
  ~SignalGuard() {
    if (isBlocking_)
      end();
  }

private:
  void end();

  bool isBlocking_;
  /// Those that waited before are the host's.
  uint64_t blockedBefore_, pendingBefore_;
};

} // namespace wrought::wasi

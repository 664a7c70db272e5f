//===- state.h - All that WASI calls remember -----------------------------===//
//
// What one guest's calls share, in one place. Nothing else in this folder is a
// variable that lives longer than a call. It is all zero at the start.
//
// A program has one state, each instance of a library its own. What is not the
// same for both lies in program/ and library/, under the same names.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "model/host.h"
#include "wasi/descriptor_table.h"

#include <stddef.h>

namespace wrought::wasi {

/// Whether openat2 may be used; found out when it first fails. Tests set
/// Missing to force the walk by components.
enum class Openat2 : uint8_t { Unknown, Works, Missing };

struct State {
  Openat2 openat2 = Openat2::Unknown;
  Host host;
  /// Held while what was read ahead is looked at or changed.
  Lock directoryLock;
  DescriptorTable descriptors;

  static State &of(DescriptorTable &table) {
    return *reinterpret_cast<State *>(reinterpret_cast<char *>(&table) -
                                      offsetof(State, descriptors));
  }
};

} // namespace wrought::wasi

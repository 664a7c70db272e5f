//===- library_wasi.h - WASI for the instances of a library ---------------===//
//
// What runtime-support/library needs of it. Only a library whose module imports
// WASI has it, by abi::Library::wasi.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"
#include "include/wrought.h"

namespace wrought::wasi {

struct State;

/// For whom the calls are made.
struct Guest {
  abi::Instance *instance;
  /// Null when it has none.
  const abi::Memory *memory;
  /// Makes the call into the instance that is active fail with the status.
  void (*exit)(abi::Instance &instance, uint32_t status);
};

/// Why it cannot be made: a code of wrought.h, and for what could not be opened
/// its name and minus the kernel's error number.
struct MakeError {
  int32_t code;
  long result;
  const char *name;
};

struct LibraryWasi {
  /// Null config: nothing. `state` is null or one that was closed, whose memory
  /// is used again. False: it is null or closed still.
  bool (*make)(const wrought_wasi_config *config, const Guest &guest,
               State *&state, MakeError &error);
  /// Closes what the guest opened and opens again what it closed of its own.
  void (*reset)(State &state);
  /// Closes everything, once or again.
  void (*close)(State &state);
};

} // namespace wrought::wasi

extern "C" const wrought::wasi::LibraryWasi wrought_library_wasi
    __attribute__((visibility("hidden")));

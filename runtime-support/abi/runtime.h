//===- runtime.h - Functions of the runtime, for harnesses ----------------===//
//
// Prototypes of what compiled code may call, made from the .def files, and the
// entry points by which a program of its own (a test harness that defines
// wrought_main) sets up modules and catches traps. Freestanding.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"

namespace wrought::abi {

/// Where and why a trap happened.
struct TrapRecord {
  Trap trap;
  /// Address in the code that trapped, for a lookup in line tables, and the
  /// frame pointer there.
  uint64_t pc;
  uint64_t framePointer;
  /// MissingImport only, else null: NUL-terminated.
  const char *importModule;
  const char *importName;
};

/// The message of traps.def.
constexpr const char *message(Trap trap) {
  switch (trap) {
#define TRAP(Name, text)                                                       \
  case Trap::Name:                                                             \
    return text;
#include "abi/traps.def"
  }
  return "unknown trap";
}

namespace types {
using Void = void;
using I32 = uint32_t;
using I64 = uint64_t;
using Pointer = void *;
} // namespace types

} // namespace wrought::abi

#pragma GCC visibility push(hidden)
extern "C" {

/// Runs on the guest's stack; returns the exit status. The runtime's own sets
/// up the version of the module that wrought_start chose and runs it.
int wrought_main(void);

/// The module of the first version whose features the CPU has; null when there
/// are no versions. Prints a line and ends the program with status 132 when
/// none fits. Start-up calls it by abi::Config.chooseVersion, once its data is
/// relocated.
wrought::abi::Module *
wrought_choose_version(const wrought::abi::Config *config);

/// Has the program write what it counted when it ends. Start-up calls it by
/// abi::Config.startProfile.
void wrought_start_profile();
/// Before each call through a pointer that is counted: `site` is an
/// abi::ProfileSite, `code` what the pointer holds.
void wrought_profile_call(void *site, uint64_t code);

/// Maps the module's memories and makes its names known to backtraces. To be
/// called once a module, before its instantiate. On failure prints a line and
/// exits with status 1.
void wrought_setup_module(wrought::abi::Module *module);

/// Calls function(argument). 0 when it returns; 1 after a trap in it, with
/// *record filled in. Nests.
int wrought_catch(void (*function)(void *), void *argument,
                  wrought::abi::TrapRecord *record);

/// Of references of the host that are in the hierarchy of any: boxed in objects
/// whose one word is no reference to the heap (gc/host_references.h).
extern const wrought::abi::GcType wrought_host_reference_type;

#define TRAP(Name, message) [[noreturn]] void wrought_trap_##Name(void);
#include "abi/traps.def"

#define Void wrought::abi::types::Void
#define I32 wrought::abi::types::I32
#define I64 wrought::abi::types::I64
#define Pointer wrought::abi::types::Pointer
#define RUNTIME_FUNCTION(name, result, parameters)                             \
  result wrought_##name parameters;
#include "abi/runtime_functions.def"
#undef Void
#undef I32
#undef I64
#undef Pointer
}
#pragma GCC visibility pop

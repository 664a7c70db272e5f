//===- layout.h - layout.def as C++ structs
//--------------------------------===//
//
// For the runtime and for harnesses; freestanding. The compiler reads
// layout.def itself.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stdint.h>

namespace wrought::abi {

using Pointer = void *;
using U64 = uint64_t;

#define ABI_STRUCT(Name) struct Name {
#define ABI_FIELD(Name, kind, field) kind field;
#define ABI_END(Name)                                                          \
  }                                                                            \
  ;
#include "abi/layout.def"

/// FunctionAddress::functionIndex of code that belongs to no function of the
/// module.
constexpr uint64_t NoFunction = UINT64_MAX;

/// Of Context::callArea: 1,000 parameters or results of 16 bytes.
constexpr uint64_t CallAreaByteLength = 16 * 1000;

/// SharedType::heap.
enum class SharedHeap : uint64_t {
  None, ///< no reference
  Extern,
  Function,
  NoFunction,
  FunctionOfType,
};

static_assert(sizeof(Pointer) == 8, "64-bit targets only");

enum class Trap : uint32_t {
#define TRAP(Name, message) Name,
#include "abi/traps.def"
};

} // namespace wrought::abi

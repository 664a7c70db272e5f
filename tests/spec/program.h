//===- program.h - A script's commands as rows of data --------------------===//
//
// What the runner emits and the harness reads: one row a command that runs
// natively. The runner writes the structs as constants of the same layout
// (program_object.cpp), so every field is a pointer or an unsigned integer, and
// none needs padding. Freestanding.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"

#include <stdint.h>

namespace wrought::spec {

enum class RowKind : uint32_t {
  /// Subject: abi::Module; with an instance: Setup.
  Instantiate,
  /// Subject: void(uint64_t *slots), or void(Instance *, uint64_t *slots).
  Invoke,
  Get, ///< subject: the global; one pattern or none
  /// No subject: passes when one of the limits does not hold.
  Unlinkable,
};

/// How to make an instance in the pointer model.
struct Setup {
  const void *library; ///< abi::Library
  void *instance;      ///< abi::Instance, with its parts
  const void *imports; ///< abi::Import, in order
};

struct Row {
  const void *subject;
  void *instance; ///< null in the static model
  uint32_t kind;
  /// Bit n: Trap n is one of those that must happen. 0: it must return.
  uint32_t traps;
  uint32_t firstArgument, argumentCount; ///< in slots
  uint32_t firstPattern, patternCount;   ///< alternatives not counted
  uint32_t firstLimit, limitCount;
  /// Bit n: the argument in slot n is an encoded host reference that the callee
  /// takes in the hierarchy of any.
  uint64_t boxedArguments;
};

enum class PatternKind : uint32_t {
  Bits32,
  Bits64,
  Float32, ///< lo: bits; detail: a NanKind
  Float64,
  Vector, ///< detail: see vectorDetail
  Null,
  AnyReference,   ///< any that is not null
  ExactReference, ///< lo: an encoded host reference
  I31,
  Structure,
  Array,
  Equatable,  ///< any of the three above
  Boxed,      ///< a host reference in the hierarchy of any
  ExactBoxed, ///< lo: the encoded one
  Either,     ///< detail: number of the patterns behind it, one must match
};

enum class NanKind : uint32_t { None, Canonical, Arithmetic };

struct Pattern {
  uint32_t kind;
  uint32_t detail;
  uint64_t lo, hi;
};

/// An import of a memory or table: its size must not be below `minimum` when
/// the importing module is instantiated. Grown entities count as they are then.
struct Limit {
  const void *entity;
  uint64_t isTable;
  uint64_t minimum; ///< in pages or elements
};

/// Host references are pointers to nowhere; 0 stays null.
constexpr uint64_t encodeHostReference(uint64_t number) {
  return number << 1 | 1;
}

/// Lanes of `laneBytes` with a NanKind for each of the first four.
constexpr uint32_t vectorDetail(uint32_t laneBytes, const NanKind *nans) {
  uint32_t detail = laneBytes << 8;
  for (uint32_t lane = 0; lane < 4; ++lane)
    detail |= static_cast<uint32_t>(nans[lane]) << (2 * lane);
  return detail;
}

/// Slots that the harness has: 1,000 parameters or results of two slots each.
inline constexpr uint32_t SlotCount = 2048;

/// The harness writes the running row's number here, and ends each line of its
/// report on standard output with a newline:
///   F <row> returned <slot in hex>…   a result differs
///   F <row> trapped <number>          it trapped, wrongly
///   F <row> limit <number>            an imported memory or table is too small
///   F <row> linked                    an unlinkable module could be linked
///   END <rows done>
inline constexpr int ProgressDescriptor = 3;

} // namespace wrought::spec

// C linkage: named by the runner in LLVM IR.
extern "C" {
extern const wrought::spec::Row wrought_spec_rows[];
extern const wrought::spec::Pattern wrought_spec_patterns[];
extern const wrought::spec::Limit wrought_spec_limits[];
extern const uint64_t wrought_spec_arguments[];
extern const uint64_t wrought_spec_row_count;
}

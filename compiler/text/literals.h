//===- literals.h - Numbers of the text format ----------------------------===//
//
// Source: WebAssembly Specification 3.0, "Text Format / Values".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace wrought::text {

enum class LiteralStatus : uint8_t {
  Ok,
  /// Not of the form that is asked for.
  Malformed,
  /// "constant out of range"
  OutOfRange,
};

/// uN: digits without a sign.
LiteralStatus parseUnsigned(llvm::StringRef text, unsigned bits,
                            uint64_t &value);

/// iN: signed or unsigned, of at most 64 bits; `value` gets the low bits.
LiteralStatus parseInteger(llvm::StringRef text, unsigned bits,
                           uint64_t &value);

/// fN for 32 or 64 bits, rounded to nearest, ties to even; `value` gets the
/// bit pattern. inf, nan and nan:0x… included.
LiteralStatus parseFloat(llvm::StringRef text, unsigned bits, uint64_t &value);

} // namespace wrought::text

//===- wat_parser.h - The text format to binary modules
//--------------------===//
//
// Text modules become binary ones and then take the same road as any other
// module: one decoder, one validator. What the text format itself forbids
// (syntax, unknown identifiers, out of range literals, duplicate names,
// mismatching inline types) is reported here.
//
// Source: WebAssembly Specification 3.0, "Text Format".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/diagnostics.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace wrought::text {

/// Where the bytes from `byteOffset` on come from in the text; 1-based.
struct SourcePosition {
  uint64_t byteOffset;
  uint32_t line, column;
};

struct BinaryModule {
  std::vector<uint8_t> bytes;
  /// Sorted by byteOffset: fields of the module and instructions.
  std::vector<SourcePosition> positions;

  /// The text position of a byte offset, for a diagnostic of a later stage.
  const SourcePosition *find(uint64_t byteOffset) const;
};

/// Parses one module: `(module …)` or bare module fields. Identifiers become a
/// name section. Reports the first error with line and column.
std::optional<BinaryModule> parseWat(std::string_view text,
                                     llvm::StringRef sourceName,
                                     Diagnostics &diagnostics);

/// Replaces the byte offsets of diagnostics [first, end) of the file by text
/// positions.
void mapToText(const BinaryModule &binary, llvm::StringRef sourceName,
               Diagnostics &diagnostics, size_t first);

} // namespace wrought::text

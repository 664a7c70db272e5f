//===- mnemonics.h - The words of the text format -------------------------===//
#pragma once

#include "wasm/opcode.h"

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace wrought::text {

/// The instruction of this name. Where one word stands for several opcodes
/// (select, ref.test, ref.cast), the first: the one without type annotation or
/// null.
std::optional<wasm::Opcode> opcodeByText(llvm::StringRef text);

/// Whether the word is any keyword of the format; others are "unknown
/// operators".
bool isKnownKeyword(llvm::StringRef text);

/// The byte of a number, vector or abbreviated reference type such as
/// "funcref"; nullopt for other words.
std::optional<uint8_t> valueTypeByte(llvm::StringRef text);

/// The byte of an abstract heap type such as "func" or "none".
std::optional<uint8_t> abstractHeapByte(llvm::StringRef text);

/// Lanes of a v128 constant: "i16x8" has 8 of 16 bits.
struct LaneShape {
  unsigned count, bits;
  bool isFloat;
};
std::optional<LaneShape> laneShape(llvm::StringRef text);

} // namespace wrought::text

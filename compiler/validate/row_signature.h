//===- row_signature.h - The typed columns of opcodes.def -----------------===//
//
// Operands and results of the rows whose type is fixed, read at compile time
// out of the text of the columns: "(Addr, I32)" or "Custom".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasm/types.h"

#include <cstdint>
#include <string_view>

namespace wrought::validate {

/// A type in a column; the first values are those of ValueKind.
enum class ColumnType : uint8_t {
  I32 = static_cast<uint8_t>(wasm::ValueKind::I32),
  I64 = static_cast<uint8_t>(wasm::ValueKind::I64),
  F32 = static_cast<uint8_t>(wasm::ValueKind::F32),
  F64 = static_cast<uint8_t>(wasm::ValueKind::F64),
  V128 = static_cast<uint8_t>(wasm::ValueKind::V128),
  Addr,
  Unknown,
};

struct Column {
  ColumnType types[4] = {};
  uint8_t count = 0;
  bool isCustom = false;
};

struct RowSignature {
  Column operands, results;
  constexpr bool isCustom() const {
    return operands.isCustom || results.isCustom;
  }
};

consteval ColumnType columnType(std::string_view word) {
  if (word == "I32")
    return ColumnType::I32;
  if (word == "I64")
    return ColumnType::I64;
  if (word == "F32")
    return ColumnType::F32;
  if (word == "F64")
    return ColumnType::F64;
  if (word == "V128")
    return ColumnType::V128;
  return word == "Addr" ? ColumnType::Addr : ColumnType::Unknown;
}

consteval Column parseColumn(std::string_view text) {
  Column column;
  column.isCustom = text == "Custom";
  if (column.isCustom || text == "()")
    return column;
  text = text.substr(1, text.size() - 2);
  while (true) {
    const size_t comma = text.find(',');
    column.types[column.count++] = columnType(text.substr(0, comma));
    if (comma == std::string_view::npos)
      return column;
    text = text.substr(text.find_first_not_of(' ', comma + 1));
  }
}

consteval bool isKnown(const Column &column) {
  for (unsigned i = 0; i < column.count; ++i)
    if (column.types[i] == ColumnType::Unknown)
      return false;
  return true;
}

} // namespace wrought::validate

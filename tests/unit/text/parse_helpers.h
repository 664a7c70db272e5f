//===- parse_helpers.h - Short ways to parse in tests ---------------------===//
#pragma once

#include "text/wat_parser.h"

#include <gtest/gtest.h>
#include <string>

namespace wrought::text {

/// "line:column: message" of the one error, or "" when there is none.
inline std::string errorOf(std::string_view text) {
  Diagnostics diagnostics;
  const bool parsed = parseWat(text, "test.wat", diagnostics).has_value();
  if (diagnostics.all().empty())
    return parsed ? "" : "no diagnostic";
  const Diagnostic &first = diagnostics.all().front();
  return std::to_string(first.location.line.value_or(0)) + ":" +
         std::to_string(first.location.column.value_or(0)) + ": " +
         first.message;
}

inline BinaryModule parsed(std::string_view text) {
  Diagnostics diagnostics;
  auto module = parseWat(text, "test.wat", diagnostics);
  EXPECT_TRUE(module) << text << "\n" << errorOf(text);
  return module ? std::move(*module) : BinaryModule();
}

inline std::string hex(const std::vector<uint8_t> &bytes, size_t begin,
                       size_t end) {
  static const char digits[] = "0123456789abcdef";
  std::string out;
  for (size_t i = begin; i < end; ++i) {
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
    out += ' ';
  }
  if (!out.empty())
    out.pop_back();
  return out;
}

/// Payload of the first section with this id, in hexadecimal; "none" when the
/// module has no such section.
inline std::string sectionOf(std::string_view text, unsigned id) {
  const std::vector<uint8_t> bytes = parsed(text).bytes;
  for (size_t at = 8; at < bytes.size();) {
    const unsigned found = bytes[at++];
    size_t size = 0;
    for (unsigned shift = 0;; shift += 7) {
      size |= static_cast<size_t>(bytes[at] & 0x7f) << shift;
      if (!(bytes[at++] & 0x80))
        break;
    }
    if (found == id)
      return hex(bytes, at, at + size);
    at += size;
  }
  return "none";
}

/// The instructions of a function without locals, its final `end` left out.
inline std::string codeOf(const std::string &instructions,
                          const std::string &fields = "") {
  const std::string section =
      sectionOf("(module " + fields + " (func " + instructions + "))", 10);
  // Count, size (of one byte each), number of local runs.
  return section.size() > 11 ? section.substr(9, section.size() - 12) : "";
}

} // namespace wrought::text

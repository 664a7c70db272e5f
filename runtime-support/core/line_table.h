//===- line_table.h - Code addresses to lines, by .debug_line -------------===//
//
// An interpreter of DWARF line number programs (DWARF 5, 6.2; versions 2 to 5)
// that answers a handful of questions in one pass, without memory of its own.
// The compiler uses lines for byte offsets in the module. Input is not trusted:
// nonsense ends a program early, and work is linear in the section's length.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace wrought {

struct LineQuery {
  /// As linked, without load bias.
  uint64_t address;
  /// The answer; 0 when there is none.
  uint64_t line;
};

/// Queries must be sorted by address. Answers those whose line is 0.
void findLines(const uint8_t *section, size_t byteLength, LineQuery *queries,
               size_t count);

} // namespace wrought

extern "C" {
/// The same by the program's own file, if it has the section. Only in programs
/// whose configuration names it (translate/line_lookup.h).
void wrought_find_lines(wrought::LineQuery *queries, size_t count)
    __attribute__((visibility("hidden")));
}

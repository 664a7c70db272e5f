//===- own_lines.cpp - The line table in the program's own file -----------===//
#include "core/executable_file.h"
#include "core/line_table.h"

using namespace wrought;

extern "C" void wrought_find_lines(LineQuery *queries, size_t count) {
  const Bytes table = findOwnSection(".debug_line");
  if (table.begin != nullptr)
    findLines(table.begin, table.byteLength, queries, count);
}

//===- sections.h - Section ids of the binary format ----------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"

#include <array>
#include <optional>

namespace wrought::text {

enum SectionId : unsigned {
  SectionCustom = 0,
  SectionType = 1,
  SectionImport = 2,
  SectionFunction = 3,
  SectionTable = 4,
  SectionMemory = 5,
  SectionGlobal = 6,
  SectionExport = 7,
  SectionStart = 8,
  SectionElement = 9,
  SectionCode = 10,
  SectionData = 11,
  SectionDataCount = 12,
  SectionTag = 13,
};

struct SectionOrderEntry {
  SectionId id;
  const char *name;
};

/// The order of sections in a binary, with their names in annotations.
inline constexpr std::array<SectionOrderEntry, 13> SectionOrder = {{
    {SectionType, "type"},
    {SectionImport, "import"},
    {SectionFunction, "func"},
    {SectionTable, "table"},
    {SectionMemory, "memory"},
    {SectionTag, "tag"},
    {SectionGlobal, "global"},
    {SectionExport, "export"},
    {SectionStart, "start"},
    {SectionElement, "elem"},
    {SectionDataCount, "datacount"},
    {SectionCode, "code"},
    {SectionData, "data"},
}};

/// How many sections come before and with the one of this name.
inline std::optional<unsigned> sectionRank(llvm::StringRef name) {
  for (unsigned i = 0; i < SectionOrder.size(); ++i)
    if (name == SectionOrder[i].name)
      return i + 1;
  return std::nullopt;
}

} // namespace wrought::text

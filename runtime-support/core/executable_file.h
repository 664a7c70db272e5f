//===- executable_file.h - The program's own file -------------------------===//
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace wrought {

struct Bytes {
  const uint8_t *begin = nullptr;
  size_t byteLength = 0;
};

/// Maps the program's file and finds a section that is not loaded. Empty when
/// there is none, or it is compressed, or anything goes wrong.
Bytes findOwnSection(const char *name);

/// The search alone, for any file.
Bytes findSection(Bytes file, const char *name);

} // namespace wrought

//===- clear.h - Zeros into pages: aarch64
//---------------------------------===//
#pragma once

#include <stddef.h>

namespace wrought::arch {

/// For whole pages.
inline void clear(char *to, size_t byteLength) {
  __builtin_memset(to, 0, byteLength);
}

} // namespace wrought::arch

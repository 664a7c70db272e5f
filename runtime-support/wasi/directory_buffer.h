//===- directory_buffer.h - Entries read ahead ----------------------------===//
//
// getdents64 is asked for as much as a C library asks for, also where the
// guest's own buffer is small. How many descriptors can have a buffer is
// limited, so that open directories cannot use up memory; the others are read
// in small steps. The descriptor table keeps them.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace wrought::wasi {

struct DirectoryBuffer {
  static constexpr size_t capacity = 32768 - 64;

  DirectoryBuffer *nextFree;
  /// Where the first entry stands, and where the kernel goes on: cookies.
  int64_t firstCookie;
  int64_t kernelCookie;
  bool isKernelCookieKnown;
  /// The entry that was handed out last.
  int64_t hintCookie;
  uint32_t hint;
  /// Bytes that are filled.
  uint32_t length;
  alignas(8) char bytes[capacity];
};

} // namespace wrought::wasi

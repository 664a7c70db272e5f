//===- string_entry.h - An argument or a variable -------------------------===//
#pragma once

#include "wasi/text.h"

#include <stdint.h>

namespace wrought::wasi {

/// One string of the guest's in two pieces: a name that stands alone gets the
/// host's value after it.
struct Entry {
  const char *text = nullptr;
  const char *hostValue = nullptr;

  size_t byteLength() const {
    size_t length = lengthOf(text) + 1;
    return hostValue ? length + 1 + lengthOf(hostValue) : length;
  }

  /// Returns the place after the NUL.
  uint8_t *write(uint8_t *out) const {
    size_t length = lengthOf(text);
    __builtin_memcpy(out, text, length);
    out += length;
    if (hostValue != nullptr) {
      *out++ = '=';
      length = lengthOf(hostValue);
      __builtin_memcpy(out, hostValue, length);
      out += length;
    }
    *out++ = 0;
    return out;
  }
};

} // namespace wrought::wasi

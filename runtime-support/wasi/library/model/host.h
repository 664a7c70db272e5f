//===- host.h - What an instance's WASI calls know of the host ------------===//
//
// A copy of the host's wrought_wasi_config, made when the instance is.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"
#include "wasi/library/library_wasi.h"

#include <stddef.h>

namespace wrought::wasi {

struct Strings {
  const char *const *begin;
  size_t count;
};

/// A host descriptor that is open as long as the instance lives, or -1.
struct Kept {
  int hostFd;
  bool isReadOnly;
  /// Of a directory.
  const char *guestPath;
};

struct Host {
  Guest guest;
  Strings arguments, environment;
  Kept streams[3];
  Kept *directories;
  size_t directoryCount;
  /// The guest's descriptors have numbers below.
  uint32_t descriptorLimit;
  /// Of the mapping that all of it lies in.
  size_t byteLength;
  /// Whether writing a file can end in a signal; asked for when one is first
  /// written.
  enum class FileSize : uint8_t { Unknown, Limited, Unlimited } fileSize;
};

} // namespace wrought::wasi

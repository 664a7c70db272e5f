//===- hostile_calls.h - Every call with arguments that lie ---------------===//
//
// For each WASI function, calls in which any two parameters take every value of
// a hostile table while the others are in order, and what may come out: if some
// argument cannot be right, an error that one of the wrong ones deserves. Used
// by a test in process and by the guest that hostile_guest writes as text.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasi/preview1.h"

#include <initializer_list>
#include <string>
#include <vector>

namespace wrought::wasi {

/// What the guest has open, and where its memory ends.
struct HostileSetting {
  uint32_t directory, file, socket;
  uint32_t memoryByteLength;
};

/// A set of Errno.
struct ErrnoSet {
  uint64_t low = 0, high = 0;

  void add(Errno error) {
    auto bit = static_cast<uint32_t>(error);
    (bit < 64 ? low : high) |= uint64_t{1} << (bit % 64);
  }
  bool has(Errno error) const {
    auto bit = static_cast<uint32_t>(error);
    return bit < 128 && ((bit < 64 ? low : high) >> (bit % 64) & 1) != 0;
  }
};

struct HostileCall {
  /// As in wasi_functions.def.
  std::string function;
  std::vector<uint64_t> arguments;
  /// Of each argument whether it is 64 bits wide.
  std::vector<bool> isWide;
  ErrnoSet allowed;

  std::string text() const;
};

/// Bytes that must stand in the guest's memory before each call, as 64-bit
/// words.
struct HostileWord {
  uint32_t address;
  uint64_t value;
};
std::vector<HostileWord> hostileMemory();

std::vector<HostileCall> hostileCalls(const HostileSetting &setting);

} // namespace wrought::wasi

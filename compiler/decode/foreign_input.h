//===- foreign_input.h - Saying what an input is that is no module --------===//
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace wrought::decode {

/// The magic number and the version.
inline constexpr size_t HeaderBytes = 8;

struct HeaderComplaint {
  uint64_t byteOffset;
  std::string message;
};

/// Nullopt when `bytes` begin as a binary module does; otherwise what is wrong,
/// and what the input seems to be.
std::optional<HeaderComplaint>
describeBadHeader(std::span<const uint8_t> bytes);

} // namespace wrought::decode

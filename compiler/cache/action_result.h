//===- action_result.h - The record of one compilation --------------------===//
//
// A message ActionResult of Bazel's remote execution protocol, with one output
// file: what servers that check their entries accept.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace wrought::cache {

/// What a compilation made: a file named by its content.
struct Artifact {
  std::string sha256;
  uint64_t byteLength = 0;
  bool isExecutable = false;
  /// What the compilation warned of, a line each.
  std::string messages;
  bool operator==(const Artifact &) const = default;
};

/// No record is longer.
constexpr size_t RecordBytes = 4096;

std::string encodeRecord(const Artifact &artifact);
/// Hostile input. Fields that are not known are passed over.
std::optional<Artifact> decodeRecord(llvm::StringRef record);

} // namespace wrought::cache

//===- sha256.h - Names of content ----------------------------------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace wrought {

/// SHA-256 as 64 lower-case hexadecimal digits.
std::string sha256Hex(llvm::StringRef bytes);
std::string sha256Hex(llvm::ArrayRef<uint8_t> bytes);

/// Whether `text` is such a name.
bool isSha256Hex(llvm::StringRef text);

/// What a file holds. Nullopt with a message when it cannot be read.
struct FileDigest {
  std::string sha256;
  uint64_t byteLength = 0;
};
std::optional<FileDigest> digestFile(const std::string &path,
                                     std::string &message);

} // namespace wrought

//===- archive.h - The tar archive inside a bundle ------------------------===//
//
// POSIX ustar. The manifest comes first, its signature, if any, second, then
// the parts in order: so the manifest determines every byte of the archive that
// is not a part's content, and a reader compares instead of interpreting.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "bundle/manifest.h"

#include "llvm/ADT/ArrayRef.h"

#include <array>

namespace wrought::bundle {

constexpr size_t TarBlock = 512;
/// Two blocks of zeros.
constexpr uint64_t TarEndBytes = 2 * TarBlock;

using TarHeader = std::array<char, TarBlock>;

/// A regular file of the user 0, or for a path that ends in / a folder.
/// `byteLength` is below 8 GiB, `path` at most PathBytes long.
TarHeader tarHeader(llvm::StringRef path, uint64_t byteLength, unsigned mode);

/// Zeros behind so much content.
uint64_t tarPadding(uint64_t byteLength);

struct ArchiveEntry {
  std::string path;
  unsigned mode = 0644;
  uint64_t byteLength = 0;
  std::string sha256;
  uint64_t offset = 0; ///< of its header in the archive
  uint64_t endOffset() const;
};

/// The entries of a bundle's archive.
std::vector<ArchiveEntry> planArchive(const Manifest &manifest,
                                      llvm::StringRef manifestText,
                                      llvm::ArrayRef<uint8_t> signature);
/// With the end mark.
uint64_t archiveByteLength(llvm::ArrayRef<ArchiveEntry> entries);

} // namespace wrought::bundle

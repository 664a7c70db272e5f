//===- reader.h - Bundles, which may be hostile ---------------------------===//
//
// Nothing in a bundle is believed: the manifest is held to limits.h before
// anything else is read, and then everything else to the manifest.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "bundle/archive.h"
#include "bundle/frame_reader.h"
#include "support/diagnostics.h"

namespace wrought::bundle {

/// Whether a file starts as a bundle does (as all of zstd's do).
bool startsAsBundle(llvm::StringRef path);

class Reader {
public:
  /// Reads the manifest, and the signature if there is one. Nullopt after
  /// reporting.
  static std::optional<Reader> open(llvm::StringRef path,
                                    Diagnostics &diagnostics);

  const Manifest &manifest() const { return manifest_; }
  llvm::StringRef manifestText() const { return manifestText_; }
  /// Empty when the bundle is not signed.
  llvm::ArrayRef<uint8_t> signature() const { return signature_; }
  uint64_t byteLength() const { return file_.byteLength(); }
  const std::string &path() const { return path_; }

  /// Hands the content of manifest().parts[index] to `sink`. True only when all
  /// of it came and is what the manifest says.
  [[nodiscard]] bool extract(size_t index, ByteSink sink,
                             Diagnostics &diagnostics) const;
  /// Looks at every byte of the file. Reports the first that is wrong.
  [[nodiscard]] bool verify(Diagnostics &diagnostics) const;

private:
  std::string readSeekTable();
  std::optional<FrameProblem> readHead();
  std::string splitHead(llvm::StringRef head);
  std::string checkLength() const;
  bool verifyDigest(uint64_t offset, llvm::ArrayRef<uint8_t> digest,
                    Diagnostics &diagnostics) const;
  void report(std::optional<uint64_t> offset, std::string message,
              Diagnostics &diagnostics) const;

  std::string path_;
  RandomAccessFile file_;
  std::vector<FrameSize> frames_;
  std::string manifestText_;
  std::vector<uint8_t> signature_;
  Manifest manifest_;
  std::vector<ArchiveEntry> entries_;
};

} // namespace wrought::bundle

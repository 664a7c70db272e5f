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

/// Takes parts one after another. What returns false stops the reading, after
/// it has reported why.
class PartSink {
public:
  /// The content of manifest().parts[index] is next.
  virtual bool begin(size_t index) = 0;
  virtual bool take(llvm::StringRef bytes) = 0;
  /// All of it came, and is what the manifest says.
  virtual bool end() = 0;

protected:
  ~PartSink() = default;
};

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

  /// Hands the parts with these indices, ascending, to `sink`. True only when
  /// all of them came and are what the manifest says. Reads the file once.
  [[nodiscard]] bool extract(llvm::ArrayRef<size_t> indices, PartSink &sink,
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

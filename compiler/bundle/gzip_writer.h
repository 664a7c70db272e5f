//===- gzip_writer.h - The compression that every container tool knows ----===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

#include <vector>
#include <zlib.h>

namespace wrought::bundle {

/// Compresses into `out`, without a name or a time, and hashes both sides.
class GzipWriter {
public:
  explicit GzipWriter(llvm::raw_ostream &out);
  ~GzipWriter();
  GzipWriter(const GzipWriter &) = delete;
  GzipWriter &operator=(const GzipWriter &) = delete;

  void write(llvm::StringRef bytes);
  /// False when zlib ran out of memory.
  bool finish();

  /// Hexadecimal digits, after finish().
  std::string plainSha256();
  std::string packedSha256();
  uint64_t packedByteLength() const { return packedByteLength_; }

private:
  void deflateAll(int flush);

  llvm::raw_ostream &out_;
  z_stream stream_ = {};
  bool isGood_;
  std::vector<unsigned char> buffer_;
  llvm::SHA256 plain_, packed_;
  uint64_t packedByteLength_ = 0;
};

} // namespace wrought::bundle

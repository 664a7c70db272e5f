//===- frame_writer.h - Bytes to zstd frames ------------------------------===//
#pragma once

#include "bundle/seek_table.h"

#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

struct ZSTD_CCtx_s;

namespace wrought::bundle {

/// Writes frames, then the digest and the seek table. The result depends on the
/// bytes, the level and the version of libzstd, not on the number of threads.
/// Failures stay, and are told by finish().
class FrameWriter {
public:
  FrameWriter(llvm::raw_ostream &out, int level, unsigned threadCount);
  ~FrameWriter();
  FrameWriter(const FrameWriter &) = delete;
  FrameWriter &operator=(const FrameWriter &) = delete;

  /// A frame of exactly so many bytes, at most limits::FrameBytes.
  void begin(uint64_t byteLength);
  void write(llvm::StringRef bytes);
  void end();
  /// Empty, or what went wrong.
  std::string finish();

private:
  void compress(llvm::StringRef bytes, bool isLast);
  void put(llvm::ArrayRef<uint8_t> bytes);
  void check(size_t result);

  llvm::raw_ostream &out_;
  ZSTD_CCtx_s *context_;
  std::vector<char> buffer_;
  std::vector<FrameSize> frames_;
  llvm::SHA256 hasher_;
  std::string problem_;
};

} // namespace wrought::bundle

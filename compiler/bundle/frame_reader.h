//===- frame_reader.h - zstd frames to bytes ------------------------------===//
#pragma once

#include "bundle/seek_table.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace wrought::bundle {

/// A file read at any place. Not mapped: it may shrink while it is read.
class RandomAccessFile {
public:
  RandomAccessFile() = default;
  ~RandomAccessFile();
  RandomAccessFile(RandomAccessFile &&other);
  RandomAccessFile(const RandomAccessFile &) = delete;

  /// Empty, or why it cannot be read: only regular files can.
  std::string open(llvm::StringRef path);
  uint64_t byteLength() const { return byteLength_; }
  /// Fills `bytes`, or says why not.
  std::string read(uint64_t offset, llvm::MutableArrayRef<char> bytes) const;

private:
  int descriptor_ = -1;
  uint64_t byteLength_ = 0;
};

/// Takes bytes in order; false ends the reading.
using ByteSink = llvm::function_ref<bool(llvm::StringRef)>;

/// Where a frame is damaged, and how.
struct FrameProblem {
  uint64_t offset = 0; ///< in the file
  std::string message;
};

/// Decompresses the frame of exactly the size that the table gives, at `offset`
/// of the file. Nullopt when all of it came through, or the sink said stop.
/// `raw` sees the bytes as they are in the file.
std::optional<FrameProblem> readFrame(const RandomAccessFile &file,
                                      uint64_t offset, const FrameSize &size,
                                      ByteSink raw, ByteSink unpacked);

} // namespace wrought::bundle

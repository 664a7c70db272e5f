//===- seek_table.h - Where the frames of a bundle are --------------------===//
//
// zstd's seekable format: the file ends in a skippable frame that lists the
// frames before it. In front of that table stands another skippable frame, with
// the SHA-256 of all bytes before itself. Other tools pass over both.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace wrought::bundle {

struct FrameSize {
  uint32_t packed = 0;
  uint32_t unpacked = 0; ///< 0 for the digest's frame
};

constexpr size_t SeekFooterBytes = 9;
constexpr size_t DigestFrameBytes = 8 + 8 + 32;

/// Length of the seek table's frame.
uint64_t seekTableByteLength(size_t frameCount);
std::vector<uint8_t> encodeSeekTable(llvm::ArrayRef<FrameSize> frames);

/// The number of frames that the last bytes of a file announce; 0 when they are
/// not the end of a seek table, or of one that is too large.
size_t readSeekFooter(llvm::ArrayRef<uint8_t> footer);
/// A whole table's frame, of seekTableByteLength(n) bytes. False unless it is
/// exactly what encodeSeekTable would make of the frames.
[[nodiscard]] bool decodeSeekTable(llvm::ArrayRef<uint8_t> table,
                                   std::vector<FrameSize> &frames);

std::array<uint8_t, DigestFrameBytes>
encodeDigestFrame(const std::array<uint8_t, 32> &digest);

} // namespace wrought::bundle

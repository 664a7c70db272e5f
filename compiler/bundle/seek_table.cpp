#include "bundle/seek_table.h"
#include "bundle/limits.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Endian.h"

#include <cstring>

namespace wrought::bundle {

using llvm::support::endian::read32le;
using llvm::support::endian::write32le;

// Of zstd's frame format and of its contrib/seekable_format.
static constexpr uint32_t SeekTableFrame = 0x184D2A5E;
static constexpr uint32_t SeekableMagic = 0x8F92EAB1;
static constexpr uint32_t DigestFrame = 0x184D2A50;
static constexpr llvm::StringLiteral DigestTag = "wrb-sha2";
static constexpr size_t SkippableHeaderBytes = 8;
static constexpr size_t EntryBytes = 8;

uint64_t seekTableByteLength(size_t frameCount) {
  return SkippableHeaderBytes + frameCount * EntryBytes + SeekFooterBytes;
}

std::vector<uint8_t> encodeSeekTable(llvm::ArrayRef<FrameSize> frames) {
  std::vector<uint8_t> table(seekTableByteLength(frames.size()));
  uint8_t *cursor = table.data();
  const auto put = [&](uint64_t value) {
    write32le(cursor, static_cast<uint32_t>(value));
    cursor += 4;
  };
  put(SeekTableFrame);
  put(table.size() - SkippableHeaderBytes);
  for (const FrameSize &frame : frames) {
    put(frame.packed);
    put(frame.unpacked);
  }
  put(frames.size());
  *cursor++ = 0; // the descriptor: entries have no checksums
  put(SeekableMagic);
  return table;
}

size_t readSeekFooter(llvm::ArrayRef<uint8_t> footer) {
  const uint32_t count = read32le(footer.data());
  if (footer[4] != 0 || read32le(footer.data() + 5) != SeekableMagic ||
      count > limits::FrameCount)
    return 0;
  return count;
}

bool decodeSeekTable(llvm::ArrayRef<uint8_t> table,
                     std::vector<FrameSize> &frames) {
  frames.clear();
  const llvm::ArrayRef<uint8_t> entries =
      table.drop_front(SkippableHeaderBytes).drop_back(SeekFooterBytes);
  for (size_t at = 0; at < entries.size(); at += EntryBytes)
    frames.push_back(
        {read32le(entries.data() + at), read32le(entries.data() + at + 4)});
  return llvm::ArrayRef(encodeSeekTable(frames)) == table;
}

std::array<uint8_t, DigestFrameBytes>
encodeDigestFrame(const std::array<uint8_t, 32> &digest) {
  std::array<uint8_t, DigestFrameBytes> frame;
  write32le(frame.data(), DigestFrame);
  write32le(frame.data() + 4, DigestFrameBytes - SkippableHeaderBytes);
  std::memcpy(frame.data() + 8, DigestTag.data(), DigestTag.size());
  std::memcpy(frame.data() + 16, digest.data(), digest.size());
  return frame;
}

} // namespace wrought::bundle

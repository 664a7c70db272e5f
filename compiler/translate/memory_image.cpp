#include "translate/memory_image.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cstring>

namespace wrought::translate {

namespace {

/// Holes up to this size are filled with zeros: an own chunk costs a system
/// call at start.
constexpr uint64_t MaxHoleBytes = 64 << 10;
/// An image may be this much larger than its data, and a little more.
constexpr uint64_t MaxGrowthFactor = 4;
constexpr uint64_t FreeImageBytes = 1 << 20;
constexpr size_t MaxChunks = 64;

struct Range {
  uint64_t begin, end;
};

std::vector<Range> pageRanges(llvm::ArrayRef<PlacedSegment> segments,
                              uint64_t pageByteLength) {
  std::vector<Range> ranges;
  for (const PlacedSegment &segment : segments)
    if (!segment.bytes.empty())
      ranges.push_back({llvm::alignDown(segment.offset, pageByteLength),
                        llvm::alignTo(segment.offset + segment.bytes.size(),
                                      pageByteLength)});
  std::sort(ranges.begin(), ranges.end(),
            [](Range a, Range b) { return a.begin < b.begin; });
  std::vector<Range> merged;
  for (Range range : ranges) {
    if (!merged.empty() && range.begin <= merged.back().end + MaxHoleBytes)
      merged.back().end = std::max(merged.back().end, range.end);
    else
      merged.push_back(range);
  }
  return merged;
}

} // namespace

std::optional<std::vector<ImageChunk>>
layOutMemory(llvm::ArrayRef<PlacedSegment> segments, uint64_t pageByteLength,
             uint64_t memoryByteLength) {
  std::vector<Range> ranges = pageRanges(segments, pageByteLength);
  if (!ranges.empty())
    ranges.back().end = std::min(ranges.back().end, memoryByteLength);
  uint64_t dataBytes = 0, imageBytes = 0;
  for (const PlacedSegment &segment : segments)
    dataBytes += segment.bytes.size();
  for (Range range : ranges)
    imageBytes += range.end - range.begin;
  if (ranges.size() > MaxChunks ||
      imageBytes > dataBytes * MaxGrowthFactor + FreeImageBytes)
    return std::nullopt;

  std::vector<ImageChunk> chunks;
  for (Range range : ranges)
    chunks.push_back(
        {range.begin, std::vector<uint8_t>(range.end - range.begin)});
  for (const PlacedSegment &segment : segments) {
    if (segment.bytes.empty())
      continue;
    auto chunk = std::upper_bound(chunks.begin(), chunks.end(), segment.offset,
                                  [](uint64_t offset, const ImageChunk &c) {
                                    return offset < c.memoryOffset;
                                  });
    --chunk;
    std::memcpy(chunk->bytes.data() + (segment.offset - chunk->memoryOffset),
                segment.bytes.data(), segment.bytes.size());
  }
  return chunks;
}

std::vector<uint8_t> dataRanges(const ImageChunk &chunk) {
  constexpr size_t PageBytes = 4096, UnitBytes = 64;
  auto isData = [](uint8_t byte) { return byte != 0; };
  std::vector<uint8_t> ranges;
  for (size_t at = 0; at < chunk.bytes.size(); at += PageBytes) {
    const auto page =
        llvm::ArrayRef(chunk.bytes).slice(at).take_front(PageBytes);
    const auto first = std::find_if(page.begin(), page.end(), isData);
    const auto last = std::find_if(page.rbegin(), page.rend(), isData);
    const size_t begin = static_cast<size_t>(first - page.begin());
    const size_t end = static_cast<size_t>(page.rend() - last);
    const bool isEmpty = first == page.end();
    ranges.push_back(isEmpty ? 0 : static_cast<uint8_t>(begin / UnitBytes));
    ranges.push_back(
        isEmpty ? 0 : static_cast<uint8_t>(llvm::divideCeil(end, UnitBytes)));
  }
  return ranges;
}

} // namespace wrought::translate

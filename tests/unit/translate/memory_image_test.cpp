#include "translate/memory_image.h"

#include <gtest/gtest.h>

namespace wrought::translate {
namespace {

std::vector<uint8_t> bytes(size_t count, uint8_t value) {
  return std::vector<uint8_t>(count, value);
}

TEST(MemoryImage, LaterSegmentsOverwriteEarlierOnes) {
  const auto first = bytes(8, 1), second = bytes(4, 2);
  const auto chunks = layOutMemory({{100, first}, {104, second}}, 4096, 65536);
  ASSERT_TRUE(chunks);
  ASSERT_EQ(chunks->size(), 1u);
  const ImageChunk &chunk = chunks->front();
  EXPECT_EQ(chunk.memoryOffset, 0u);
  EXPECT_EQ(chunk.bytes.size(), 4096u);
  EXPECT_EQ(chunk.bytes[99], 0);
  EXPECT_EQ(chunk.bytes[103], 1);
  EXPECT_EQ(chunk.bytes[104], 2);
  EXPECT_EQ(chunk.bytes[108], 0);
}

TEST(MemoryImage, TellsWhereInAPageDataIs) {
  ImageChunk chunk = {0, std::vector<uint8_t>(3 * 4096 + 100)};
  chunk.bytes[63] = chunk.bytes[64] = 1;
  chunk.bytes[2 * 4096 + 130] = chunk.bytes[3 * 4096 - 1] = 1;
  chunk.bytes[3 * 4096 + 99] = 1;
  EXPECT_EQ(dataRanges(chunk), (std::vector<uint8_t>{0, 2, 0, 0, 2, 64, 1, 2}));
}

TEST(MemoryImage, LargeHolesSplitTheImage) {
  const auto data = bytes(1, 7);
  const auto chunks =
      layOutMemory({{10 << 20, data}, {0, data}}, 4096, 16 << 20);
  ASSERT_TRUE(chunks);
  ASSERT_EQ(chunks->size(), 2u);
  EXPECT_EQ((*chunks)[0].memoryOffset, 0u);
  EXPECT_EQ((*chunks)[1].memoryOffset, 10u << 20);
  EXPECT_EQ((*chunks)[1].bytes[0], 7);
}

TEST(MemoryImage, EndsWithTheMemory) {
  const auto data = bytes(4, 7);
  const auto chunks = layOutMemory({{8000, data}, {0, data}}, 65536, 8004);
  ASSERT_TRUE(chunks);
  ASSERT_EQ(chunks->size(), 1u);
  EXPECT_EQ((*chunks)[0].bytes.size(), 8004u);
  EXPECT_EQ((*chunks)[0].bytes[8003], 7);
}

TEST(MemoryImage, EmptySegmentsTakeNoPages) {
  const auto chunks = layOutMemory({{5000, {}}}, 4096, 65536);
  ASSERT_TRUE(chunks);
  EXPECT_TRUE(chunks->empty());
}

TEST(MemoryImage, SparseDataIsNotBlownUp) {
  const auto data = bytes(1, 7);
  std::vector<PlacedSegment> segments;
  for (uint64_t i = 0; i < 10'000; ++i)
    segments.push_back({i * 60'000, data});
  EXPECT_FALSE(layOutMemory(segments, 4096, 1 << 30));
}

} // namespace
} // namespace wrought::translate

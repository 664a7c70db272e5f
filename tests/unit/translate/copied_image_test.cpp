#include "translate/copied_image.h"

#include <gtest/gtest.h>

namespace wrought::translate {
namespace {

/// Two pages at 64 KiB; ones at the given places in them.
ImageChunk chunkWith(std::initializer_list<size_t> places) {
  ImageChunk chunk = {65536, std::vector<uint8_t>(8192)};
  for (size_t place : places)
    chunk.bytes[place] = 1;
  return chunk;
}

TEST(CopiedImage, IsWhatLiesBetweenZeros) {
  const auto image = copiedImage(chunkWith({4090, 4092, 4099}));
  ASSERT_TRUE(image);
  EXPECT_TRUE(isCopied(*image));
  EXPECT_EQ(image->memoryOffset, 65536u + 4090);
  EXPECT_EQ(image->bytes, (std::vector<uint8_t>{1, 0, 1, 0, 0, 0, 0, 0, 0, 1}));
}

TEST(CopiedImage, TakesOneByte) {
  const auto image = copiedImage(chunkWith({8191}));
  ASSERT_TRUE(image);
  EXPECT_EQ(image->memoryOffset, 65536u + 8191);
  EXPECT_EQ(image->bytes, std::vector<uint8_t>{1});
}

TEST(CopiedImage, IsLessThanAnyPage) {
  const auto image = copiedImage(chunkWith({100, 4194}));
  ASSERT_TRUE(image);
  EXPECT_EQ(image->bytes.size(), 4095u);
  const ImageChunk pages = chunkWith({100, 4195});
  EXPECT_FALSE(copiedImage(pages));
  EXPECT_FALSE(isCopied(pages));
}

TEST(CopiedImage, OfZerosIsEmpty) {
  const auto image = copiedImage(chunkWith({}));
  ASSERT_TRUE(image);
  EXPECT_TRUE(image->bytes.empty());
}

} // namespace
} // namespace wrought::translate

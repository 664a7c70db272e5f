#include "bundle/seek_table.h"

#include <gtest/gtest.h>

using namespace wrought::bundle;

TEST(SeekTable, IsThatOfZstdsSeekableFormat) {
  const FrameSize frames[] = {{0x01020304, 0x05060708}};
  const std::vector<uint8_t> expected = {
      0x5e, 0x2a, 0x4d, 0x18, 17,   0,    0,    0,    // skippable frame
      0x04, 0x03, 0x02, 0x01, 0x08, 0x07, 0x06, 0x05, // packed, unpacked
      1,    0,    0,    0,    0,    0xb1, 0xea, 0x92, 0x8f};
  EXPECT_EQ(encodeSeekTable(frames), expected);
  EXPECT_EQ(seekTableByteLength(1), expected.size());
}

TEST(SeekTable, ComesBackExactlyOrNotAtAll) {
  const FrameSize frames[] = {{7, 100}, {48, 0}};
  const auto table = encodeSeekTable(frames);
  EXPECT_EQ(readSeekFooter(llvm::ArrayRef(table).take_back(SeekFooterBytes)),
            2u);
  std::vector<FrameSize> read;
  ASSERT_TRUE(decodeSeekTable(table, read));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].packed, 48u);
  for (const size_t at : {0u, 4u, unsigned(table.size() - 5)}) {
    auto damaged = table;
    damaged[at] ^= 1;
    EXPECT_FALSE(decodeSeekTable(damaged, read)) << at;
  }
}

TEST(SeekTable, AnnouncesNoMoreFramesThanABundleMayHave) {
  const uint8_t many[] = {0xff, 0xff, 0xff, 0x7f, 0, 0xb1, 0xea, 0x92, 0x8f};
  EXPECT_EQ(readSeekFooter(many), 0u);
}

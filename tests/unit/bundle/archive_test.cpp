#include "bundle/archive.h"

#include <gtest/gtest.h>

using namespace wrought::bundle;

static llvm::StringRef text(const TarHeader &header) {
  return {header.data(), header.size()};
}

TEST(TarHeader, HoldsTheFieldsOfUstar) {
  const TarHeader header = tarHeader("bin/x86_64/app", 01234567, 0755);
  EXPECT_TRUE(
      text(header).starts_with(llvm::StringRef("bin/x86_64/app\0", 15)));
  EXPECT_EQ(text(header).substr(100, 8), llvm::StringRef("0000755\0", 8));
  EXPECT_EQ(text(header).substr(124, 12), llvm::StringRef("00001234567\0", 12));
  EXPECT_EQ(text(header)[156], '0');
  EXPECT_EQ(text(header).substr(257, 8), llvm::StringRef("ustar\0"
                                                         "00",
                                                         8));
}

TEST(TarHeader, HasTheSumOfItsBytesWithBlanksForTheSum) {
  TarHeader header = tarHeader("a", 1, 0644);
  unsigned sum = 0;
  ASSERT_FALSE(text(header).substr(148, 6).getAsInteger(8, sum));
  std::fill_n(header.begin() + 148, 8, ' ');
  unsigned expected = 0;
  for (const char byte : header)
    expected += static_cast<unsigned char>(byte);
  EXPECT_EQ(sum, expected);
}

TEST(Archive, PadsContentToWholeBlocks) {
  EXPECT_EQ(tarPadding(0), 0u);
  EXPECT_EQ(tarPadding(1), 511u);
  EXPECT_EQ(tarPadding(512), 0u);
}

TEST(Archive, PutsTheManifestFirstAndTheSignatureSecond) {
  Manifest manifest;
  manifest.parts = {{"a", PartKind::Executable, "x86_64", 600, ""}};
  const uint8_t signature[64] = {};
  const auto entries = planArchive(manifest, "{}", signature);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].path, "manifest.json");
  EXPECT_EQ(entries[1].path, "manifest.sig");
  EXPECT_EQ(entries[1].offset, 1024u);
  EXPECT_EQ(entries[2].offset, 2048u);
  EXPECT_EQ(entries[2].mode, 0755u);
  EXPECT_EQ(archiveByteLength(entries), 2048u + 512 + 1024 + 1024);
}

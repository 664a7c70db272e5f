//===- executable_file_test.cpp - Finding sections in ELF files -----------===//
#include "core/executable_file.h"

#include "core/elf.h"
#include "core/process.h"
#include "gtest/gtest.h"

#include <cstring>
#include <random>
#include <vector>

namespace wrought {
Process process;
}

namespace {

using namespace wrought;

/// A file with an empty section and one named .debug_line that holds "lines".
std::vector<uint8_t> makeFile() {
  const char names[] = "\0.debug_line\0.names";
  std::vector<uint8_t> file(64 + 64 * 3 + sizeof names + 5);
  elf::FileHeader header = {};
  header.sectionHeaderOffset = 64;
  header.sectionHeaderByteLength = 64;
  header.sectionHeaderCount = 3;
  header.sectionNamesIndex = 2;
  elf::SectionHeader sections[3] = {};
  sections[1].name = 1;
  sections[1].offset = 64 + 192 + sizeof names;
  sections[1].byteLength = 5;
  sections[2].name = 13;
  sections[2].offset = 64 + 192;
  sections[2].byteLength = sizeof names;
  std::memcpy(file.data(), &header, sizeof header);
  std::memcpy(file.data() + 64, sections, sizeof sections);
  std::memcpy(file.data() + 256, names, sizeof names);
  std::memcpy(file.data() + 256 + sizeof names, "lines", 5);
  return file;
}

Bytes find(const std::vector<uint8_t> &file, const char *name) {
  return findSection({file.data(), file.size()}, name);
}

TEST(ExecutableFile, FindsSectionsByWholeName) {
  auto file = makeFile();
  Bytes section = find(file, ".debug_line");
  ASSERT_EQ(section.byteLength, 5u);
  EXPECT_EQ(std::memcmp(section.begin, "lines", 5), 0);
  EXPECT_EQ(find(file, ".debug").begin, nullptr);
  EXPECT_EQ(find(file, ".debug_line_str").begin, nullptr);
}

TEST(ExecutableFile, IgnoresCompressedSections) {
  auto file = makeFile();
  file[64 + 64 + 9] = 8; // SHF_COMPRESSED
  EXPECT_EQ(find(file, ".debug_line").begin, nullptr);
}

TEST(ExecutableFile, SurvivesCutsAndFlips) {
  auto sound = makeFile();
  for (size_t length = 0; length < sound.size(); ++length) {
    std::vector<uint8_t> cut(sound.begin(),
                             sound.begin() + static_cast<ptrdiff_t>(length));
    EXPECT_EQ(find(cut, ".debug_line").begin, nullptr) << length;
  }
  std::mt19937 random(1);
  for (int round = 0; round < 100'000; ++round) {
    auto bytes = sound;
    for (int flips = 0; flips < 3; ++flips)
      bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    Bytes section = find(bytes, ".debug_line");
    if (section.byteLength != 0) {
      ASSERT_GE(section.begin, bytes.data());
      ASSERT_LE(section.begin + section.byteLength,
                bytes.data() + bytes.size());
    }
  }
}

TEST(ExecutableFile, FindsTheLinesOfThisTest) {
  // Built with or without them; must not fail either way.
  Bytes text = findOwnSection(".text");
  EXPECT_GT(text.byteLength, 0u);
}

} // namespace

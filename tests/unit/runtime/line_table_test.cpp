//===- line_table_test.cpp - Line programs, sound and unsound -------------===//
#include "core/line_table.h"

#include "gtest/gtest.h"

#include <random>
#include <vector>

namespace {

using wrought::LineQuery;
using Bytes = std::vector<uint8_t>;

void append(Bytes &bytes, uint64_t value, int byteLength) {
  for (int index = 0; index < byteLength; ++index)
    bytes.push_back(static_cast<uint8_t>(value >> 8 * index));
}

void append(Bytes &bytes, const Bytes &more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

struct UnitOptions {
  int version = 5;
  bool is64Bit = false;
  int8_t lineBase = -5;
  uint8_t lineRange = 14;
};

Bytes makeUnit(const Bytes &program, UnitOptions options = {}) {
  Bytes header;
  header.push_back(1); // minimum instruction length
  if (options.version >= 4)
    header.push_back(1); // maximum operations an instruction
  header.push_back(1);   // default_is_stmt
  header.push_back(static_cast<uint8_t>(options.lineBase));
  header.push_back(options.lineRange);
  header.push_back(13); // opcode base
  append(header, Bytes{0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1});
  append(header, Bytes{1, 2, 3, 4}); // stands for the file tables
  Bytes unit;
  append(unit, static_cast<uint64_t>(options.version), 2);
  if (options.version == 5)
    append(unit, Bytes{8, 0});
  append(unit, header.size(), options.is64Bit ? 8 : 4);
  append(unit, header);
  append(unit, program);
  Bytes result;
  if (options.is64Bit)
    append(result, 0xffffffff, 4);
  append(result, unit.size(), options.is64Bit ? 8 : 4);
  append(result, unit);
  return result;
}

Bytes setAddress(uint64_t address) {
  Bytes bytes = {0, 9, 2};
  append(bytes, address, 8);
  return bytes;
}

const Bytes endSequence = {0, 1, 1};

/// Lines 100 at [0x1000, 0x1010), 5000 at [0x1010, 0x1020), 5002 up to 0x1025.
Bytes sampleProgram() {
  Bytes program = setAddress(0x1000);
  append(program, Bytes{3, 0xe3, 0x00, 1});          // advance_line 99, copy
  append(program, Bytes{2, 0x10, 3, 0xa4, 0x26, 1}); // +16; +4900; copy
  // Special: 16 bytes are too far for one opcode, so const_add_pc (17 bytes)
  // would overshoot: advance by fixed_advance_pc, then line +2, address +0.
  append(program, Bytes{9, 0x10, 0x00, static_cast<uint8_t>(13 + 2 + 5)});
  append(program, Bytes{2, 5});
  append(program, endSequence);
  return program;
}

uint64_t lineAt(const Bytes &section, uint64_t address) {
  LineQuery query = {address, 0};
  wrought::findLines(section.data(), section.size(), &query, 1);
  return query.line;
}

TEST(LineTable, FindsLinesInEveryVersion) {
  for (int version = 2; version <= 5; ++version)
    for (bool is64Bit : {false, true}) {
      Bytes section = makeUnit(sampleProgram(), {version, is64Bit, -5, 14});
      EXPECT_EQ(lineAt(section, 0xfff), 0u);
      EXPECT_EQ(lineAt(section, 0x1000), 100u);
      EXPECT_EQ(lineAt(section, 0x100f), 100u);
      EXPECT_EQ(lineAt(section, 0x1010), 5000u);
      EXPECT_EQ(lineAt(section, 0x101f), 5000u);
      EXPECT_EQ(lineAt(section, 0x1020), 5002u);
      EXPECT_EQ(lineAt(section, 0x1024), 5002u);
      EXPECT_EQ(lineAt(section, 0x1025), 0u);
    }
}

TEST(LineTable, AnswersManyQueriesAcrossUnits) {
  Bytes section = makeUnit(sampleProgram());
  Bytes other = setAddress(0x40);
  append(other, Bytes{3, 6, 1, 2, 0x20});
  append(other, endSequence);
  append(section, makeUnit(other));
  LineQuery queries[] = {{0x3f, 0},   {0x40, 0},   {0x5f, 0},
                         {0x1000, 0}, {0x1000, 0}, {0x1024, 0}};
  wrought::findLines(section.data(), section.size(), queries, 6);
  uint64_t want[] = {0, 7, 7, 100, 100, 5002};
  for (int index = 0; index < 6; ++index)
    EXPECT_EQ(queries[index].line, want[index]) << index;
}

TEST(LineTable, SkipsDroppedCodeAndUnknownVersions) {
  Bytes dead = setAddress(0);
  append(dead, Bytes{1, 2, 0xff, 0x7f});
  append(dead, endSequence);
  Bytes section = makeUnit(dead);
  append(section, makeUnit(sampleProgram(), {6, false, -5, 14}));
  EXPECT_EQ(lineAt(section, 0x1000), 0u);
  append(section, makeUnit(sampleProgram()));
  EXPECT_EQ(lineAt(section, 0x1000), 100u);
}

TEST(LineTable, RefusesALineRangeOfZero) {
  EXPECT_EQ(lineAt(makeUnit(sampleProgram(), {5, false, -5, 0}), 0x1000), 0u);
}

TEST(LineTable, SurvivesCutsAndFlips) {
  Bytes sound = makeUnit(sampleProgram());
  append(sound, makeUnit(sampleProgram(), {4, true, -5, 14}));
  for (size_t length = 0; length < sound.size(); ++length) {
    // An exact copy, for sanitizers to see a read too far.
    Bytes cut(sound.begin(), sound.begin() + static_cast<ptrdiff_t>(length));
    lineAt(cut, 0x1010);
  }
  std::mt19937 random(1);
  unsigned found = 0;
  for (int round = 0; round < 100'000; ++round) {
    Bytes bytes = sound;
    for (unsigned flips = random() % 4 + 1; flips != 0; --flips)
      bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    found += lineAt(bytes, 0x1010) == 5000;
  }
  // Most flips hit one of the two units only.
  EXPECT_GT(found, 50'000u);
}

} // namespace

//===- robustness_test.cpp - Damaged modules give errors, never crashes ---===//
#include "decode/module_decoder.h"
#include "decode/operator_reader.h"

#include "module_bytes.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

using namespace wrought;
using namespace wrought::test;
using namespace wrought::wasm;

namespace {

void expectInside(ByteRange range, size_t size) {
  EXPECT_LE(range.begin, range.end);
  EXPECT_LE(range.end, size);
}

/// Decodes and, where that works, reads all instructions. True for a module
/// whose every body is well-formed.
bool readAll(const Bytes &bytes) {
  Diagnostics diagnostics;
  const auto module = decode::decodeModule(bytes, "damaged", diagnostics);
  EXPECT_EQ(diagnostics.all().size(), module ? 0u : 1u);
  if (!module) {
    EXPECT_LE(*diagnostics.all()[0].location.byteOffset, bytes.size());
    return false;
  }
  for (const DataSegment &segment : module->data)
    expectInside(segment.bytes, bytes.size());
  for (const CustomSection &section : module->customSections)
    expectInside(section.payload, bytes.size());
  Instruction instruction;
  std::vector<decode::LocalRun> locals;
  for (const Function &function : module->functions) {
    if (function.import)
      continue;
    expectInside(function.body, bytes.size());
    decode::OperatorReader reader(*module, function.body);
    if (!reader.readLocals(locals))
      return false;
    while (reader.next(instruction))
      EXPECT_LT(instruction.byteOffset, function.body.end);
    if (!reader.reader().ok()) {
      EXPECT_LE(reader.reader().errorOffset(), function.body.end);
      return false;
    }
  }
  return true;
}

/// The offsets behind each section, where a shorter module may end.
std::set<size_t> sectionEnds(const Bytes &bytes) {
  Diagnostics diagnostics;
  const auto module = decode::decodeModule(bytes, "sample", diagnostics);
  std::set<size_t> ends = {header().size()};
  for (const SectionInfo &section : module->sections)
    ends.insert(section.payload.end);
  return ends;
}

TEST(Robustness, EveryTruncationIsAnErrorOrEndsASection) {
  const Bytes whole = sampleModule();
  ASSERT_TRUE(readAll(whole));
  const std::set<size_t> ends = sectionEnds(whole);
  for (size_t size = 0; size < whole.size(); ++size) {
    // A copy of its own, so that reading past the end is seen by sanitizers.
    const Bytes cut(whole.begin(), whole.begin() + size);
    if (!ends.contains(size))
      EXPECT_FALSE(readAll(cut)) << "cut to " << size << " bytes";
    else
      readAll(cut);
  }
}

TEST(Robustness, EveryValueOfEveryByte) {
  Bytes bytes = sampleModule();
  size_t accepted = 0;
  for (uint8_t &byte : bytes) {
    const uint8_t original = byte;
    for (unsigned value = 0; value < 256; ++value) {
      byte = static_cast<uint8_t>(value);
      accepted += readAll(bytes);
    }
    byte = original;
  }
  // At least each byte's own value; and not everything.
  EXPECT_GE(accepted, bytes.size());
  EXPECT_LT(accepted, bytes.size() * 200);
}

TEST(Robustness, RandomDamage) {
  const Bytes whole = sampleModule();
  std::mt19937 random(20240229);
  size_t refused = 0;
  for (unsigned round = 0; round < 20'000; ++round) {
    Bytes bytes = whole;
    const unsigned flips = 1 + random() % 8;
    for (unsigned i = 0; i < flips; ++i)
      bytes[8 + random() % (bytes.size() - 8)] ^= 1u << (random() % 8);
    refused += !readAll(bytes);
  }
  EXPECT_GT(refused, 10'000u);
}

TEST(Robustness, RandomBytesBehindTheHeader) {
  std::mt19937 random(31337);
  for (unsigned round = 0; round < 20'000; ++round) {
    Bytes bytes = header();
    const size_t size = random() % 64;
    for (size_t i = 0; i < size; ++i)
      bytes.push_back(static_cast<uint8_t>(random() % (i % 3 ? 256 : 16)));
    readAll(bytes);
  }
}

} // namespace

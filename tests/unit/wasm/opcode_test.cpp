#include "wasm/opcode.h"
#include "wasm/types.h"

#include <gtest/gtest.h>

#include <set>

using namespace wrought::wasm;

namespace {

TEST(Opcode, BinaryFormAndEnumAgreeForEveryRow) {
  for (size_t i = 0; i < OpcodeCount; ++i) {
    const auto opcode = static_cast<Opcode>(i);
    EXPECT_EQ(opcodeFromBinary(opcodePrefix(opcode), opcodeCode(opcode)),
              opcode)
        << opcodeText(opcode);
  }
}

TEST(Opcode, KnowsExactlyTheRowsOfTheTable) {
  size_t known = 0;
  for (unsigned prefix : {0x00, 0xfb, 0xfc, 0xfd, 0xfe})
    for (uint32_t code = 0; code < 1024; ++code)
      known += opcodeFromBinary(prefix, code).has_value();
  EXPECT_EQ(known, OpcodeCount);
  EXPECT_FALSE(opcodeFromBinary(0xfd, UINT32_MAX));
  EXPECT_FALSE(opcodeFromBinary(0xff, 0));
  EXPECT_FALSE(opcodeFromBinary(0x01, 0));
}

TEST(Opcode, AccessLengthsAreThoseOfTheMnemonics) {
  EXPECT_EQ(accessByteLength(immediateKind(Opcode::I32Load8S)), 1u);
  EXPECT_EQ(accessByteLength(immediateKind(Opcode::I64Store32)), 4u);
  EXPECT_EQ(accessByteLength(immediateKind(Opcode::V128Load)), 16u);
  EXPECT_EQ(accessByteLength(immediateKind(Opcode::I32Add)), 0u);
  EXPECT_EQ(laneCount(immediateKind(Opcode::V128Load16Lane)), 8u);
  EXPECT_TRUE(isAtomicAccess(immediateKind(Opcode::I32AtomicLoad)));
  EXPECT_FALSE(isAtomicAccess(immediateKind(Opcode::I32Load)));
}

TEST(Feature, FlagsAreUniqueAndFound) {
  std::set<std::string_view> flags;
  for (size_t i = 0; i < FeatureCount; ++i) {
    const auto feature = static_cast<Feature>(i);
    EXPECT_TRUE(flags.insert(featureFlag(feature)).second);
    EXPECT_EQ(featureByFlag(featureFlag(feature)), feature);
  }
  EXPECT_FALSE(featureByFlag("no-such-flag"));
}

TEST(ExternalKind, HasNames) {
  EXPECT_STREQ(toString(ExternalKind::Function), "function");
  EXPECT_STREQ(toString(ExternalKind::Tag), "tag");
}

} // namespace

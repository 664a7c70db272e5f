#include "targets/target.h"

#include "llvm/ADT/STLExtras.h"

#include <gtest/gtest.h>

using namespace wrought::targets;

static const TargetSpec &x86() { return *find("x86_64"); }

class KnownSpelling : public testing::TestWithParam<const char *> {};
TEST_P(KnownSpelling, NamesX86_64) {
  const TargetSpec *target = find(GetParam());
  ASSERT_NE(target, nullptr);
  EXPECT_EQ(target->name, "x86_64");
}
INSTANTIATE_TEST_SUITE_P(
    Triples, KnownSpelling,
    testing::Values("x86_64", "x86-64", "amd64", "AMD64", "x64", "x86_64-linux",
                    "x86-64-linux-gnu", "amd64-linux", "x86_64-linux-gnu",
                    "x86_64-linux-musl", "x86_64-unknown-linux-gnu",
                    "x86_64-unknown-linux-musl", "x86_64-pc-linux-gnu",
                    "x86_64-alpine-linux-musl", "x86_64-none",
                    "x86_64-unknown-none", "x86_64-none-elf"));

class UnknownSpelling : public testing::TestWithParam<const char *> {};
TEST_P(UnknownSpelling, NamesNothing) { EXPECT_EQ(find(GetParam()), nullptr); }
INSTANTIATE_TEST_SUITE_P(Triples, UnknownSpelling,
                         testing::Values("", "x86", "i686", "i686-linux-gnu",
                                         "x86_64-apple-darwin",
                                         "x86_64-pc-windows-msvc",
                                         "x86_64-linux-gnux32",
                                         "x86_64-linux-android", "wasm32-wasi",
                                         "sparc", "../x86_64"));

TEST(Registry, ListsTheSpecsThatFindReturns) {
  for (const TargetSpec &target : all()) {
    EXPECT_EQ(find(target.name), &target);
    EXPECT_EQ(find(target.triple), &target);
    EXPECT_NE(target.pageByteLength, 0u);
    EXPECT_LE(target.pageByteLength, target.maxPageByteLength);
    EXPECT_EQ(target.memoryBase % target.maxPageByteLength, 0u);
  }
}

TEST(Registry, FoldsBaseAndUncheckedOffsetsIntoOneDisplacement) {
  EXPECT_LE(x86().memoryBase + x86().guardByteLength, uint64_t{1} << 31);
}

TEST(SelectCpu, TakesTheBaselineWhenNothingIsSaid) {
  std::string message;
  auto selection = selectCpu(x86(), "", "", message);
  ASSERT_TRUE(selection);
  EXPECT_EQ(selection->cpu, "x86-64");
  EXPECT_EQ(selection->features, "");
}

TEST(SelectCpu, AddsSignsToFeatures) {
  std::string message;
  auto selection = selectCpu(x86(), "x86-64-v3", "avx512f,+adx,-bmi", message);
  ASSERT_TRUE(selection) << message;
  EXPECT_EQ(selection->cpu, "x86-64-v3");
  EXPECT_EQ(selection->features, "+avx512f,+adx,-bmi");
}

TEST(SelectCpu, ResolvesNativeOnTheTargetsOwnMachine) {
  std::string message;
  auto selection = selectCpu(x86(), "native", "", message);
  if (host() == &x86()) {
    ASSERT_TRUE(selection) << message;
    EXPECT_NE(selection->features.find("+sse2"), std::string::npos);
  } else {
    EXPECT_FALSE(selection);
    EXPECT_NE(message.find("'native'"), std::string::npos);
  }
}

TEST(SelectCpu, RefusesWhatLlvmDoesNotKnow) {
  std::string message;
  EXPECT_FALSE(selectCpu(x86(), "z80", "", message));
  EXPECT_NE(message.find("unknown CPU 'z80'"), std::string::npos);
  EXPECT_FALSE(selectCpu(x86(), "", "+warp", message));
  EXPECT_NE(message.find("unknown feature 'warp'"), std::string::npos);
  EXPECT_FALSE(selectCpu(x86(), "", "+16bit-mode", message));
}

TEST(SelectCpu, RefusesCpusThatTheAbiCannotRunOn) {
  std::string message;
  EXPECT_FALSE(selectCpu(x86(), "i386", "", message));
  EXPECT_NE(message.find("lacks"), std::string::npos);
  EXPECT_FALSE(selectCpu(x86(), "", "-sse2", message));
}

TEST(CpuNames, AreSortedAndSelectable) {
  const std::vector<std::string> names = cpuNames(x86());
  EXPECT_TRUE(llvm::is_sorted(names));
  EXPECT_TRUE(llvm::is_contained(names, "x86-64-v4"));
  EXPECT_FALSE(llvm::is_contained(names, "i386"));
  std::string message;
  for (const std::string &name : names)
    EXPECT_TRUE(selectCpu(x86(), name, "", message)) << message;
}

TEST(CpuFeatures, AreNamedAndDescribed) {
  bool hasAvx2 = false;
  for (const CpuFeature &feature : cpuFeatures(x86())) {
    EXPECT_FALSE(feature.description.empty()) << feature.name;
    hasAvx2 |= feature.name == "avx2";
  }
  EXPECT_TRUE(hasAvx2);
}

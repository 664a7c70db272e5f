#include "targets/target.h"

#include "llvm/ADT/STLExtras.h"

#include <gtest/gtest.h>

using namespace wrought::targets;

static const TargetSpec &x86() { return *find("x86_64"); }
static const TargetSpec &arm() { return *find("aarch64"); }
static const TargetSpec &riscv() { return *find("riscv64"); }

class KnownSpelling
    : public testing::TestWithParam<std::pair<const char *, const char *>> {};
TEST_P(KnownSpelling, NamesItsTarget) {
  const auto [name, spelling] = GetParam();
  const TargetSpec *target = find(spelling);
  ASSERT_NE(target, nullptr) << spelling;
  EXPECT_EQ(target->name, name) << spelling;
}

static std::vector<std::pair<const char *, const char *>>
allNaming(const char *name, std::initializer_list<const char *> spellings) {
  std::vector<std::pair<const char *, const char *>> list;
  for (const char *spelling : spellings)
    list.emplace_back(name, spelling);
  return list;
}
INSTANTIATE_TEST_SUITE_P(
    X86_64, KnownSpelling,
    testing::ValuesIn(allNaming(
        "x86_64", {"x86_64", "x86-64", "amd64", "AMD64", "x64", "x86_64-linux",
                   "x86-64-linux-gnu", "amd64-linux", "x86_64-linux-gnu",
                   "x86_64-linux-musl", "x86_64-unknown-linux-gnu",
                   "x86_64-unknown-linux-musl", "x86_64-pc-linux-gnu",
                   "x86_64-alpine-linux-musl", "x86_64-none",
                   "x86_64-unknown-none", "x86_64-none-elf"})));
INSTANTIATE_TEST_SUITE_P(
    Aarch64, KnownSpelling,
    testing::ValuesIn(allNaming(
        "aarch64",
        {"aarch64", "arm64", "ARM64", "AArch64", "arm64v8", "aarch64-linux",
         "arm64-linux", "aarch64-linux-gnu", "aarch64-linux-musl",
         "arm64-linux-gnu", "aarch64-unknown-linux-gnu",
         "aarch64-unknown-linux-musl", "aarch64-alpine-linux-musl",
         "aarch64-redhat-linux", "aarch64-none-elf", "aarch64-none-linux-gnu",
         "aarch64-unknown-none"})));
INSTANTIATE_TEST_SUITE_P(
    Riscv64, KnownSpelling,
    testing::ValuesIn(allNaming(
        "riscv64",
        {"riscv64", "RISCV64", "riscv64gc", "rv64gc", "rv64", "riscv64-linux",
         "riscv64gc-linux", "riscv64-linux-gnu", "riscv64-linux-musl",
         "rv64gc-linux-gnu", "riscv64-unknown-linux-gnu",
         "riscv64-unknown-linux-musl", "riscv64gc-unknown-linux-gnu",
         "riscv64gc-unknown-linux-musl", "riscv64imafdc-unknown-linux-gnu",
         "riscv64-alpine-linux-musl", "riscv64-unknown-elf"})));

class UnknownSpelling : public testing::TestWithParam<const char *> {};
TEST_P(UnknownSpelling, NamesNothing) { EXPECT_EQ(find(GetParam()), nullptr); }
INSTANTIATE_TEST_SUITE_P(
    Triples, UnknownSpelling,
    testing::Values("", "x86", "i686", "i686-linux-gnu", "x86_64-apple-darwin",
                    "x86_64-pc-windows-msvc", "x86_64-linux-gnux32",
                    "x86_64-linux-android", "wasm32-wasi", "sparc", "../x86_64",
                    "arm", "armv7-linux-gnueabihf", "aarch64_be-linux-gnu",
                    "aarch64_32", "arm64-apple-macos", "arm64e",
                    "arm64ec-pc-windows-msvc", "aarch64-linux-gnu_ilp32",
                    "aarch64-linux-android", "riscv32",
                    "riscv32-unknown-linux-gnu", "riscv64be",
                    "riscv64-unknown-freebsd", "riscv64i-unknown-linux-gnu",
                    "rv64gcv-linux-gnu"));

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

TEST(SelectCpu, KnowsBaselinesByTheirNames) {
  std::string message;
  for (const TargetSpec &target : all())
    for (llvm::StringRef name :
         {llvm::StringRef(), llvm::StringRef("generic"),
          llvm::StringRef("baseline"), target.baselineCpu}) {
      auto selection = selectCpu(target, name, "", message);
      ASSERT_TRUE(selection) << message;
      EXPECT_EQ(selection->cpu, target.baselineCpu);
      EXPECT_EQ(selection->features, target.baselineFeatures);
    }
}

TEST(SelectCpu, AddsFeaturesToTheBaselines) {
  std::string message;
  auto selection = selectCpu(riscv(), "", "zba,zbb", message);
  ASSERT_TRUE(selection) << message;
  EXPECT_EQ(selection->features,
            "+m,+a,+f,+d,+c,+unaligned-scalar-mem,+zba,+zbb");
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
  EXPECT_FALSE(selectCpu(arm(), "", "-neon", message));
  EXPECT_FALSE(selectCpu(riscv(), "", "-d", message));
  EXPECT_FALSE(selectCpu(riscv(), "generic-rv32", "", message));
  EXPECT_FALSE(selectCpu(riscv(), "", "e", message));
  EXPECT_FALSE(selectCpu(arm(), "", "reserve-x18", message));
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

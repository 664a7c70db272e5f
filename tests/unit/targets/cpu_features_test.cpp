//===- cpu_features_test.cpp - What a program asks of its CPU -------------===//

#include "targets/target.h"

#include "llvm/ADT/StringExtras.h"

#include <gtest/gtest.h>

using namespace wrought::targets;

static CpuRequirements requirementsOf(llvm::StringRef name, llvm::StringRef cpu,
                                      llvm::StringRef features = "") {
  const TargetSpec &target = *find(name);
  std::string message;
  const auto selection = selectCpu(target, cpu, features, message);
  EXPECT_TRUE(selection) << message;
  return selection ? requirements(target, *selection) : CpuRequirements();
}

static std::string names(llvm::StringRef target, llvm::StringRef cpu,
                         llvm::StringRef features = "") {
  const uint64_t bits = requirementsOf(target, cpu, features).features;
  return llvm::join(featureNames(*find(target), bits), " ");
}

TEST(Requirements, AreNoneForBaselines) {
  for (const TargetSpec &target : all()) {
    const CpuRequirements result = requirementsOf(target.name, "");
    EXPECT_EQ(result.features, 0u) << target.name.str();
    EXPECT_TRUE(result.unchecked.empty()) << target.name.str();
  }
}

TEST(Requirements, AreWhatTheLevelsOfX86Consist) {
  const std::string v2 = "cx16 sahf popcnt sse3 ssse3 sse4.1 sse4.2";
  const std::string v3 = v2 + " avx avx2 bmi bmi2 f16c fma lzcnt movbe";
  EXPECT_EQ(names("x86_64", "x86-64-v2"), v2);
  EXPECT_EQ(names("x86_64", "x86-64-v3"), v3);
  EXPECT_EQ(names("x86_64", "x86-64-v4"),
            v3 + " avx512f avx512bw avx512cd avx512dq avx512vl");
}

TEST(Requirements, FollowTheFeaturesAskedFor) {
  EXPECT_EQ(names("x86_64", "", "popcnt"), "popcnt");
  EXPECT_EQ(names("x86_64", "x86-64-v2", "-popcnt,-sse4.2,-crc32"),
            "cx16 sahf sse3 ssse3 sse4.1");
  EXPECT_EQ(names("aarch64", "", "lse,dotprod"), "lse dotprod");
  EXPECT_EQ(names("riscv64", "", "zba,zbb,zbs"), "zba zbb zbs");
  // Part of the baseline: nothing to ask of the machine.
  EXPECT_EQ(names("riscv64", "", "unaligned-scalar-mem"), "");
}

TEST(Requirements, KnowWhatCpusHaveOutsideX86) {
  EXPECT_EQ(names("aarch64", "cortex-a53"), "aes sha2 crc");
  const std::string graviton = names("aarch64", "neoverse-v1");
  for (llvm::StringRef name : {"lse", "sve", "fullfp16", "rcpc", "i8mm"})
    EXPECT_NE(graviton.find(name), std::string::npos) << graviton;
  EXPECT_EQ(names("riscv64", "sifive-u74"), "");
  EXPECT_NE(names("riscv64", "sifive-p670").find("zba"), std::string::npos);
}

TEST(Requirements, AreTheSameForTheBitsAlone) {
  std::string message;
  const auto selection = selectCpu(*find("x86_64"), "x86-64-v3", "", message);
  ASSERT_TRUE(selection);
  EXPECT_EQ(requiredFeatures(*find("x86_64"), *selection),
            requirements(*find("x86_64"), *selection).features);
}

TEST(Requirements, LeaveNothingUncheckedOnCpusOfTheMainTargets) {
  for (llvm::StringRef target : {"x86_64", "aarch64"})
    for (const std::string &cpu : cpuNames(*find(target)))
      EXPECT_EQ(llvm::join(requirementsOf(target, cpu).unchecked, " "), "")
          << cpu;
}

TEST(Requirements, SayWhatCannotBeChecked) {
  const auto vendor = requirementsOf("riscv64", "", "xtheadba").unchecked;
  EXPECT_EQ(vendor, std::vector<std::string>{"xtheadba"});
  EXPECT_TRUE(requirementsOf("riscv64", "", "relax").unchecked.empty());
  // Tuning is no demand.
  EXPECT_TRUE(requirementsOf("x86_64", "", "prefer-256-bit").unchecked.empty());
}

TEST(Requirements, GrowWithTheCpu) {
  const uint64_t v2 = requirementsOf("x86_64", "x86-64-v2").features;
  const uint64_t v3 = requirementsOf("x86_64", "x86-64-v3").features;
  EXPECT_EQ(v2 & v3, v2);
  EXPECT_NE(v2, v3);
}

TEST(FeatureNames, GiveEachBitOneName) {
  for (const TargetSpec &target : all()) {
    const auto names = featureNames(target, UINT64_MAX);
    EXPECT_GT(names.size(), 30u) << target.name.str();
    EXPECT_LE(names.size(), 64u) << target.name.str();
    for (const std::string &name : names)
      EXPECT_TRUE(llvm::any_of(
          cpuFeatures(target),
          [&](const CpuFeature &feature) { return feature.name == name; }))
          << target.name.str() << ' ' << name;
  }
}

TEST(Label, IsWhatTheUserAskedFor) {
  std::string message;
  const auto label = [&](llvm::StringRef target, llvm::StringRef cpu,
                         llvm::StringRef features) {
    return selectCpu(*find(target), cpu, features, message)->label;
  };
  EXPECT_EQ(label("x86_64", "x86-64-v3", "adx,-bmi"), "x86-64-v3 +adx,-bmi");
  EXPECT_EQ(label("riscv64", "", ""), "generic-rv64");
  EXPECT_EQ(label("riscv64", "", "zba"), "generic-rv64 +zba");
  if (host())
    EXPECT_NE(label(host()->name, "native", "").find(" (native)"),
              std::string::npos);
}

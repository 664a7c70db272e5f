#include "driver/versions.h"

#include <gtest/gtest.h>

using namespace wrought;
using namespace wrought::driver;

static std::vector<CodeVersion> plan(std::initializer_list<const char *> cpus,
                                     Diagnostics &diagnostics,
                                     const char *target = "x86_64",
                                     const char *features = "") {
  CompileRequest request;
  request.target = targets::find(target);
  std::string message;
  for (const char *cpu : cpus) {
    const auto selection =
        targets::selectCpu(*request.target, cpu, features, message);
    EXPECT_TRUE(selection) << message;
    if (request.cpu.cpu.empty())
      request.cpu = *selection;
    else
      request.furtherCpus.push_back(*selection);
  }
  return planVersions(request, diagnostics);
}

static std::string order(const std::vector<CodeVersion> &versions) {
  std::string text;
  for (const CodeVersion &code : versions)
    text += code.version.cpu + ";";
  return text;
}

TEST(Versions, PutTheMostDemandingFirst) {
  Diagnostics diagnostics;
  const auto versions =
      plan({"x86-64-v2", "x86-64-v4", "", "x86-64-v3"}, diagnostics);
  EXPECT_EQ(order(versions), "x86-64-v4;x86-64-v3;x86-64-v2;x86-64;");
  EXPECT_EQ(versions.back().version.requiredFeatures, 0u);
  EXPECT_TRUE(diagnostics.all().empty());
}

TEST(Versions, HaveNoBaselineUnlessItIsAskedFor) {
  Diagnostics diagnostics;
  for (const CodeVersion &code : plan({"x86-64-v2", "x86-64-v3"}, diagnostics))
    EXPECT_NE(code.version.requiredFeatures, 0u);
}

TEST(Versions, HaveSymbolsOfTheirOwn) {
  Diagnostics diagnostics;
  const auto versions = plan({"x86-64-v2", "x86-64-v3"}, diagnostics);
  ASSERT_EQ(versions.size(), 2u);
  EXPECT_EQ(versions[0].version.moduleSymbol, "wrought_module");
  EXPECT_EQ(versions[1].version.moduleSymbol, "wrought_module.1");
  EXPECT_EQ(versionPrefix(0), "wasm.");
  EXPECT_EQ(versionPrefix(1), "wasm.v1.");
}

TEST(Versions, LeaveEquallyDemandingOnesInTheUsersOrder) {
  Diagnostics diagnostics;
  CompileRequest request;
  request.target = targets::find("x86_64");
  request.cpu = {"x86-64", "+adx"};
  request.furtherCpus = {{"x86-64", "+popcnt"}};
  EXPECT_EQ(order(planVersions(request, diagnostics)),
            "x86-64 +adx;x86-64 +popcnt;");
  std::swap(request.cpu, request.furtherCpus[0]);
  EXPECT_EQ(order(planVersions(request, diagnostics)),
            "x86-64 +popcnt;x86-64 +adx;");
}

TEST(Versions, LeaveOutWhatWouldNeverRun) {
  Diagnostics diagnostics;
  const auto versions =
      plan({"sifive-u54", "sifive-u74"}, diagnostics, "riscv64");
  EXPECT_EQ(order(versions), "sifive-u54;");
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].severity, Severity::Warning);
  EXPECT_EQ(diagnostics.all()[0].message,
            "CPU 'sifive-u74' needs the same as 'sifive-u54' and would never "
            "be chosen: left out");
}

TEST(Versions, TakeTheSameCpuOnceWithoutAWord) {
  Diagnostics diagnostics;
  EXPECT_EQ(order(plan({"x86-64-v2", "x86-64-v2"}, diagnostics)), "x86-64-v2;");
  EXPECT_TRUE(diagnostics.all().empty());
}

TEST(Versions, WarnOfWhatCannotBeChecked) {
  Diagnostics diagnostics;
  plan({""}, diagnostics, "riscv64", "xtheadba");
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].severity, Severity::Warning);
  EXPECT_EQ(diagnostics.all()[0].message,
            "CPU 'generic-rv64 +xtheadba': a program cannot check when it "
            "starts whether the machine has xtheadba");
}

#include "driver/options.h"
#include "driver/plan_file.h"
#include "temporary_folder.h"

using namespace wrought;
using namespace wrought::driver;

namespace {

PlanFile example() {
  PlanFile plan;
  plan.outputName = "app";
  plan.target = "riscv64";
  plan.words = {"--opt-level=1", "-g", "--argv0=\"a\\ b\" ü"};
  plan.units = {{0, 0, 7}, {0, 1, 0}, {1, 0, uint64_t{1} << 40}};
  return plan;
}

std::vector<std::string> planWords(const std::vector<std::string> &flags) {
  std::vector<std::string> words = {"build", "a.wasm", "--emit-plan", "ninja",
                                    "-o",    "plan",   "--target",    "x86_64"};
  words.insert(words.end(), flags.begin(), flags.end());
  const ParsedCommandLine parsed = parseCommandLine(words);
  EXPECT_TRUE(parsed.options && parsed.options->plan) << parsed.message;
  if (!parsed.options || !parsed.options->plan)
    return {};
  EXPECT_EQ(parsed.options->plan->folder, "plan");
  return parsed.options->plan->words;
}

} // namespace

TEST(PlanFile, SaysNothingOfTheCachesOfTheMachineThatMadeIt) {
  EXPECT_EQ(planWords({"--cache", "c", "--cache-size", "1MiB", "--remote-cache",
                       "http://user:secret@host/", "--remote-cache-mode",
                       "read-only", "--remote-cache-timeout", "5"}),
            planWords({}));
}

TEST(PlanFile, IsReadAsItWasWritten) {
  test::TemporaryFolder folder;
  const PlanFile written = example();
  Diagnostics diagnostics;
  const auto read =
      PlanFile::read(folder.write("plan.json", written.format()), diagnostics);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->outputName, written.outputName);
  EXPECT_EQ(read->target, written.target);
  EXPECT_EQ(read->words, written.words);
  EXPECT_EQ(read->units, written.units);
  EXPECT_EQ(read->identity.size(), 64u);
}

TEST(PlanFile, RefusesNumbersThatAreNone) {
  test::TemporaryFolder folder;
  for (const char *units : {"[[0, 0]]", "[[0, 0, -1]]", "[[0, 0, 0.5]]", "[0]",
                            "{}", "[[0, 0, \"1\"]]"}) {
    std::string text = example().format();
    const size_t at = text.find("\"units\":");
    text = text.substr(0, at) + "\"units\": " + units + "}";
    Diagnostics diagnostics;
    EXPECT_FALSE(PlanFile::read(folder.write("plan.json", text), diagnostics));
    EXPECT_EQ(diagnostics.errorCount(), 1u) << units;
  }
}

TEST(Plan, KeepsFlagsThatSayWhatIsBuilt) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(planWords({"-O3", "-g", "--strip", "--dir", "a::/b:ro", "--dir",
                       "c", "-j", "7", "--color", "never"}),
            (Words{"--opt-level=3", "--dir=a::/b:ro", "--dir=c", "-g",
                   "--strip=true", "--target=x86_64"}));
}

TEST(Plan, KeepsTheEnvironmentOfTheMachineThatMakesIt) {
  ::setenv("WROUGHT_TEST_VALUE", "a=b c", 1);
  EXPECT_EQ(
      planWords({"--env", "WROUGHT_TEST_VALUE", "--env", "K="}),
      (std::vector<std::string>{"--target=x86_64",
                                "--env=WROUGHT_TEST_VALUE=a=b c", "--env=K="}));
}

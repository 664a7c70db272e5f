#include "driver/command_line.h"
#include "temporary_folder.h"

#include "llvm/Support/JSON.h"

using namespace wrought;
using namespace wrought::driver;

namespace {

struct Result {
  int exitCode;
  std::string out, err;
};

Result run(const std::vector<std::string> &words) {
  Result result;
  llvm::raw_string_ostream out(result.out), err(result.err);
  result.exitCode = runCommandLine(words, out, err);
  return result;
}

} // namespace

TEST(RunCommandLine, ValidatesWithoutAWord) {
  test::TemporaryFolder folder;
  const Result result = run({"validate", folder.write("a.wat", "(module)")});
  EXPECT_EQ(result.exitCode, 0);
  EXPECT_EQ(result.out + result.err, "");
}

TEST(RunCommandLine, GivesTheFirstErrorOfEachFunction) {
  test::TemporaryFolder folder;
  const Result result = run({"validate", folder.write("a.wat", R"((module
    (func $one i32.add i32.add)
    (func)
    (func $two f64.neg)))")});
  EXPECT_EQ(result.exitCode, 1);
  const llvm::StringRef err = result.err;
  EXPECT_EQ(err.count("wrought: error: "), 2u) << result.err;
  EXPECT_NE(err.find("<one>"), llvm::StringRef::npos) << result.err;
  EXPECT_NE(err.find("<two>"), llvm::StringRef::npos) << result.err;
}

TEST(RunCommandLine, GivesMessagesAsJson) {
  const Result result =
      run({"validate", "/no/such.wasm", "--diagnostics", "json"});
  EXPECT_EQ(result.exitCode, 1);
  auto parsed = llvm::json::parse(result.err);
  ASSERT_TRUE(static_cast<bool>(parsed)) << result.err;
  EXPECT_EQ(parsed->getAsObject()->getString("severity"), "error");
}

TEST(RunCommandLine, ExitsWithTwoForUsage) {
  const Result result = run({"build", "--warp"});
  EXPECT_EQ(result.exitCode, 2);
  EXPECT_EQ(llvm::StringRef(result.err).find("wrought: error: "), 0u);
}

TEST(RunCommandLine, WarnsThatNoChecksAreUnsafe) {
  test::TemporaryFolder folder;
  const Result result = run({"build", folder.path("none.wasm"), "-o",
                             folder.path("out"), "--bounds-checks", "none"});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("wrought: warning: --bounds-checks none is unsafe"),
            std::string::npos);
}

TEST(RunCommandLine, ListsTargets) {
  EXPECT_NE(run({"targets"}).out.find("x86_64-unknown-linux-gnu"),
            std::string::npos);
  EXPECT_NE(run({"targets", "--cpus", "x86_64"}).out.find("\nznver4\n"),
            std::string::npos);
  EXPECT_NE(run({"targets", "--features", "x86_64"}).out.find("\navx2 "),
            std::string::npos);
  auto parsed = llvm::json::parse(run({"targets", "--json"}).out);
  ASSERT_TRUE(static_cast<bool>(parsed));
  ASSERT_EQ(parsed->getAsArray()->size(), 3u);
  EXPECT_EQ(parsed->getAsArray()->front().getAsObject()->getString("name"),
            "x86_64");
}

TEST(RunCommandLine, NamesTheTargetsThatThereAre) {
  const Result result = run({"build", "a.wasm", "--target", "sparc"});
  EXPECT_EQ(result.exitCode, 2);
  EXPECT_NE(result.err.find("unknown target 'sparc' (one of x86_64, aarch64, "
                            "riscv64, or a triple of these)"),
            std::string::npos)
      << result.err;
}

TEST(RunCommandLine, PrintsTimings) {
  test::TemporaryFolder folder;
  const Result result =
      run({"validate", folder.write("a.wat", "(module)"), "--print-timings"});
  for (const char *word : {"read", "decode", "validate", "total", "peak"})
    EXPECT_NE(result.err.find(word), std::string::npos) << word;
}

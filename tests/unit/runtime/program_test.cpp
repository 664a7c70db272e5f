//===- program_test.cpp - Runs freestanding programs and looks at them ----===//
#include "gtest/gtest.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <regex>
#include <string>
#include <vector>

namespace {

struct Result {
  int status = -1; ///< the exit status, or 0
  int signal = 0;  ///< or the signal that ended it
  std::string output, error;
};

std::string readAll(int fd) {
  std::string text;
  char buffer[4096];
  while (ssize_t count = read(fd, buffer, sizeof buffer)) {
    if (count < 0)
      break;
    text.append(buffer, size_t(count));
  }
  close(fd);
  return text;
}

/// Runs a program of this folder; `prepare` acts in the child.
Result run(
    const std::string &program, std::vector<std::string> arguments,
    const std::function<void()> &prepare = [] {}) {
  std::string path = std::string(WROUGHT_TEST_PROGRAMS) + "/" + program;
  std::vector<char *> argv = {path.data()};
  for (std::string &argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  char variable[] = "NAME=value";
  char *environment[] = {variable, nullptr};
  int out[2], error[2];
  if (pipe(out) != 0 || pipe(error) != 0)
    return {};
  pid_t child = fork();
  if (child == 0) {
    dup2(out[1], 1);
    dup2(error[1], 2);
    for (int fd : {out[0], out[1], error[0], error[1]})
      close(fd);
    rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prepare();
    execve(path.c_str(), argv.data(), environment);
    _exit(127);
  }
  close(out[1]);
  close(error[1]);
  Result result;
  // Less than a pipe holds comes on either.
  result.output = readAll(out[0]);
  result.error = readAll(error[0]);
  int status = 0;
  waitpid(child, &status, 0);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return result;
}

Result scenario(const std::string &name) {
  return run("module_program", {name});
}

class Scenario : public testing::TestWithParam<const char *> {};

TEST_P(Scenario, Holds) {
  Result result = run("module_program", {GetParam(), "second argument"});
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.signal, 0);
  EXPECT_EQ(result.status, 0);
}

INSTANTIATE_TEST_SUITE_P(Runtime, Scenario,
                         testing::Values("start", "images", "grow", "grow-far",
                                         "movable-images", "bulk", "tables",
                                         "catch", "catch-overflow",
                                         "overflow-elsewhere", "libcalls"),
                         [](const auto &info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Program, SaysHello) {
  Result result = run("hello_program", {});
  EXPECT_EQ(result.output, "hello\n");
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.status, 0);
  std::ifstream file(std::string(WROUGHT_TEST_PROGRAMS) + "/hello_program",
                     std::ios::ate | std::ios::binary);
  EXPECT_LT(file.tellg(), 32 << 10);
}

TEST(Program, ReportsAFaultInTheGuardWithABacktrace) {
  Result result = scenario("trap-guard");
  EXPECT_EQ(result.status, 134);
  // 20009 is 0x4e29; the callers' lines follow.
  EXPECT_EQ(result.error,
            "wrought: trap: out of bounds memory access\n"
            "  #0 func[4] <\\u{1b}[31mred\\u{9b}\\u{ff}\\u{202e}> at 0x4e29\n"
            "  #1 func[5] at 0x753b\n"
            "  #2 func[6] <last> at 0x9c4d\n");
}

TEST(Program, TakesAFaultInAMemoryFunctionForItsCallers) {
  Result result = scenario("trap-fill");
  EXPECT_EQ(result.status, 134);
  EXPECT_EQ(result.error, "wrought: trap: out of bounds memory access\n"
                          "  #0 func[8] <fill> at 0xea71\n");
}

TEST(Program, ReportsAnExplicitTrap) {
  Result result = scenario("trap-explicit");
  EXPECT_EQ(result.status, 134);
  EXPECT_EQ(result.error, "wrought: trap: unreachable\n"
                          "  #0 func[3] <recurse> at 0x2717\n"
                          "  #1 func[3] <recurse> at 0x2717\n"
                          "  #2 func[3] <recurse> at 0x2717\n");
}

TEST(Program, NamesFunctionsWithoutALineTable) {
  Result result = run("stripped_program", {"trap-guard"});
  EXPECT_EQ(result.status, 134);
  EXPECT_EQ(result.error,
            "wrought: trap: out of bounds memory access\n"
            "  #0 func[4] <\\u{1b}[31mred\\u{9b}\\u{ff}\\u{202e}>\n"
            "  #1 func[5]\n"
            "  #2 func[6] <last>\n");
}

TEST(Program, LeavesOutTheMiddleOfADeepBacktrace) {
  Result result = scenario("trap-deep");
  EXPECT_EQ(result.status, 134);
  EXPECT_EQ(std::count(result.error.begin(), result.error.end(), '\n'),
            1 + 32 + 1 + 16);
  EXPECT_NE(result.error.find("  #31 func[3] <recurse> at 0x2717\n"
                              "  … 52 more\n"
                              "  #84 func[3] <recurse> at 0x2717\n"),
            std::string::npos)
      << result.error;
  EXPECT_TRUE(result.error.ends_with("  #99 func[3] <recurse> at 0x2717\n"))
      << result.error;
}

TEST(Program, ReportsAnExhaustedStack) {
  Result result = scenario("trap-overflow");
  EXPECT_EQ(result.status, 134);
  EXPECT_TRUE(result.error.starts_with("wrought: trap: call stack exhausted\n"
                                       "  #0 func[7] at 0xc35f\n"))
      << result.error;
  EXPECT_NE(result.error.find(" more\n"), std::string::npos);
}

TEST(Program, NamesAMissingImport) {
  Result result = scenario("trap-missing");
  EXPECT_EQ(result.status, 134);
  EXPECT_EQ(result.error,
            "wrought: trap: unknown import called: e\\u{a}nv.f\\u{7f}\n");
}

TEST(Program, DiesOfFaultsThatAreNoTraps) {
  for (const char *name :
       {"foreign-fault", "beyond-reservation", "null", "relro", "raise"}) {
    Result result = scenario(name);
    EXPECT_EQ(result.signal, SIGSEGV) << name;
    EXPECT_EQ(result.error, "") << name;
    EXPECT_EQ(result.output, "") << name;
  }
}

TEST(Program, KeepsAnIgnoredSignalIgnored) {
  auto ignore = [] { signal(SIGSEGV, SIG_IGN); };
  Result result = run("module_program", {"raise"}, ignore);
  EXPECT_EQ(result.output, "still here\n");
  EXPECT_EQ(result.status, 0);
  // A real fault ends the program all the same.
  EXPECT_EQ(run("module_program", {"null"}, ignore).signal, SIGSEGV);
}

TEST(Program, SaysWhatToDoWhenAddressSpaceIsShort) {
  Result result = run("module_program", {"images"}, [] {
    rlimit limit = {1 << 30, 1 << 30};
    setrlimit(RLIMIT_AS, &limit);
  });
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.error,
            "wrought: error: cannot reserve 5 GiB of address space for the "
            "linear memory (is there a limit on virtual memory, as by ulimit "
            "-v?); rebuild with --bounds-checks explicit\n");
}

TEST(Program, SaysWhatToDoWhenThereIsNoRoomForTheStack) {
  Result result = run("hello_program", {}, [] {
    rlimit limit = {4 << 20, 4 << 20};
    setrlimit(RLIMIT_AS, &limit);
  });
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.error, "wrought: error: cannot map a stack of 8 MiB; "
                          "rebuild with a smaller --stack-size\n");
}

TEST(Program, HasNoPageThatIsWritableAndExecutable) {
  Result result = scenario("maps");
  ASSERT_EQ(result.status, 0);
  EXPECT_EQ(result.output.find("wx"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("r-xp"), std::string::npos);
}

TEST(Program, KeepsPagesNearNullUnmapped) {
  Result result = scenario("maps");
  unsigned long lowest = std::stoul(result.output, nullptr, 16);
  EXPECT_EQ(lowest, 0x40000000u);
}

} // namespace

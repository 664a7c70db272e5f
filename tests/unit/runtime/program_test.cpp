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
#include <sstream>
#include <string>
#include <tuple>
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

/// A CPU that there are programs for.
struct Cpu {
  const char *name;
  const char *memoryBase; ///< as the kernel writes it
  /// hello_program's file; its segments lie on the target's largest pages.
  int helloByteLength;
  /// qemu's names of CPUs: for tests in general, then without and with what
  /// versions_program asks for; "" is the machine's own or qemu's usual one.
  const char *usualModel, *modestModel, *capableModel;
  /// What the modest one may lack of it.
  const char *missing;
};

/// For the names of tests: a Cpu's bytes hold addresses.
void PrintTo(const Cpu &cpu, std::ostream *out) { *out << cpu.name; }

constexpr Cpu cpus[] = {
    // No CPU has both.
    {"x86_64", "40000000", 32 << 10, "", "", "", "fma4|avx10.2|fma4, avx10.2"},
    // Signatures by Arm's own function take the emulator ages.
    {"aarch64", "1000000000", 160 << 10, "max,pauth-impdef=on", "cortex-a57",
     "max,pauth-impdef=on", "sve2"},
    {"riscv64", "1000000000", 40 << 10, "", "rv64",
     "rv64,v=true,vext_spec=v1.0", "v"}};

/// Path of qemu's user-mode emulator for a CPU; empty when there is none.
std::string findEmulator(const std::string &cpu) {
  std::stringstream folders(getenv("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string path = folder + "/qemu-" + cpu;
    if (access(path.c_str(), X_OK) == 0)
      return path;
  }
  return "";
}

/// A program of this folder and how to run it.
struct Command {
  std::string program;
  std::vector<std::string> arguments = {};
  /// Of the emulator: the model of the CPU to emulate.
  std::string emulatedCpu = "";
  /// Of the emulator: the kernel's page size; "" is the usual one.
  std::string emulatedPage = "";
  /// Acts in the child.
  std::function<void()> prepare = [] {};
  /// All that is in its environment.
  std::string variable = "NAME=value";
};

class OnCpu : public testing::Test {
protected:
  explicit OnCpu(Cpu cpu)
      : cpu_(cpu), isNative_(cpu.name == std::string(WROUGHT_TEST_HOST_CPU)) {}

  void SetUp() override {
    emulator_ = findEmulator(cpu_.name);
    if (!isNative_ && emulator_.empty())
      GTEST_SKIP() << "no qemu-" << cpu_.name << " to run it with";
  }

  Result run(const Command &command) const {
    std::vector<std::string> words = command.arguments;
    words.insert(words.begin(), pathOf(command.program));
    std::string model = command.emulatedCpu;
    if (model.empty() && !isNative_)
      model = cpu_.usualModel;
    if (!model.empty())
      words.insert(words.begin(), {"-cpu", model});
    if (!command.emulatedPage.empty())
      words.insert(words.begin(), {"-p", command.emulatedPage});
    if (!isNative_ || !model.empty())
      words.insert(words.begin(), emulator_);
    return execute(words, command);
  }

  Result scenario(const std::string &name) const {
    return run({"module_program", {name}});
  }

  std::string pathOf(const std::string &program) const {
    return std::string(WROUGHT_TEST_PROGRAMS) + "/" + cpu_.name + "/" + program;
  }

  /// What the emulator says where a kernel says nothing.
  bool isSilent(const std::string &error) const {
    return error.empty() ||
           (!isNative_ && error.rfind("qemu: uncaught target signal", 0) == 0);
  }

  const Cpu cpu_;
  const bool isNative_;
  std::string emulator_;

private:
  static Result execute(std::vector<std::string> &words,
                        const Command &command);
};

Result OnCpu::execute(std::vector<std::string> &words, const Command &command) {
  std::vector<char *> argv;
  for (std::string &word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  std::string variable = command.variable;
  char *environment[] = {variable.data(), nullptr};
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
    command.prepare();
    execve(argv[0], argv.data(), environment);
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

class Scenario
    : public OnCpu,
      public testing::WithParamInterface<std::tuple<Cpu, const char *>> {
protected:
  Scenario() : OnCpu(std::get<0>(GetParam())) {}
};

std::string wordOf(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

TEST_P(Scenario, Holds) {
  Result result =
      run({"module_program", {std::get<1>(GetParam()), "second argument"}});
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.signal, 0);
  EXPECT_EQ(result.status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Runtime, Scenario,
    testing::Combine(testing::ValuesIn(cpus),
                     testing::Values("start", "images", "grow", "grow-far",
                                     "movable-images", "bulk", "tables",
                                     "catch", "catch-registers",
                                     "catch-overflow", "overflow-elsewhere",
                                     "libcalls", "memory-calls")),
    [](const auto &info) {
      return wordOf(std::string(std::get<0>(info.param).name) + "_" +
                    std::get<1>(info.param));
    });

class Program : public OnCpu, public testing::WithParamInterface<Cpu> {
protected:
  Program() : OnCpu(GetParam()) {}
};

INSTANTIATE_TEST_SUITE_P(Runtime, Program, testing::ValuesIn(cpus),
                         [](const auto &info) { return info.param.name; });

TEST_P(Program, SaysHello) {
  Result result = run({"hello_program"});
  EXPECT_EQ(result.output, "hello\n");
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.status, 0);
  std::ifstream file(pathOf("hello_program"), std::ios::ate | std::ios::binary);
  EXPECT_LT(file.tellg(), cpu_.helloByteLength);
}

TEST_P(Program, ReportsAFaultInTheGuardWithABacktrace) {
  Result result = scenario("trap-guard");
  EXPECT_EQ(result.status, 134);
  // 20009 is 0x4e29; the callers' lines follow.
  EXPECT_EQ(result.error,
            "wrought: trap: out of bounds memory access\n"
            "  #0 func[4] <\\u{1b}[31mred\\u{9b}\\u{ff}\\u{202e}> at 0x4e29\n"
            "  #1 func[5] at 0x753b\n"
            "  #2 func[6] <last> at 0x9c4d\n");
}

TEST_P(Program, TakesAFaultInAMemoryFunctionForItsCallers) {
  Result result = scenario("trap-fill");
  EXPECT_EQ(result.status, 134);
  EXPECT_EQ(result.error, "wrought: trap: out of bounds memory access\n"
                          "  #0 func[8] <fill> at 0xea71\n");
}

TEST_P(Program, ReportsAnExplicitTrap) {
  Result result = scenario("trap-explicit");
  EXPECT_EQ(result.status, 134);
  EXPECT_EQ(result.error, "wrought: trap: unreachable\n"
                          "  #0 func[3] <recurse> at 0x2717\n"
                          "  #1 func[3] <recurse> at 0x2717\n"
                          "  #2 func[3] <recurse> at 0x2717\n");
}

TEST_P(Program, NamesFunctionsWithoutALineTable) {
  Result result = run({"stripped_program", {"trap-guard"}});
  EXPECT_EQ(result.status, 134);
  EXPECT_EQ(result.error,
            "wrought: trap: out of bounds memory access\n"
            "  #0 func[4] <\\u{1b}[31mred\\u{9b}\\u{ff}\\u{202e}>\n"
            "  #1 func[5]\n"
            "  #2 func[6] <last>\n");
}

TEST_P(Program, LeavesOutTheMiddleOfADeepBacktrace) {
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

TEST_P(Program, ReportsAnExhaustedStack) {
  Result result = scenario("trap-overflow");
  EXPECT_EQ(result.status, 134);
  EXPECT_TRUE(result.error.starts_with("wrought: trap: call stack exhausted\n"
                                       "  #0 func[7] at 0xc35f\n"))
      << result.error;
  EXPECT_NE(result.error.find(" more\n"), std::string::npos);
}

TEST_P(Program, NamesAMissingImport) {
  Result result = scenario("trap-missing");
  EXPECT_EQ(result.status, 134);
  EXPECT_EQ(result.error,
            "wrought: trap: unknown import called: e\\u{a}nv.f\\u{7f}\n");
}

TEST_P(Program, DiesOfFaultsThatAreNoTraps) {
  for (const char *name :
       {"foreign-fault", "beyond-reservation", "null", "relro", "raise"}) {
    Result result = scenario(name);
    EXPECT_EQ(result.signal, SIGSEGV) << name;
    EXPECT_TRUE(isSilent(result.error)) << name << ": " << result.error;
    EXPECT_EQ(result.output, "") << name;
  }
}

TEST_P(Program, KeepsAnIgnoredSignalIgnored) {
  auto ignore = [] { signal(SIGSEGV, SIG_IGN); };
  Result result = run({"module_program", {"raise"}, "", "", ignore});
  EXPECT_EQ(result.output, "still here\n");
  EXPECT_EQ(result.status, 0);
  // A real fault ends the program all the same.
  EXPECT_EQ(run({"module_program", {"null"}, "", "", ignore}).signal, SIGSEGV);
}

TEST_P(Program, SaysWhatToDoWhenAddressSpaceIsShort) {
  if (!isNative_)
    GTEST_SKIP() << "the limit would be the emulator's";
  Result result = run({"module_program", {"images"}, "", "", [] {
                         rlimit limit = {1 << 30, 1 << 30};
                         setrlimit(RLIMIT_AS, &limit);
                       }});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.error,
            "wrought: error: cannot reserve 5 GiB of address space for the "
            "linear memory (is there a limit on virtual memory, as by ulimit "
            "-v?); rebuild with --bounds-checks explicit\n");
}

TEST_P(Program, SaysWhatToDoWhenThereIsNoRoomForTheStack) {
  if (!isNative_)
    GTEST_SKIP() << "the limit would be the emulator's";
  Result result = run({"hello_program", {}, "", "", [] {
                         rlimit limit = {4 << 20, 4 << 20};
                         setrlimit(RLIMIT_AS, &limit);
                       }});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.error, "wrought: error: cannot map a stack of 8 MiB; "
                          "rebuild with a smaller --stack-size\n");
}

TEST_P(Program, HasNoPageThatIsWritableAndExecutable) {
  Result result = scenario("maps");
  ASSERT_EQ(result.status, 0);
  EXPECT_EQ(result.output.find("wx"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("r-xp"), std::string::npos);
}

TEST_P(Program, KeepsPagesNearNullUnmapped) {
  Result result = scenario("maps");
  EXPECT_EQ(result.output.substr(0, result.output.find('-')), cpu_.memoryBase)
      << result.output;
}

//===-- Versions ----------------------------------------------------------===//

TEST_P(Program, WorksOnKernelsWithLargerPages) {
  if (isNative_ || cpu_.name != std::string("aarch64"))
    GTEST_SKIP() << "no such kernels";
  for (const char *page : {"16384", "65536"})
    for (const char *name : {"images", "grow", "grow-far", "movable-images"}) {
      Result result = run({"module_program", {name}, "", page});
      EXPECT_EQ(result.error, "") << name << " with pages of " << page;
      EXPECT_EQ(result.status, 0);
    }
}

TEST_P(Program, KeepsObjectsThatStackAndRegistersHold) {
  for (const char *variable : {"NAME=value", "WROUGHT_GC_STRESS=1"}) {
    Command command = {"objects_program"};
    command.variable = variable;
    Result result = run(command);
    EXPECT_EQ(result.error, "") << variable;
    EXPECT_EQ(result.signal, 0) << variable;
    EXPECT_EQ(result.status, 0) << variable;
  }
}

TEST_P(Program, FallsBackToAVersionThatTheCpuCanRun) {
  if (*cpu_.modestModel != '\0' && emulator_.empty())
    GTEST_SKIP() << "this machine may have what the program asks for";
  Result result = run({"versions_program", {}, cpu_.modestModel});
  EXPECT_EQ(result.output, "modest\n");
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.status, 0);
}

TEST_P(Program, SaysWhatTheCpuLacks) {
  if (*cpu_.modestModel != '\0' && emulator_.empty())
    GTEST_SKIP() << "this machine may have what the program asks for";
  Result result = run({"demanding_program", {}, cpu_.modestModel});
  EXPECT_EQ(result.output, "");
  EXPECT_EQ(result.status, 132);
  const std::string begin = "wrought: error: this program needs a CPU with ",
                    end = " (built for demanding-cpu), which this machine "
                          "lacks\n";
  ASSERT_TRUE(result.error.starts_with(begin) && result.error.ends_with(end))
      << result.error;
  const std::string missing = result.error.substr(
      begin.size(), result.error.size() - begin.size() - end.size());
  EXPECT_TRUE(std::regex_match(missing, std::regex(cpu_.missing))) << missing;
}

TEST_P(Program, RunsTheFirstVersionThatTheCpuCanRun) {
  if (*cpu_.capableModel == '\0' || emulator_.empty())
    GTEST_SKIP() << "no CPU to be had that has what the program asks for";
  for (const char *program : {"versions_program", "demanding_program"}) {
    Result result = run({program, {}, cpu_.capableModel});
    EXPECT_EQ(result.output, "demanding\n");
    EXPECT_EQ(result.error, "");
    EXPECT_EQ(result.status, 0);
  }
}

} // namespace

#include "driver/options.h"
#include "temporary_folder.h"

#include "llvm/ADT/StringExtras.h"

using namespace wrought;
using namespace wrought::driver;

static ParsedCommandLine parse(std::initializer_list<const char *> words) {
  return parseCommandLine(std::vector<std::string>(words.begin(), words.end()));
}

static Options options(std::initializer_list<const char *> words) {
  ParsedCommandLine parsed = parse(words);
  EXPECT_TRUE(parsed.options) << parsed.message;
  return parsed.options ? std::move(*parsed.options) : Options();
}

static std::string usageError(std::initializer_list<const char *> words) {
  const ParsedCommandLine parsed = parse(words);
  EXPECT_FALSE(parsed.options);
  EXPECT_EQ(parsed.exitCode, 2);
  return parsed.message;
}

TEST(CommandLine, MayLeaveOutBuild) {
  const Options result = options({"app.wasm", "-o", "out"});
  EXPECT_EQ(result.command, Command::Build);
  EXPECT_EQ(result.request.inputPath, "app.wasm");
  EXPECT_EQ(result.request.outputPath, "out");
  EXPECT_EQ(result.request.emit, EmitKind::Executable);
}

TEST(CommandLine, HasDefaultsThatDoNotDependOnTheMachine) {
  const CompileRequest request =
      options({"build", "app.wasm", "--target", "x86_64"}).request;
  EXPECT_EQ(request.outputPath, "app");
  EXPECT_EQ(request.cpu.cpu, "x86-64");
  EXPECT_EQ(request.level, codegen::OptLevel::O2);
  EXPECT_EQ(request.boundsChecks, translate::BoundsChecks::Guard);
  EXPECT_EQ(request.threadCount, 0u);
  EXPECT_EQ(request.config.stackByteLength, uint64_t{8} << 20);
  EXPECT_TRUE(request.config.grants.empty());
  EXPECT_TRUE(request.config.environment.empty());
  EXPECT_FALSE(request.config.argv0);
  EXPECT_FALSE(request.config.inheritsEnvironment);
}

TEST(CommandLine, TakesLevelsInOneWord) {
  using codegen::OptLevel;
  EXPECT_EQ(options({"a.wasm", "-O0"}).request.level, OptLevel::O0);
  EXPECT_EQ(options({"a.wasm", "-O3"}).request.level, OptLevel::O3);
  EXPECT_EQ(options({"a.wasm", "-Os"}).request.level, OptLevel::Os);
  EXPECT_EQ(options({"a.wasm", "-Oz"}).request.level, OptLevel::Oz);
  EXPECT_EQ(options({"a.wasm", "-O", "1"}).request.level, OptLevel::O1);
  EXPECT_EQ(options({"a.wasm", "-O0", "-O2"}).request.level, OptLevel::O2);
  EXPECT_EQ(options({"a.wasm", "-j3"}).request.threadCount, 3u);
}

TEST(CommandLine, ReadsEveryFlagOfBuild) {
  const Options result = options({"build",
                                  "--target",
                                  "amd64-linux",
                                  "--cpu",
                                  "x86-64-v3",
                                  "--features",
                                  "+adx,-bmi",
                                  "--emit",
                                  "object",
                                  "-O1",
                                  "-j",
                                  "2",
                                  "-g",
                                  "--strip",
                                  "--bounds-checks",
                                  "explicit",
                                  "--max-memory",
                                  "16MiB",
                                  "--max-heap",
                                  "4M",
                                  "--stack-size",
                                  "100k",
                                  "--dir",
                                  "a::/b:ro",
                                  "--dir",
                                  ".",
                                  "--env",
                                  "K=V=W",
                                  "--inherit-env",
                                  "--argv0",
                                  "",
                                  "--sealed",
                                  "--wasm-features",
                                  "-simd",
                                  "--allow-missing-imports",
                                  "--relaxed-traps",
                                  "--interruptible",
                                  "--fuel=1000",
                                  "--deterministic",
                                  "--print-timings",
                                  "--progress",
                                  "never",
                                  "--color",
                                  "always",
                                  "--diagnostics",
                                  "json",
                                  "in.wasm"});
  const CompileRequest &request = result.request;
  EXPECT_EQ(request.target, targets::find("x86_64"));
  EXPECT_EQ(request.cpu.cpu, "x86-64-v3");
  EXPECT_EQ(request.cpu.features, "+adx,-bmi");
  EXPECT_EQ(request.emit, EmitKind::Object);
  EXPECT_EQ(request.outputPath, "in.o");
  EXPECT_EQ(request.level, codegen::OptLevel::O1);
  EXPECT_EQ(request.threadCount, 2u);
  EXPECT_TRUE(request.debugInfo && request.strip);
  EXPECT_EQ(request.boundsChecks, translate::BoundsChecks::Explicit);
  EXPECT_EQ(request.maxMemory, uint64_t{16} << 20);
  EXPECT_EQ(request.config.stackByteLength, 128u << 10);
  EXPECT_EQ(request.config.heapByteLength, 4u << 20);
  ASSERT_EQ(request.config.grants.size(), 2u);
  EXPECT_EQ(request.config.grants[0].guestPath, "/b");
  EXPECT_EQ(request.config.environment, std::vector<std::string>{"K=V=W"});
  EXPECT_EQ(request.config.argv0, "");
  EXPECT_TRUE(request.config.isSealed && request.config.inheritsEnvironment);
  EXPECT_FALSE(request.features.has(wasm::Feature::Simd));
  EXPECT_TRUE(request.allowMissingImports && request.relaxedTraps &&
              request.isDeterministic && request.isInterruptible);
  EXPECT_EQ(request.config.fuel, 1000u);
  EXPECT_TRUE(result.printTimings);
  EXPECT_EQ(result.progress, When::Never);
  EXPECT_EQ(result.color, When::Always);
  EXPECT_EQ(result.diagnosticStyle, DiagnosticStyle::Json);
}

TEST(CommandLine, ProfilesAreListed) {
  EXPECT_EQ(options({"a.wasm"}).request.config.profilePath, "");
  EXPECT_EQ(
      options({"--profile-generate", "a.wasm"}).request.config.profilePath,
      "default.wprof");
  EXPECT_EQ(
      options({"--profile-generate=p", "a.wasm"}).request.config.profilePath,
      "p");
  EXPECT_EQ(options({"--profile-use", "a,b", "--profile-use=c", "a.wasm"})
                .request.profilePaths,
            (std::vector<std::string>{"a", "b", "c"}));
}

TEST(CommandLine, FuelTakesItsNumberBehindEquals) {
  EXPECT_EQ(options({"a.wasm"}).request.config.fuel, std::nullopt);
  const CompileRequest request = options({"--fuel", "a.wasm"}).request;
  EXPECT_EQ(request.config.fuel, translate::unlimitedFuel);
  EXPECT_EQ(request.inputPath, "a.wasm");
  EXPECT_EQ(
      options({"a.wasm", "--fuel=18446744073709551615"}).request.config.fuel,
      translate::unlimitedFuel);
}

TEST(CommandLine, TakesSeveralCpusEachOnce) {
  const CompileRequest request =
      options({"a.wasm", "--target", "amd64", "--cpu",
               "x86-64-v2, x86-64-v3,x86-64-v2,baseline,x86-64", "--features",
               "adx"})
          .request;
  EXPECT_EQ(request.cpu.cpu, "x86-64-v2");
  ASSERT_EQ(request.furtherCpus.size(), 2u);
  EXPECT_EQ(request.furtherCpus[0].cpu, "x86-64-v3");
  EXPECT_EQ(request.furtherCpus[1].cpu, "x86-64");
  for (const targets::CpuSelection &cpu : request.furtherCpus)
    EXPECT_EQ(cpu.features, "+adx");
}

TEST(CommandLine, RefusesListsOfCpusThatMakeNoSense) {
  const auto with = [](const char *cpus, const char *output = "a") {
    return usageError(
        {"a.wasm", "--target", "x86_64", "--cpu", cpus, "-o", output});
  };
  EXPECT_EQ(with("x86-64-v2,z80").find("--cpu, --features: unknown CPU 'z80'"),
            0u);
  EXPECT_EQ(with("x86-64-v2,"), "--cpu: 'x86-64-v2,' has an empty name");
  EXPECT_EQ(with("x86-64-v2,cortex-a53").find("--cpu, --features: unknown"),
            0u);
  const char *onlyExecutables =
      "--cpu: only an executable can have versions for several CPUs";
  EXPECT_EQ(with("x86-64-v2,x86-64-v3", "a.o"), onlyExecutables);
  EXPECT_EQ(with("x86-64-v2,x86-64-v3", "a.s"), onlyExecutables);
  // One name twice is one CPU.
  EXPECT_TRUE(options({"a.wasm", "--target", "x86_64", "--cpu",
                       "x86-64-v2,x86-64-v2", "-o", "a.o"})
                  .request.furtherCpus.empty());
}

TEST(CommandLine, TakesAVariablesValueOfNow) {
  setenv("WROUGHT_TEST_VARIABLE", "here", 1);
  EXPECT_EQ(options({"a.wasm", "--env", "WROUGHT_TEST_VARIABLE"})
                .request.config.environment,
            std::vector<std::string>{"WROUGHT_TEST_VARIABLE=here"});
  unsetenv("WROUGHT_TEST_VARIABLE");
  EXPECT_EQ(usageError({"a.wasm", "--env", "WROUGHT_TEST_VARIABLE"}),
            "--env: 'WROUGHT_TEST_VARIABLE' is not set");
}

TEST(CommandLine, GivesTheProgramWhatStandsBehindTheDashes) {
  const Options result =
      options({"run", "-O0", "app.wasm", "--", "-O2", "--", "x"});
  EXPECT_EQ(result.command, Command::Run);
  EXPECT_EQ(result.request.inputPath, "app.wasm");
  EXPECT_EQ(result.request.level, codegen::OptLevel::O0);
  EXPECT_EQ(llvm::join(result.arguments, " "), "-O2 -- x");
}

TEST(CommandLine, ReadsStandardInputByADash) {
  const Options result = options({"build", "-", "-o", "-", "--emit", "asm"});
  EXPECT_EQ(result.request.inputPath, "-");
  EXPECT_EQ(result.request.outputPath, "-");
}

TEST(CommandLine, KnowsTheOtherCommands) {
  EXPECT_EQ(options({"validate", "a.wasm", "-j", "1"}).command,
            Command::Validate);
  EXPECT_TRUE(options({"inspect", "a.wasm", "--json"}).json);
  EXPECT_EQ(options({"targets", "--cpus", "x86-64"}).cpusOf,
            targets::find("x86_64"));
}

TEST(CommandLine, RefusesWrongUsageByName) {
  EXPECT_NE(usageError({"build"}).find("INPUT"), std::string::npos);
  EXPECT_NE(usageError({"build", "a.wasm", "--warp"}).find("--warp"),
            std::string::npos);
  EXPECT_NE(usageError({"a.wasm", "-O7"}).find("7 not in"), std::string::npos);
  EXPECT_EQ(usageError({"a.wasm", "--target", "z80"}),
            "--target: unknown target 'z80' (one of x86_64, aarch64, riscv64, "
            "or a triple of these)");
  EXPECT_NE(usageError({"a.wasm", "--cpu", "z80"}).find("unknown CPU 'z80'"),
            std::string::npos);
  EXPECT_EQ(usageError({"a.wasm", "--max-memory", "lots"}),
            "--max-memory: 'lots' is not a size (such as 65536, 64KiB or 16M)");
  EXPECT_EQ(usageError({"a.wasm", "--stack-size", "1k"}),
            "--stack-size: not between 64KiB and 64GiB");
  EXPECT_EQ(usageError({"a.wasm", "--max-heap", "1k"}),
            "--max-heap: not between 1MiB and 64GiB");
  EXPECT_EQ(usageError({"a.wasm", "--dir", "::x"}),
            "--dir: '::x' is not HOST[::GUEST][:ro]");
  EXPECT_EQ(usageError({"a.wasm", "--wasm-features", "warp"}),
            "--wasm-features: unknown WebAssembly feature 'warp'");
}

TEST(CommandLine, PrintsHelpAndVersion) {
  for (auto words :
       {parse({}), parse({"--help"}), parse({"build", "--help"})}) {
    EXPECT_FALSE(words.options);
    EXPECT_EQ(words.exitCode, 0);
    EXPECT_NE(words.output.find("wrought"), std::string::npos);
  }
  EXPECT_NE(parse({"build", "--help"}).output.find("UNSAFE"),
            std::string::npos);
  EXPECT_EQ(llvm::StringRef(parse({"--version"}).output).find("wrought "), 0u);
}

TEST(ConfigFile, SaysWhatFlagsSay) {
  test::TemporaryFolder folder;
  const std::string file = folder.write("wrought.toml", R"(
# For every command that compiles.
target = "x86_64"
O = 3
strip = true
sealed = false
dir = ["data::/data:ro", "."]
env = ["A=1", "B=two words"]

[build]
output = "built"

[run]
stack-size = "1MiB"
)");
  const CompileRequest built =
      options({"build", "--config", file.c_str(), "a.wasm"}).request;
  EXPECT_EQ(built.outputPath, "built");
  EXPECT_EQ(built.level, codegen::OptLevel::O3);
  EXPECT_TRUE(built.strip);
  EXPECT_FALSE(built.config.isSealed);
  ASSERT_EQ(built.config.grants.size(), 2u);
  EXPECT_EQ(built.config.grants[0].guestPath, "/data");
  EXPECT_EQ(built.config.environment,
            (std::vector<std::string>{"A=1", "B=two words"}));
  EXPECT_EQ(built.config.stackByteLength, 8u << 20);
  const CompileRequest run =
      options({"run", "--config", file.c_str(), "a.wasm"}).request;
  EXPECT_EQ(run.config.stackByteLength, 1u << 20);
}

TEST(ConfigFile, GivesWayToTheCommandLine) {
  test::TemporaryFolder folder;
  const std::string file =
      folder.write("wrought.toml", "opt-level = 3\nstrip = true\n");
  const CompileRequest request =
      options({"a.wasm", "-O0", "--strip=false", ("--config=" + file).c_str()})
          .request;
  EXPECT_EQ(request.level, codegen::OptLevel::O0);
  EXPECT_FALSE(request.strip);
}

TEST(ConfigFile, IsCheckedLikeFlags) {
  test::TemporaryFolder folder;
  const std::string file = folder.write("wrought.toml", "warp = 9\n");
  EXPECT_NE(usageError({"a.wasm", "--config", file.c_str()}).find("--warp"),
            std::string::npos);
  EXPECT_EQ(usageError({"a.wasm", "--config", "/no/such.toml"}),
            "cannot read '/no/such.toml'");
}

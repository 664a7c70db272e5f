#include "driver/run.h"
#include "temporary_folder.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

using namespace wrought;
using namespace wrought::driver;

static constexpr uint8_t Module[] = {0, 'a', 's', 'm', 1, 0, 0, 0};

static CompileRequest request() {
  CompileRequest request;
  request.inputPath = "app.wasm";
  request.outputPath = "/cache/program";
  request.target = targets::find("x86_64");
  request.cpu = {"x86-64", ""};
  return request;
}

TEST(CacheKey, DependsOnEverythingThatChangesTheProgram) {
  llvm::StringSet<> keys;
  size_t count = 0;
  const auto add = [&](auto change) {
    CompileRequest changed = request();
    change(changed);
    keys.insert(cacheKey(changed, Module, "rt.a"));
    ++count;
  };
  add([](CompileRequest &) {});
  add([](CompileRequest &r) { r.cpu.cpu = "x86-64-v2"; });
  add([](CompileRequest &r) { r.cpu.features = "+adx"; });
  add([](CompileRequest &r) { r.cpu.label = "native"; });
  add([](CompileRequest &r) { r.furtherCpus = {{"x86-64-v2", ""}}; });
  add([](CompileRequest &r) { r.furtherCpus = {{"x86-64-v3", ""}}; });
  add([](CompileRequest &r) { r.target = targets::find("riscv64"); });
  add([](CompileRequest &r) { r.level = codegen::OptLevel::O0; });
  add([](CompileRequest &r) {
    r.boundsChecks = translate::BoundsChecks::Explicit;
  });
  add([](CompileRequest &r) { r.maxMemory = 0; });
  add([](CompileRequest &r) { r.relaxedTraps = true; });
  add([](CompileRequest &r) { r.guardsExtraMemories = false; });
  add([](CompileRequest &r) { r.isDeterministic = true; });
  add([](CompileRequest &r) { r.debugInfo = true; });
  add([](CompileRequest &r) { r.strip = true; });
  add([](CompileRequest &r) { r.allowMissingImports = true; });
  add([](CompileRequest &r) { r.features.set(wasm::Feature::Simd, false); });
  add([](CompileRequest &r) { r.config.grants = {{"a", "b", false}}; });
  add([](CompileRequest &r) { r.config.grants = {{"ab", "", false}}; });
  add([](CompileRequest &r) { r.config.grants = {{"a", "b", true}}; });
  add([](CompileRequest &r) { r.config.environment = {"K=V"}; });
  add([](CompileRequest &r) { r.config.argv0 = ""; });
  add([](CompileRequest &r) { r.config.isSealed = true; });
  add([](CompileRequest &r) { r.config.inheritsEnvironment = true; });
  add([](CompileRequest &r) { r.config.stackByteLength = 1; });
  keys.insert(cacheKey(request(), llvm::ArrayRef(Module).drop_back(), "rt.a"));
  ++count;
  EXPECT_EQ(keys.size(), count);
}

TEST(CacheKey, DoesNotDependOnNamesAndThreads) {
  CompileRequest other = request();
  other.inputPath = "elsewhere/app.wasm";
  other.outputPath = "x";
  other.threadCount = 7;
  EXPECT_EQ(cacheKey(other, Module, "rt.a"),
            cacheKey(request(), Module, "rt.a"));
}

TEST(CachePath, IsBelowTheUsersCache) {
  test::TemporaryFolder folder;
  setenv("XDG_CACHE_HOME", folder.path("cache").c_str(), 1);
  Diagnostics diagnostics;
  EXPECT_EQ(cachePath("abcd", diagnostics),
            folder.path("cache/wrought/ab/abcd"));
  EXPECT_TRUE(llvm::sys::fs::is_directory(folder.path("cache/wrought/ab")));
  setenv("XDG_CACHE_HOME", folder.write("file", "").c_str(), 1);
  EXPECT_EQ(cachePath("abcd", diagnostics), "");
  EXPECT_EQ(diagnostics.errorCount(), 1u);
  unsetenv("XDG_CACHE_HOME");
}

TEST(Execution, PutsArgumentsBehindTheInputsName) {
  CompileRequest own = request();
  own.target = targets::host();
  Diagnostics diagnostics;
  const auto execution = planExecution(own, {"a", "b"}, diagnostics);
  ASSERT_TRUE(execution);
  EXPECT_EQ(execution->file, "/cache/program");
  EXPECT_EQ(execution->words, (std::vector<std::string>{"app.wasm", "a", "b"}));
}

static CompileRequest foreignRequest() {
  CompileRequest foreign = request();
  foreign.target = targets::find(
      targets::host() == targets::find("riscv64") ? "aarch64" : "riscv64");
  return foreign;
}

/// Sets PATH for as long as it lives.
class SearchPath {
public:
  explicit SearchPath(const std::string &path) : before_(getenv("PATH")) {
    setenv("PATH", path.c_str(), 1);
  }
  ~SearchPath() { setenv("PATH", before_.c_str(), 1); }

private:
  std::string before_;
};

TEST(Execution, RunsForeignProgramsInTheirEmulator) {
  test::TemporaryFolder folder;
  const CompileRequest foreign = foreignRequest();
  for (llvm::StringRef suffix : {"-static", ""}) {
    const std::string emulator =
        folder.write((foreign.target->qemu + suffix).str(), "");
    llvm::sys::fs::setPermissions(emulator, llvm::sys::fs::owner_all);
    const SearchPath path(folder.path(""));
    Diagnostics diagnostics;
    const auto execution = planExecution(foreign, {"a"}, diagnostics);
    ASSERT_TRUE(execution);
    EXPECT_EQ(llvm::sys::path::filename(execution->file),
              (foreign.target->qemu + suffix).str());
    EXPECT_EQ(execution->words,
              (std::vector<std::string>{execution->file, "-0", "app.wasm",
                                        "/cache/program", "a"}));
  }
}

TEST(Execution, NamesTheEmulatorThatIsMissing) {
  const CompileRequest foreign = foreignRequest();
  const SearchPath path("/nowhere");
  Diagnostics diagnostics;
  EXPECT_FALSE(planExecution(foreign, {}, diagnostics));
  ASSERT_EQ(diagnostics.errorCount(), 1u);
  EXPECT_EQ(diagnostics.all()[0].message,
            ("running a program for " + foreign.target->name + " here needs " +
             foreign.target->qemu + ", which is not on PATH")
                .str());
}

TEST(Execution, ReportsAProgramThatCannotBeExecuted) {
  Diagnostics diagnostics;
  execute({"/no/such/program", {"x"}}, diagnostics);
  ASSERT_EQ(diagnostics.errorCount(), 1u);
  EXPECT_EQ(diagnostics.all()[0].message,
            "cannot execute '/no/such/program': No such file or directory");
}

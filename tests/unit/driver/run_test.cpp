#include "driver/run.h"
#include "temporary_folder.h"

#include "llvm/Support/Path.h"

using namespace wrought;
using namespace wrought::driver;

static CompileRequest request() {
  CompileRequest request;
  request.inputPath = "app.wasm";
  request.outputPath = "/cache/program";
  request.target = targets::find("x86_64");
  request.cpu = {"x86-64", ""};
  return request;
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

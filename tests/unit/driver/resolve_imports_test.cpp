#include "driver/compile.h"
#include "driver/resolve_imports.h"
#include "temporary_folder.h"

using namespace wrought;
using namespace wrought::driver;

namespace {

class Imports : public testing::Test {
protected:
  const wasm::Module &parse(llvm::StringRef wat) {
    input_ = readInput(folder_.write("m.wat", wat), diagnostics_);
    EXPECT_TRUE(input_);
    module_ = loadModule(*input_, {}, diagnostics_);
    EXPECT_TRUE(module_);
    return module_->module();
  }
  std::vector<std::string> messages() const {
    std::vector<std::string> list;
    for (const Diagnostic &diagnostic : diagnostics_.all())
      list.push_back(diagnostic.message);
    return list;
  }

  test::TemporaryFolder folder_;
  std::optional<Input> input_;
  std::optional<validate::ValidatedModule> module_;
  Diagnostics diagnostics_;
};

constexpr const char *Hint = "with --allow-missing-imports the program is "
                             "built and traps when it calls a missing function";

} // namespace

TEST_F(Imports, OfWasiAreTheRuntimesFunctions) {
  const auto bindings = resolveImports(parse(R"((module
        (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
        (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))))"),
                                       false, diagnostics_);
  ASSERT_TRUE(bindings);
  ASSERT_EQ(bindings->size(), 2u);
  EXPECT_EQ((*bindings)[0].symbol, "wrought_wasi_proc_exit");
  EXPECT_EQ((*bindings)[1].symbol, "wrought_wasi_sched_yield");
}

TEST_F(Imports, ThatNobodyProvidesAreReportedAtOnce) {
  EXPECT_FALSE(resolveImports(parse(R"((module
        (import "env" "f" (func (param i32 i64) (result f32)))
        (import "env" "f" (func (param i32 i64) (result f32)))
        (import "env" "f" (func))
        (import "wasi_snapshot_preview1" "fd_fly" (func))))"),
                              false, diagnostics_));
  EXPECT_EQ(messages(),
            (std::vector<std::string>{
                "unknown import \"env\" \"f\", function [i32 i64] -> [f32]: "
                "nothing provides it",
                "unknown import \"env\" \"f\", function [] -> []: nothing "
                "provides it",
                "unknown import \"wasi_snapshot_preview1\" \"fd_fly\", "
                "function [] -> []: nothing provides it",
                Hint}));
}

TEST_F(Imports, OfASharedMemoryIsTheProgramsOwn) {
  const auto bindings = resolveImports(
      parse(R"((module (import "env" "memory" (memory 1 2 shared))))"), false,
      diagnostics_);
  ASSERT_TRUE(bindings);
  EXPECT_EQ((*bindings)[0].kind, translate::ImportBinding::Kind::Own);
  EXPECT_FALSE(
      resolveImports(parse(R"((module (import "env" "memory" (memory 1 2))))"),
                     false, diagnostics_));
}

TEST_F(Imports, OfThreadsAreTheRuntimesFunction) {
  const wasm::Module &module = parse(R"((module
      (import "wasi" "thread-spawn" (func (param i32) (result i32)))
      (import "env" "memory" (memory 1 2 shared))
      (func (export "wasi_thread_start") (param i32 i32))))");
  EXPECT_TRUE(hasThreads(module));
  const auto bindings = resolveImports(module, false, diagnostics_);
  ASSERT_TRUE(bindings);
  EXPECT_EQ((*bindings)[0].symbol, "wrought_wasi_thread_spawn");
  EXPECT_TRUE(checkThreads(module, diagnostics_));
  EXPECT_EQ(messages(), std::vector<std::string>());
}

TEST_F(Imports, OfThreadsWantWhatEachThreadNeeds) {
  const std::string spawn = "(module (import \"wasi\" \"thread-spawn\" (func "
                            "(param i32) (result i32)))";
  const std::string shared = "(import \"env\" \"memory\" (memory 1 2 shared))";
  const std::string start =
      "(func (export \"wasi_thread_start\") (param i32 i32))";
  EXPECT_FALSE(checkThreads(parse(spawn + shared + ")"), diagnostics_));
  EXPECT_FALSE(
      checkThreads(parse(spawn + shared +
                         "(func (export \"wasi_thread_start\") (param i32)))"),
                   diagnostics_));
  EXPECT_FALSE(checkThreads(parse(spawn + "(memory 1 2 shared)" + start + ")"),
                            diagnostics_));
  EXPECT_FALSE(
      checkThreads(parse(spawn + "(memory 1)" + start + ")"), diagnostics_));
  EXPECT_EQ(
      messages(),
      (std::vector<std::string>{
          "no export \"wasi_thread_start\": a program that imports \"wasi\" "
          "\"thread-spawn\" needs a function of type [i32 i32] -> []",
          "export \"wasi_thread_start\" is a function [i32] -> []: a program "
          "that imports \"wasi\" \"thread-spawn\" needs a function of type "
          "[i32 i32] -> []",
          "a program that imports \"wasi\" \"thread-spawn\" must import its "
          "memory as a shared one",
          "a program that imports \"wasi\" \"thread-spawn\" must import its "
          "memory as a shared one"}));
}

TEST_F(Imports, OfThreadsOfAnotherTypeAreReported) {
  EXPECT_FALSE(resolveImports(
      parse(R"((module (import "wasi" "thread-spawn" (func (param i32)))))"),
      false, diagnostics_));
  EXPECT_EQ(messages(),
            (std::vector<std::string>{
                "unknown import \"wasi\" \"thread-spawn\", function [i32] -> "
                "[]: WASI gives it the type [i32] -> [i32]"}));
}

TEST_F(Imports, MayBeMissingWhenTheUserSaysSo) {
  const auto bindings = resolveImports(
      parse(R"((module (import "env" "f" (func))))"), true, diagnostics_);
  ASSERT_TRUE(bindings);
  EXPECT_EQ((*bindings)[0].kind, translate::ImportBinding::Kind::Missing);
  EXPECT_TRUE(diagnostics_.all().empty());
}

TEST_F(Imports, OtherThanFunctionsMayNeverBeMissing) {
  EXPECT_FALSE(resolveImports(parse(R"((module
        (import "env" "m" (memory 1 2))
        (import "env" "t" (table 3 funcref))
        (import "env" "g" (global (mut i64)))))"),
                              true, diagnostics_));
  EXPECT_EQ(messages(),
            (std::vector<std::string>{
                "unknown import \"env\" \"m\", memory 1 2: nothing provides "
                "it, and only functions may be missing",
                "unknown import \"env\" \"t\", table 3 funcref: nothing "
                "provides it, and only functions may be missing",
                "unknown import \"env\" \"g\", global (mut i64): nothing "
                "provides it, and only functions may be missing"}));
}

TEST_F(Imports, OfWasiMustHaveWasisType) {
  EXPECT_FALSE(resolveImports(parse(R"((module
        (import "wasi_snapshot_preview1" "proc_exit" (func (param i64)))))"),
                              true, diagnostics_));
  EXPECT_EQ(messages(),
            std::vector<std::string>{
                "unknown import \"wasi_snapshot_preview1\" \"proc_exit\", "
                "function [i64] -> []: WASI gives it the type [i32] -> []"});
}

TEST_F(Imports, LeaveStartToBeChecked) {
  EXPECT_TRUE(
      checkStart(parse("(module (func (export \"_start\")))"), diagnostics_));
  EXPECT_TRUE(diagnostics_.all().empty());
  EXPECT_FALSE(checkStart(parse("(module)"), diagnostics_));
  EXPECT_FALSE(checkStart(
      parse("(module (func (export \"_start\") (param i32)))"), diagnostics_));
  EXPECT_FALSE(checkStart(parse("(module (memory (export \"_start\") 1))"),
                          diagnostics_));
  EXPECT_EQ(messages(),
            (std::vector<std::string>{
                "no export \"_start\": an executable needs this function of "
                "type [] -> []",
                "export \"_start\" is a function [i32] -> []: an executable "
                "needs a function of type [] -> []",
                "export \"_start\" is a memory 1: an executable needs a "
                "function of type [] -> []"}));
}

TEST_F(Imports, KnowALibraryWithoutStart) {
  EXPECT_FALSE(checkStart(parse("(module (func (export \"_initialize\")))"),
                          diagnostics_));
  ASSERT_EQ(diagnostics_.all().size(), 2u);
  EXPECT_EQ(diagnostics_.all()[1].severity, Severity::Note);
}

//===- compile_test.cpp - The pipeline up to an object --------------------===//
//
// Objects need no runtime, executables take the one of this build; they are run
// by the end-to-end tests.
//
//===----------------------------------------------------------------------===//

#include "driver/build_info.h"
#include "driver/compile.h"
#include "temporary_folder.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Object/ObjectFile.h"

#include <array>
#include <map>
#include <unistd.h>

using namespace wrought;
using namespace wrought::driver;

namespace {

class Compile : public testing::Test {
protected:
  Compile() {
    request_.target = targets::find("x86_64");
    request_.cpu = {"x86-64", ""};
    request_.level = codegen::OptLevel::O1;
    request_.inputPath = folder_.write("in.wat", R"((module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory 1)
      (func $square (param i32) (result i32)
        (i32.mul (local.get 0) (local.get 0)))
      (func (export "_start")
        (call $exit (call $square (i32.load (i32.const 8)))))))");
  }

  bool compileTo(llvm::StringRef name, EmitKind emit) {
    request_.emit = emit;
    request_.outputPath = folder_.path(name);
    return compile(request_, diagnostics_);
  }
  std::string onlyMessage() const {
    EXPECT_EQ(diagnostics_.all().size(), 1u);
    return diagnostics_.all().empty() ? "" : diagnostics_.all()[0].message;
  }

  test::TemporaryFolder folder_;
  CompileRequest request_;
  Diagnostics diagnostics_;
};

} // namespace

TEST_F(Compile, MakesAnObjectThatSaysWhatItIs) {
  ASSERT_TRUE(compileTo("out.o", EmitKind::Object)) << onlyMessage();
  EXPECT_EQ(folder_.fileCount(), 2u);
  const std::string bytes = folder_.read("out.o");
  const auto info = readBuildInfo(bytes);
  ASSERT_TRUE(info);
  EXPECT_NE(info->find("\"optLevel\": \"1\""), std::string::npos) << *info;
}

TEST_F(Compile, KeepsTheExportsOfModulesThatAreNoPrograms) {
  request_.inputPath = folder_.write("lib.wat", R"((module
    (func $kept (export "add") (param i32 i32) (result i32)
      (i32.add (local.get 0) (local.get 1)))
    (func $dropped)))");
  ASSERT_TRUE(compileTo("lib.ll", EmitKind::LlvmIr)) << onlyMessage();
  const std::string ir = folder_.read("lib.ll");
  EXPECT_NE(ir.find("wasm.f0.kept"), std::string::npos) << ir;
  EXPECT_EQ(ir.find("wasm.f1.dropped"), std::string::npos) << ir;
}

TEST_F(Compile, GivesTheSameBytesWithAnyNumberOfThreads) {
  request_.threadCount = 1;
  ASSERT_TRUE(compileTo("one.o", EmitKind::Object)) << onlyMessage();
  request_.threadCount = 5;
  ASSERT_TRUE(compileTo("five.o", EmitKind::Object)) << onlyMessage();
  EXPECT_FALSE(folder_.read("one.o").empty());
  EXPECT_EQ(folder_.read("one.o"), folder_.read("five.o"));
}

class CompileFor : public Compile,
                   public testing::WithParamInterface<const char *> {
protected:
  CompileFor() {
    std::string message;
    request_.target = targets::find(GetParam());
    request_.cpu = *targets::selectCpu(*request_.target, "", "", message);
  }
};
INSTANTIATE_TEST_SUITE_P(Targets, CompileFor,
                         testing::Values("x86_64", "aarch64", "riscv64"));

TEST_P(CompileFor, GivesTheSameBytesFromElsewhereAndAtAnotherTime) {
  request_.threadCount = 1;
  ASSERT_TRUE(compileTo("one.o", EmitKind::Object)) << onlyMessage();
  test::TemporaryFolder elsewhere;
  CompileRequest other = request_;
  other.threadCount = 5;
  other.inputPath = elsewhere.write("other.wat", folder_.read("in.wat"));
  other.outputPath = elsewhere.path("five.o");
  sleep(1);
  ASSERT_TRUE(compile(other, diagnostics_));
  EXPECT_FALSE(folder_.read("one.o").empty());
  EXPECT_EQ(folder_.read("one.o"), elsewhere.read("five.o"));
}

TEST_P(CompileFor, MakesObjectsForTheMachine) {
  ASSERT_TRUE(compileTo("out.o", EmitKind::Object)) << onlyMessage();
  const std::string bytes = folder_.read("out.o");
  auto object = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(bytes, ""));
  ASSERT_TRUE(static_cast<bool>(object));
  EXPECT_EQ((*object)->getArch(),
            llvm::Triple(request_.target->triple).getArch());
}

/// Executables, linked with the runtime of this build.
class CompileVersions : public CompileFor {
protected:
  bool compileVersions(unsigned threadCount, llvm::StringRef name) {
    static const std::map<llvm::StringRef, std::array<const char *, 3>> Cpus = {
        {"x86_64", {"x86-64-v2", "x86-64-v3", "x86-64-v4"}},
        {"aarch64", {"generic", "cortex-a76", "neoverse-v1"}},
        {"riscv64", {"generic", "sifive-p450", "sifive-p670"}}};
    std::string message;
    const auto select = [&](const char *cpu) {
      return *targets::selectCpu(*request_.target, cpu, "", message);
    };
    const auto &cpus = Cpus.at(request_.target->name);
    request_.cpu = select(cpus[0]);
    request_.furtherCpus = {select(cpus[1]), select(cpus[2])};
    request_.threadCount = threadCount;
    return compileTo(name, EmitKind::Executable);
  }
};
INSTANTIATE_TEST_SUITE_P(Targets, CompileVersions,
                         testing::Values("x86_64", "aarch64", "riscv64"));

TEST_P(CompileVersions, GivesOneProgramThatListsThem) {
  ASSERT_TRUE(compileVersions(2, "out")) << onlyMessage();
  const std::string bytes = folder_.read("out");
  const auto info = readBuildInfo(bytes);
  ASSERT_TRUE(info);
  EXPECT_EQ(llvm::StringRef(*info).count("\"requires\""), 3u) << *info;
  auto object = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef(bytes, ""));
  ASSERT_TRUE(static_cast<bool>(object));
  llvm::StringMap<unsigned> symbols;
  for (const llvm::object::SymbolRef &symbol : (*object)->symbols())
    ++symbols[llvm::cantFail(symbol.getName())];
  for (llvm::StringRef name :
       {"wrought_module", "wrought_module.1", "wrought_module.2"})
    EXPECT_EQ(symbols.lookup(name), 1u) << name.str();
}

TEST_P(CompileVersions, GiveTheSameBytesWithAnyNumberOfThreads) {
  ASSERT_TRUE(compileVersions(1, "one")) << onlyMessage();
  ASSERT_TRUE(compileVersions(5, "five")) << onlyMessage();
  EXPECT_FALSE(folder_.read("one").empty());
  EXPECT_EQ(folder_.read("one"), folder_.read("five"));
}

TEST_F(Compile, MakesVersionsOnlyOfExecutables) {
  request_.furtherCpus = {{"x86-64-v3", ""}};
  EXPECT_FALSE(compileTo("out.o", EmitKind::Object));
  EXPECT_EQ(onlyMessage(),
            "only an executable can have versions for several CPUs");
}

TEST_F(Compile, EmitsWhatComesBeforeObjects) {
  ASSERT_TRUE(compileTo("out.ll", EmitKind::LlvmIr)) << onlyMessage();
  EXPECT_NE(folder_.read("out.ll").find("target triple"), std::string::npos);
  ASSERT_TRUE(compileTo("out.bc", EmitKind::LlvmBitcode)) << onlyMessage();
  EXPECT_EQ(folder_.read("out.bc").substr(0, 2), "BC");
  ASSERT_TRUE(compileTo("out.s", EmitKind::Assembly)) << onlyMessage();
  EXPECT_NE(folder_.read("out.s").find("\t.section\t"), std::string::npos);
}

TEST_F(Compile, TellsHowFarItIsAndHowLongItTook) {
  std::vector<StageTime> timings;
  std::vector<size_t> done;
  request_.timings = &timings;
  request_.onProgress = [&](size_t count, size_t total, llvm::StringRef) {
    EXPECT_LE(count, total);
    done.push_back(count);
  };
  ASSERT_TRUE(compileTo("out.o", EmitKind::Object)) << onlyMessage();
  EXPECT_TRUE(llvm::is_sorted(done));
  EXPECT_GE(done.size(), 2u);
  std::string stages;
  for (const StageTime &time : timings)
    stages += time.stage + ",";
  EXPECT_EQ(stages, "read,decode,validate,plan,compile,  translate,  optimize,"
                    "  emit,link,");
}

TEST_F(Compile, ChecksTheOutputBeforeTheInput) {
  request_.inputPath = folder_.path("none.wasm");
  EXPECT_FALSE(compileTo("no/out.o", EmitKind::Object));
  EXPECT_EQ(onlyMessage(), "cannot write '" + request_.outputPath +
                               "': No such file or directory");
}

TEST_F(Compile, NeverOverwritesTheInput) {
  const std::string before = folder_.read("in.wat");
  EXPECT_FALSE(compileTo("./in.wat", EmitKind::Object));
  EXPECT_EQ(onlyMessage(),
            "output '" + request_.outputPath + "' is the input file");
  EXPECT_EQ(folder_.read("in.wat"), before);
}

TEST_F(Compile, LeavesNothingAfterAnError) {
  request_.inputPath = folder_.write("bad.wat", "(module (func i32.add))");
  EXPECT_FALSE(compileTo("out.o", EmitKind::Object));
  EXPECT_EQ(folder_.fileCount(), 2u);
  EXPECT_TRUE(diagnostics_.hasErrors());
}

TEST_F(Compile, NamesTheRuntimeThatAnExecutableLacks) {
  setenv("WROUGHT_RUNTIME_DIR", "/nowhere", 1);
  EXPECT_FALSE(compileTo("out", EmitKind::Executable));
  unsetenv("WROUGHT_RUNTIME_DIR");
  EXPECT_NE(onlyMessage().find("/nowhere"), std::string::npos);
}

TEST_F(Compile, RefusesFeaturesByName) {
  request_.inputPath = folder_.write("simd.wat", R"((module
    (func (export "_start") (drop (v128.const i64x2 0 0)))))");
  request_.features.set(wasm::Feature::Simd, false);
  EXPECT_FALSE(compileTo("out.o", EmitKind::Object));
  EXPECT_NE(onlyMessage().find("simd"), std::string::npos) << onlyMessage();
}

TEST_F(Compile, LocatesMissingImportsInTheText) {
  request_.inputPath = folder_.write("missing.wat", R"((module
    (import "env" "f" (func))))");
  EXPECT_FALSE(compileTo("out.o", EmitKind::Object));
  ASSERT_FALSE(diagnostics_.all().empty());
  EXPECT_EQ(diagnostics_.all()[0].location.line, 2u);
}

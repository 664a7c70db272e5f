//===- compile_test.cpp - The pipeline up to an object --------------------===//
//
// Objects need no runtime; executables are made and run by the end-to-end
// tests.
//
//===----------------------------------------------------------------------===//

#include "driver/build_info.h"
#include "driver/compile.h"
#include "temporary_folder.h"

#include "llvm/Object/ObjectFile.h"

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
  EXPECT_NE(info->find("\"optLevel\":\"1\""), std::string::npos) << *info;
}

TEST_F(Compile, GivesTheSameBytesWithAnyNumberOfThreads) {
  request_.threadCount = 1;
  ASSERT_TRUE(compileTo("one.o", EmitKind::Object)) << onlyMessage();
  request_.threadCount = 5;
  ASSERT_TRUE(compileTo("five.o", EmitKind::Object)) << onlyMessage();
  EXPECT_FALSE(folder_.read("one.o").empty());
  EXPECT_EQ(folder_.read("one.o"), folder_.read("five.o"));
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

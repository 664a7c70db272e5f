#include "driver/compile.h"
#include "temporary_folder.h"

using namespace wrought;
using namespace wrought::driver;

namespace {

class ReadInput : public testing::Test {
protected:
  /// The only error that reading and validating `path` gives.
  std::string error(llvm::StringRef path) {
    Diagnostics diagnostics;
    const auto input = readInput(path, diagnostics);
    if (input) {
      EXPECT_FALSE(loadModule(*input, {}, diagnostics)) << path.str();
    }
    EXPECT_EQ(diagnostics.errorCount(), 1u) << path.str();
    return diagnostics.all().empty() ? "" : diagnostics.all()[0].message;
  }

  test::TemporaryFolder folder_;
};

} // namespace

TEST_F(ReadInput, SaysThatAFileIsMissing) {
  const std::string path = folder_.path("none.wasm");
  EXPECT_EQ(error(path),
            "cannot read '" + path + "': No such file or directory");
}

TEST_F(ReadInput, SaysThatItIsADirectory) {
  const std::string path = folder_.path("");
  EXPECT_EQ(error(path), "cannot read '" + path + "': Is a directory");
}

TEST_F(ReadInput, RefusesEndlessFiles) {
  if (!llvm::sys::fs::exists("/dev/zero"))
    GTEST_SKIP() << "no /dev/zero";
  const std::string path = folder_.write("large.wasm", "");
  int descriptor = -1;
  ASSERT_FALSE(llvm::sys::fs::openFileForReadWrite(
      path, descriptor, llvm::sys::fs::CD_OpenExisting,
      llvm::sys::fs::OF_None));
  ASSERT_FALSE(llvm::sys::fs::resize_file(descriptor, (1ull << 30) + 1));
  llvm::sys::fs::closeFile(descriptor);
  EXPECT_EQ(error(path),
            "cannot read '" + path + "': larger than a module may be (1 GiB)");
}

TEST_F(ReadInput, TellsForeignFilesApart) {
  const std::string elf = error(folder_.write("a", "\x7f"
                                                   "ELF\x02\x01\x01"));
  const std::string empty = error(folder_.write("b", ""));
  const std::string prose = error(folder_.write("c", "Dear reader,\n"));
  const std::string component =
      error(folder_.write("d", llvm::StringRef("\0asm\x0d\0\1\0", 8)));
  EXPECT_NE(llvm::StringRef(elf).find("ELF"), llvm::StringRef::npos) << elf;
  EXPECT_NE(llvm::StringRef(empty).find("empty"), llvm::StringRef::npos)
      << empty;
  EXPECT_NE(llvm::StringRef(prose).find("text"), llvm::StringRef::npos)
      << prose;
  EXPECT_NE(llvm::StringRef(component).find("component"), llvm::StringRef::npos)
      << component;
}

TEST_F(ReadInput, GoesByContentNotByName) {
  Diagnostics diagnostics;
  const auto text = readInput(
      folder_.write("a.wasm", "\n ;; a comment\n(module)"), diagnostics);
  ASSERT_TRUE(text);
  EXPECT_TRUE(text->binary);
  const auto binary = readInput(
      folder_.write("b.wat", llvm::StringRef("\0asm\1\0\0\0", 8)), diagnostics);
  ASSERT_TRUE(binary);
  EXPECT_FALSE(binary->binary);
  EXPECT_TRUE(loadModule(*text, {}, diagnostics));
  EXPECT_TRUE(loadModule(*binary, {}, diagnostics));
}

TEST_F(ReadInput, LocatesErrorsInTheText) {
  Diagnostics diagnostics;
  const auto input = readInput(
      folder_.write("a.wat",
                    "(module\n  (func (result i32)\n    i64.const 0))"),
      diagnostics);
  ASSERT_TRUE(input);
  EXPECT_FALSE(loadModule(*input, {}, diagnostics));
  ASSERT_FALSE(diagnostics.all().empty());
  const Location &location = diagnostics.all()[0].location;
  EXPECT_TRUE(location.line);
  EXPECT_FALSE(location.byteOffset);
}

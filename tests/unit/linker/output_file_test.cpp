#include "linker/output_file.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <csignal>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace wrought;
using namespace wrought::linker;

namespace fs = llvm::sys::fs;

namespace {

class OutputFile : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("wrought-output", folder_));
  }
  void TearDown() override { fs::remove_directories(folder_); }
  std::string path(llvm::StringRef name) const {
    return (folder_ + "/" + name).str();
  }
  std::string onlyMessage() const {
    EXPECT_EQ(diagnostics_.all().size(), 1u);
    return diagnostics_.all().empty() ? "" : diagnostics_.all()[0].message;
  }

  llvm::SmallString<128> folder_;
  Diagnostics diagnostics_;
  std::error_code error_;
};

constexpr char Bytes[] = {'a', '\0', '\n'};

} // namespace

TEST_F(OutputFile, HoldsWhatWasWritten) {
  ASSERT_TRUE(writeFile(path("out"), Bytes, diagnostics_));
  auto buffer = llvm::MemoryBuffer::getFile(path("out"));
  ASSERT_TRUE(buffer);
  EXPECT_EQ((*buffer)->getBuffer(), llvm::StringRef("a\0\n", 3));
}

TEST_F(OutputFile, ReplacesTheOldFileWithoutChangingIt) {
  ASSERT_TRUE(writeFile(path("out"), {'o', 'l', 'd'}, diagnostics_));
  ASSERT_FALSE(fs::create_hard_link(path("out"), path("other name")));
  ASSERT_TRUE(writeFile(path("out"), Bytes, diagnostics_));
  auto buffer = llvm::MemoryBuffer::getFile(path("other name"));
  ASSERT_TRUE(buffer);
  EXPECT_EQ((*buffer)->getBuffer(), "old");
}

TEST_F(OutputFile, SaysThatADirectoryIsInTheWay) {
  EXPECT_FALSE(checkWritable(folder_, diagnostics_));
  EXPECT_EQ(onlyMessage(),
            ("cannot write '" + folder_ + "': Is a directory").str());
}

TEST_F(OutputFile, SaysThatTheFolderIsMissing) {
  EXPECT_FALSE(checkWritable(path("no/out"), diagnostics_));
  EXPECT_EQ(onlyMessage(),
            "cannot write '" + path("no/out") + "': No such file or directory");
}

TEST_F(OutputFile, SaysThatTheFolderIsAFile) {
  ASSERT_TRUE(writeFile(path("file"), Bytes, diagnostics_));
  EXPECT_FALSE(checkWritable(path("file/out"), diagnostics_));
  EXPECT_EQ(onlyMessage(),
            "cannot write '" + path("file/out") + "': Not a directory");
}

TEST_F(OutputFile, SaysThatTheFolderIsNotWritable) {
  if (geteuid() == 0)
    GTEST_SKIP() << "root may write anywhere";
  ASSERT_FALSE(fs::create_directory(path("locked"), false, fs::owner_read));
  EXPECT_FALSE(checkWritable(path("locked/out"), diagnostics_));
  EXPECT_NE(onlyMessage().find("Permission denied"), std::string::npos);
}

TEST_F(OutputFile, ReportsAFullDevice) {
  if (!fs::exists("/dev/full"))
    GTEST_SKIP() << "no /dev/full";
  EXPECT_TRUE(isWrittenInPlace("/dev/full"));
  EXPECT_FALSE(writeFile("/dev/full", Bytes, diagnostics_));
  EXPECT_EQ(onlyMessage(), "cannot write '/dev/full': No space left on device");
}

TEST_F(OutputFile, RemovesATemporaryFile) {
  std::string name;
  {
    TemporaryFile file;
    int descriptor = -1;
    ASSERT_FALSE(file.create(path("x"), ".tmp", 0600, descriptor));
    close(descriptor);
    name = file.name();
    EXPECT_TRUE(fs::exists(name));
  }
  EXPECT_FALSE(fs::exists(name));
}

TEST_F(OutputFile, RemovesATemporaryFileOnASignal) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    TemporaryFile file;
    int descriptor = -1;
    if (file.create(path("x"), ".tmp", 0600, descriptor))
      _exit(1);
    raise(SIGTERM);
    _exit(2);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) << status;
  EXPECT_TRUE(fs::directory_iterator(folder_, error_) ==
              fs::directory_iterator());
}

//===- temporary_folder.h - Files for a test, gone after it ---------------===//
#pragma once

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <string>

namespace wrought::test {

class TemporaryFolder {
public:
  TemporaryFolder() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("wrought-test", folder_));
  }
  ~TemporaryFolder() { llvm::sys::fs::remove_directories(folder_); }

  std::string path(llvm::StringRef name) const {
    return (folder_ + "/" + name).str();
  }
  std::string write(llvm::StringRef name, llvm::StringRef bytes) const {
    std::error_code error;
    llvm::raw_fd_ostream out(path(name), error);
    EXPECT_FALSE(error) << error.message();
    out << bytes;
    return path(name);
  }
  std::string read(llvm::StringRef name) const {
    auto buffer = llvm::MemoryBuffer::getFile(path(name));
    return buffer ? (*buffer)->getBuffer().str() : "";
  }
  size_t fileCount() const {
    std::error_code error;
    size_t count = 0;
    for (llvm::sys::fs::directory_iterator it(folder_, error), end;
         it != end && !error; it.increment(error))
      ++count;
    return count;
  }

private:
  llvm::SmallString<128> folder_;
};

} // namespace wrought::test

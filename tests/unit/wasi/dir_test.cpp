//===- dir_test.cpp - fd_readdir ------------------------------------------===//
#include "guest.h"

#include <map>
#include <sys/stat.h>

namespace wrought::wasi {

namespace {

struct Entry {
  uint64_t next;
  uint64_t inode;
  FileType type;
};

class ReadDirectory : public Guest {
protected:
  void SetUp() override {
    Guest::SetUp();
    std::filesystem::create_directories(host("grant/many/inner"));
    for (int number = 0; number != 300; ++number)
      makeHostFile("grant/many/file-" + std::to_string(number) +
                       std::string(static_cast<size_t>(number % 40), 'x'),
                   "");
    std::filesystem::create_symlink("inner", host("grant/many/link"));
    fd_ = mustOpen("many", rights::directory, oflagDirectory);
  }

  /// Reads from the cookie on with a buffer of the length; whole entries only.
  uint32_t readSome(uint32_t length, uint64_t cookie,
                    std::map<std::string, Entry> &entries, uint64_t &last) {
    memset(memory() + dataAt, 0xee, length + 8);
    EXPECT_EQ(wrought_wasi_fd_readdir(fd_, dataAt, length, cookie, resultAt),
              Errno::Success);
    auto used = at<uint32_t>(resultAt);
    EXPECT_LE(used, length);
    EXPECT_EQ(at<uint64_t>(dataAt + length), 0xeeeeeeeeeeeeeeeeull);
    for (uint32_t offset = dataAt;
         offset + dirent::byteLength <= dataAt + used;) {
      auto nameLength = at<uint32_t>(offset + dirent::namlen);
      if (offset + dirent::byteLength + nameLength > dataAt + used)
        break;
      std::string name = text(offset + dirent::byteLength, nameLength);
      EXPECT_EQ(entries.count(name), 0u) << name;
      last = at<uint64_t>(offset + dirent::next);
      entries[name] = {last, at<uint64_t>(offset + dirent::ino),
                       at<FileType>(offset + dirent::type)};
      offset += dirent::byteLength + nameLength;
    }
    return used;
  }

  std::map<std::string, Entry> readAll(uint32_t length) {
    std::map<std::string, Entry> entries;
    uint64_t cookie = 0;
    while (readSome(length, cookie, entries, cookie) == length) {
    }
    return entries;
  }

  uint32_t fd_ = 0;
};

TEST_F(ReadDirectory, AnyBufferThatHoldsAnEntryReadsAll) {
  for (uint32_t length : {100u, 101u, 128u, 333u, 1000u, 4096u, 20000u}) {
    std::map<std::string, Entry> entries = readAll(length);
    EXPECT_EQ(entries.size(), 304u) << length;
    EXPECT_EQ(entries.count("."), 1u);
    EXPECT_EQ(entries.count(".."), 1u);
  }
}

TEST_F(ReadDirectory, EntriesSayWhatTheyAre) {
  std::map<std::string, Entry> entries = readAll(4096);
  EXPECT_EQ(entries["inner"].type, FileType::Directory);
  EXPECT_EQ(entries["link"].type, FileType::SymbolicLink);
  EXPECT_EQ(entries["file-0"].type, FileType::RegularFile);
  struct stat status;
  ASSERT_EQ(stat(host("grant/many/file-0").c_str(), &status), 0);
  EXPECT_EQ(entries["file-0"].inode, status.st_ino);
  for (const auto &[name, entry] : entries)
    EXPECT_NE(entry.inode, 0u) << name;
}

TEST_F(ReadDirectory, CookiesGoOnAndStartAgain) {
  std::map<std::string, Entry> all = readAll(4096);
  std::map<std::string, Entry> first, rest;
  uint64_t last = 0;
  readSome(500, 0, first, last);
  ASSERT_LT(first.size(), all.size());
  while (readSome(4096, last, rest, last) == 4096) {
  }
  EXPECT_EQ(first.size() + rest.size(), all.size());
  for (const auto &[name, entry] : first)
    EXPECT_EQ(rest.count(name), 0u) << name;
  makeHostFile("grant/many/added", "");
  EXPECT_EQ(readAll(4096).size(), all.size() + 1);
}

TEST_F(ReadDirectory, CutsEntriesAtTheEnd) {
  for (uint32_t length : {0u, 1u, 23u, 24u, 25u}) {
    EXPECT_EQ(wrought_wasi_fd_readdir(fd_, dataAt, length, 0, resultAt),
              Errno::Success);
    EXPECT_EQ(at<uint32_t>(resultAt), length);
  }
}

TEST_F(ReadDirectory, Errors) {
  uint32_t file = mustOpen("file", rights::file & ~rights::fdWrite);
  EXPECT_EQ(wrought_wasi_fd_readdir(file, dataAt, 100, 0, resultAt),
            Errno::Notdir);
  EXPECT_EQ(wrought_wasi_fd_readdir(77, dataAt, 100, 0, resultAt), Errno::Badf);
  EXPECT_EQ(wrought_wasi_fd_readdir(fd_, dataAt, 100, UINT64_MAX, resultAt),
            Errno::Inval);
  EXPECT_EQ(wrought_wasi_fd_fdstat_set_rights(fd_, 0, 0), Errno::Success);
  EXPECT_EQ(wrought_wasi_fd_readdir(fd_, dataAt, 100, 0, resultAt),
            Errno::Notcapable);
}

} // namespace
} // namespace wrought::wasi

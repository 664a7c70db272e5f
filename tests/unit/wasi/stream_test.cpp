//===- stream_test.cpp - What the standard streams are --------------------===//
#include "guest.h"

#include "core/vdso.h"

#include <ctime>
#include <set>
#include <sys/auxv.h>

namespace wrought::wasi {

namespace {

class Streams : public Guest {
protected:
  /// As --stdin, --stdout and --stderr say; null for nothing.
  void configure(const char *in, const char *out, const char *error) {
    texts_[0] = in ? in : "";
    texts_[1] = out ? out : "";
    texts_[2] = error ? error : "";
    const char *given[] = {in, out, error};
    for (int number = 0; number != 3; ++number)
      pointers_[number] = given[number] ? texts_[number].data() : nullptr;
    wrought_config.streams = pointers_;
  }

  std::string texts_[3];
  void *pointers_[3];
};

TEST_F(Streams, FilesAreReadAndWritten) {
  makeHostFile("in", "input");
  makeHostFile("out", "something old that is longer");
  std::string out = host("out");
  configure(host("in").c_str(), out.c_str(), out.c_str());
  std::string contents;
  EXPECT_EQ(read(0, 100, contents), Errno::Success);
  EXPECT_EQ(contents, "input");
  // Both in one file, one behind the other.
  EXPECT_EQ(write(1, "one "), Errno::Success);
  EXPECT_EQ(write(2, "two "), Errno::Success);
  EXPECT_EQ(write(1, "three"), Errno::Success);
  EXPECT_EQ(hostFile("out"), "one two three");
  EXPECT_EQ(write(0, "x"), Errno::Notcapable);
  // What came in for reading is not changed in any way.
  EXPECT_EQ(wrought_wasi_fd_filestat_set_times(0, 0, 0, fstflagMtim),
            Errno::Notcapable);
  EXPECT_EQ(wrought_wasi_fd_filestat_set_size(0, 0), Errno::Notcapable);
  EXPECT_EQ(wrought_wasi_fd_filestat_set_size(1, 3), Errno::Success);
  EXPECT_EQ(hostFile("out"), "one");
}

TEST_F(Streams, NullReadsNothingAndSwallowsAll) {
  configure("null", "null", "inherit");
  std::string contents;
  EXPECT_EQ(read(0, 100, contents), Errno::Success);
  EXPECT_EQ(contents, "");
  EXPECT_EQ(write(1, "gone"), Errno::Success);
}

TEST_F(Streams, TheStartWinsOverTheBuild) {
  configure(nullptr, "/nonexistent/x", nullptr);
  EXPECT_EXIT(write(1, "x"), testing::ExitedWithCode(1),
              "cannot open granted stream '/nonexistent/x': No such file");
  std::string variable = "WROUGHT_GRANTS=stdout=" + host("late").string();
  char *environment[] = {variable.data(), nullptr};
  process.environment = environment;
  EXPECT_EQ(write(1, "late"), Errno::Success);
  EXPECT_EQ(hostFile("late"), "late");
  process.isPrivileged = true;
  restart();
  EXPECT_EXIT(write(1, "x"), testing::ExitedWithCode(1), "nonexistent");
  process.isPrivileged = false;
}

TEST(Vdso, ReadsTheClock) {
  auto *image = reinterpret_cast<const void *>(getauxval(AT_SYSINFO_EHDR));
  EXPECT_EQ(findVdsoFunction(nullptr, "x"), 0u);
  if (image == nullptr)
    GTEST_SKIP() << "the kernel maps no vDSO";
  EXPECT_EQ(findVdsoFunction(image, "no_such_function"), 0u);
  uintptr_t address = findVdsoFunction(image, arch::vdsoClockGettime);
  ASSERT_NE(address, 0u);
  timespec before, read, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  ASSERT_EQ(reinterpret_cast<int (*)(int, timespec *)>(address)(CLOCK_MONOTONIC,
                                                                &read),
            0);
  clock_gettime(CLOCK_MONOTONIC, &after);
  auto order = [](const timespec &time) {
    return time.tv_sec * 1000000000ll + time.tv_nsec;
  };
  EXPECT_LE(order(before), order(read));
  EXPECT_LE(order(read), order(after));
}

// More than is read ahead, through a small buffer that cuts entries off.
TEST_F(Guest, LargeDirectoriesShowEachNameOnce) {
  std::set<std::string> names = {".", ".."};
  std::filesystem::create_directory(host("grant/many"));
  for (int number = 0; number != 900; ++number) {
    std::string name = "name-of-an-entry-" + std::to_string(number);
    makeHostFile("grant/many/" + name, "");
    names.insert(name);
  }
  uint32_t fd = mustOpen("many", rights::directory, oflagDirectory);
  auto readAll = [&](uint32_t length) {
    std::multiset<std::string> found;
    uint64_t cookie = 0;
    for (;;) {
      EXPECT_EQ(wrought_wasi_fd_readdir(fd, dataAt, length, cookie, resultAt),
                Errno::Success);
      uint32_t used = at<uint32_t>(resultAt), offset = 0;
      while (offset + dirent::byteLength <= used) {
        uint32_t nameLength = at<uint32_t>(dataAt + offset + dirent::namlen);
        if (offset + dirent::byteLength + nameLength > used)
          break;
        EXPECT_NE(at<uint64_t>(dataAt + offset + dirent::ino), 0u);
        cookie = at<uint64_t>(dataAt + offset + dirent::next);
        found.insert(text(dataAt + offset + dirent::byteLength, nameLength));
        offset += dirent::byteLength + nameLength;
      }
      if (used < length)
        return found;
    }
  };
  for (uint32_t length : {100u, 1000u, 4096u}) {
    auto found = readAll(length);
    EXPECT_EQ(found.size(), names.size()) << length;
    EXPECT_EQ(std::set(found.begin(), found.end()), names);
  }
  // From the start on, changes show.
  makeHostFile("grant/many/late", "");
  names.insert("late");
  EXPECT_EQ(readAll(512).size(), names.size());
}

} // namespace
} // namespace wrought::wasi

//===- unstable_test.cpp - What wasi_unstable has in another form ---------===//
#include "guest.h"

#include <sys/stat.h>
#include <unistd.h>

namespace wrought::wasi {

namespace {

TEST_F(Guest, UnstableSeekCountsOtherwise) {
  uint32_t fd = mustOpen("file", rights::file);
  auto seek = [&](int64_t offset, uint32_t whence) {
    EXPECT_EQ(wrought_wasi_unstable_fd_seek(fd, static_cast<uint64_t>(offset),
                                            whence, resultAt),
              Errno::Success);
    return at<uint64_t>(resultAt);
  };
  EXPECT_EQ(seek(4, unstableWhenceSet), 4u);
  EXPECT_EQ(seek(-1, unstableWhenceCur), 3u);
  EXPECT_EQ(seek(0, unstableWhenceEnd), 6u);
  EXPECT_EQ(wrought_wasi_unstable_fd_seek(fd, 0, 3, resultAt), Errno::Inval);
}

TEST_F(Guest, UnstableStatusIsShorter) {
  struct stat status;
  ASSERT_EQ(stat(host("grant/file").c_str(), &status), 0);
  auto check = [&] {
    EXPECT_EQ(at<uint64_t>(dataAt + filestat::ino), status.st_ino);
    EXPECT_EQ(at<uint8_t>(dataAt + filestat::filetype),
              static_cast<uint8_t>(FileType::RegularFile));
    EXPECT_EQ(at<uint32_t>(dataAt + unstableFilestat::nlink), 1u);
    EXPECT_EQ(at<uint64_t>(dataAt + unstableFilestat::size), 6u);
    EXPECT_EQ(at<uint64_t>(dataAt + unstableFilestat::mtim),
              status.st_mtim.tv_sec * 1000000000ull + status.st_mtim.tv_nsec);
    EXPECT_EQ(at<uint64_t>(dataAt + unstableFilestat::byteLength), ~0ull);
    memset(memory() + dataAt, 0xff, 64);
  };
  memset(memory() + dataAt, 0xff, 64);
  GuestString name = string("file");
  ASSERT_EQ(
      wrought_wasi_unstable_path_filestat_get(
          grantFd, lookupSymlinkFollow, name.pointer, name.length, dataAt),
      Errno::Success);
  check();
  uint32_t fd = mustOpen("file", rights::file);
  ASSERT_EQ(wrought_wasi_unstable_fd_filestat_get(fd, dataAt), Errno::Success);
  check();
  const uint32_t last = memoryByteLength - unstableFilestat::byteLength;
  EXPECT_EQ(wrought_wasi_unstable_fd_filestat_get(fd, last), Errno::Success);
  EXPECT_EQ(wrought_wasi_unstable_fd_filestat_get(fd, last + 1), Errno::Fault);
}

TEST_F(Guest, UnstableSubscriptionsHaveAnIdentifier) {
  // A clock that is over and, behind it, a file that can be read.
  put<uint64_t>(dataAt, 11);
  put<uint8_t>(dataAt + subscription::tag, 0);
  put<uint64_t>(dataAt + 16, 99); // the identifier
  put<uint32_t>(dataAt + unstableSubscription::clockId, 1);
  put<uint64_t>(dataAt + unstableSubscription::clockTimeout, 1);
  put<uint16_t>(dataAt + unstableSubscription::clockFlags, 0);
  const uint32_t second = dataAt + unstableSubscription::byteLength;
  put<uint64_t>(second, 22);
  put<uint8_t>(second + subscription::tag, 1);
  put<uint32_t>(second + subscription::fd, mustOpen("file", rights::file));
  usleep(1);
  ASSERT_EQ(
      wrought_wasi_unstable_poll_oneoff(dataAt, dataAt + 1024, 2, resultAt),
      Errno::Success);
  uint32_t count = at<uint32_t>(resultAt);
  ASSERT_GE(count, 1u);
  uint32_t event = dataAt + 1024 + (count - 1) * event::byteLength;
  EXPECT_EQ(at<uint64_t>(event + event::userdata), 22u);
  EXPECT_EQ(at<uint16_t>(event + event::error), 0u);
  EXPECT_EQ(at<uint64_t>(event + event::nbytes), 6u);
}

} // namespace
} // namespace wrought::wasi

//===- fd_test.cpp - Calls on one descriptor ------------------------------===//
#include "guest.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace wrought::wasi {

namespace {

constexpr uint64_t all = rights::file;

class Descriptors : public Guest {
protected:
  Errno seek(uint32_t fd, int64_t offset, uint32_t whence) {
    return wrought_wasi_fd_seek(fd, static_cast<uint64_t>(offset), whence,
                                resultAt);
  }
  uint64_t fileSize(uint32_t fd) {
    EXPECT_EQ(wrought_wasi_fd_filestat_get(fd, dataAt), Errno::Success);
    return at<uint64_t>(dataAt + filestat::size);
  }
};

TEST_F(Descriptors, ReadWriteSeekTell) {
  uint32_t fd = mustOpen("new", all, oflagCreat);
  uint32_t written;
  EXPECT_EQ(write(fd, "0123456789", &written), Errno::Success);
  EXPECT_EQ(written, 10u);
  EXPECT_EQ(seek(fd, -4, whenceEnd), Errno::Success);
  EXPECT_EQ(at<uint64_t>(resultAt), 6u);
  std::string contents;
  EXPECT_EQ(read(fd, 2, contents), Errno::Success);
  EXPECT_EQ(contents, "67");
  EXPECT_EQ(wrought_wasi_fd_tell(fd, resultAt), Errno::Success);
  EXPECT_EQ(at<uint64_t>(resultAt), 8u);
  EXPECT_EQ(seek(fd, -1, whenceSet), Errno::Inval);
  EXPECT_EQ(seek(fd, 0, 3), Errno::Inval);
  EXPECT_EQ(seek(fd, 0, 256), Errno::Inval);
  EXPECT_EQ(seek(grantFd, 0, whenceCur), Errno::Badf);
  EXPECT_EQ(wrought_wasi_fd_tell(grantFd, resultAt), Errno::Badf);
}

TEST_F(Descriptors, ManyBuffersEmptyOnesAmongThem) {
  uint32_t fd = mustOpen("new", all, oflagCreat);
  const uint32_t count = 3000;
  std::string expected;
  for (uint32_t index = 0; index != count; ++index) {
    uint32_t length = index % 3;
    uint32_t place = 30000 + index % 7;
    put<uint32_t>(index * 8, place);
    put<uint32_t>(index * 8 + 4, length);
    memory()[place] = memory()[place + 1] = 'a';
    expected += std::string(length, 'a');
  }
  ASSERT_EQ(wrought_wasi_fd_write(fd, 0, count, 60000), Errno::Success);
  EXPECT_EQ(at<uint32_t>(60000), expected.size());
  EXPECT_EQ(hostFile("grant/new"), expected);
  ASSERT_EQ(wrought_wasi_fd_pwrite(fd, 0, count, 5, 60000), Errno::Success);
  EXPECT_EQ(at<uint32_t>(60000), expected.size());
  EXPECT_EQ(fileSize(fd), expected.size() + 5);
  // A leading run of empty buffers is no end of file.
  memset(memory(), 0, count * 8);
  put<uint32_t>((count - 1) * 8, 50000);
  put<uint32_t>((count - 1) * 8 + 4, 100);
  ASSERT_EQ(wrought_wasi_fd_pread(fd, 0, count, 0, 60000), Errno::Success);
  EXPECT_EQ(at<uint32_t>(60000), 100u);
  ASSERT_EQ(wrought_wasi_fd_write(fd, 0, 0, 60000), Errno::Success);
  EXPECT_EQ(at<uint32_t>(60000), 0u);
}

TEST_F(Descriptors, PositionedCallsLeaveThePosition) {
  uint32_t fd = mustOpen("file", all);
  put<uint32_t>(0, dataAt);
  put<uint32_t>(4, 3);
  ASSERT_EQ(wrought_wasi_fd_pread(fd, 0, 1, 2, resultAt), Errno::Success);
  EXPECT_EQ(text(dataAt, 3), "llo");
  ASSERT_EQ(wrought_wasi_fd_pwrite(fd, 0, 1, 0, resultAt), Errno::Success);
  EXPECT_EQ(hostFile("grant/file"), "llolo\n");
  ASSERT_EQ(wrought_wasi_fd_tell(fd, resultAt), Errno::Success);
  EXPECT_EQ(at<uint64_t>(resultAt), 0u);
  EXPECT_EQ(wrought_wasi_fd_pread(fd, 0, 1, UINT64_MAX, resultAt),
            Errno::Inval);
  EXPECT_EQ(wrought_wasi_fd_pwrite(fd, 0, 1, uint64_t{1} << 63, resultAt),
            Errno::Inval);
}

TEST_F(Descriptors, ReadAndWriteNeedTheirRight) {
  uint32_t reads = mustOpen("file", rights::fdRead);
  uint32_t writes = mustOpen("file", rights::fdWrite);
  std::string contents;
  EXPECT_EQ(write(reads, "x"), Errno::Notcapable);
  EXPECT_EQ(read(writes, 1, contents), Errno::Notcapable);
  EXPECT_EQ(read(grantFd, 1, contents), Errno::Notcapable);
  EXPECT_EQ(write(grantFd, "x"), Errno::Notcapable);
  EXPECT_EQ(read(12345, 1, contents), Errno::Badf);
  EXPECT_EQ(read(UINT32_MAX, 1, contents), Errno::Badf);
  EXPECT_EQ(wrought_wasi_fd_fdstat_set_rights(reads, 0, 0), Errno::Success);
  EXPECT_EQ(read(reads, 1, contents), Errno::Notcapable);
  EXPECT_EQ(wrought_wasi_fd_fdstat_set_rights(reads, rights::fdRead, 0),
            Errno::Notcapable);
}

TEST_F(Descriptors, Flags) {
  uint32_t fd = mustOpen("file", all, 0, fdflagAppend | fdflagSync);
  ASSERT_EQ(wrought_wasi_fd_fdstat_get(fd, dataAt), Errno::Success);
  EXPECT_EQ(at<uint16_t>(dataAt + fdstat::flags), fdflagAppend | fdflagSync);
  EXPECT_EQ(at<FileType>(dataAt), FileType::RegularFile);
  EXPECT_EQ(write(fd, "more"), Errno::Success);
  EXPECT_EQ(hostFile("grant/file"), "hello\nmore");
  EXPECT_EQ(wrought_wasi_fd_fdstat_set_flags(fd, fdflagSync), Errno::Success);
  EXPECT_EQ(seek(fd, 0, whenceSet), Errno::Success);
  EXPECT_EQ(write(fd, "HELLO"), Errno::Success);
  EXPECT_EQ(hostFile("grant/file"), "HELLO\nmore");
  EXPECT_EQ(wrought_wasi_fd_fdstat_set_flags(fd, fdflagDsync), Errno::Inval);
  EXPECT_EQ(wrought_wasi_fd_fdstat_set_flags(fd, 32), Errno::Inval);
  ASSERT_EQ(wrought_wasi_fd_fdstat_get(grantFd, dataAt), Errno::Success);
  EXPECT_EQ(at<uint16_t>(dataAt + fdstat::flags), 0u);
  EXPECT_EQ(at<FileType>(dataAt), FileType::Directory);
  EXPECT_EQ(at<uint64_t>(dataAt + fdstat::rightsBase) &
                (rights::position | rights::fdFilestatSetSize),
            0u);
}

TEST_F(Descriptors, SizesTimesAndAdvice) {
  uint32_t fd = mustOpen("file", all);
  EXPECT_EQ(wrought_wasi_fd_filestat_set_size(fd, 100), Errno::Success);
  EXPECT_EQ(fileSize(fd), 100u);
  EXPECT_EQ(wrought_wasi_fd_filestat_set_size(fd, UINT64_MAX), Errno::Inval);
  EXPECT_EQ(wrought_wasi_fd_allocate(fd, 90, 20), Errno::Success);
  EXPECT_EQ(fileSize(fd), 110u);
  EXPECT_EQ(wrought_wasi_fd_allocate(fd, 0, 0), Errno::Inval);
  EXPECT_EQ(wrought_wasi_fd_allocate(fd, UINT64_MAX, 1), Errno::Inval);
  EXPECT_EQ(wrought_wasi_fd_allocate(grantFd, 0, 1), Errno::Notcapable);
  EXPECT_EQ(wrought_wasi_fd_filestat_set_times(fd, 1500000000, 2000000001,
                                               fstflagAtim | fstflagMtim),
            Errno::Success);
  ASSERT_EQ(wrought_wasi_fd_filestat_get(fd, dataAt), Errno::Success);
  EXPECT_EQ(at<uint64_t>(dataAt + filestat::atim), 1500000000u);
  EXPECT_EQ(at<uint64_t>(dataAt + filestat::mtim), 2000000001u);
  EXPECT_EQ(at<uint64_t>(dataAt + filestat::nlink), 1u);
  EXPECT_EQ(at<FileType>(dataAt + filestat::filetype), FileType::RegularFile);
  EXPECT_EQ(wrought_wasi_fd_filestat_set_times(fd, 9, 9, fstflagMtimNow),
            Errno::Success);
  ASSERT_EQ(wrought_wasi_fd_filestat_get(fd, dataAt), Errno::Success);
  EXPECT_EQ(at<uint64_t>(dataAt + filestat::atim), 1500000000u);
  EXPECT_GT(at<uint64_t>(dataAt + filestat::mtim), 1000000000000000000u);
  for (uint32_t flags : {3u, 12u, 15u, 16u})
    EXPECT_EQ(wrought_wasi_fd_filestat_set_times(fd, 0, 0, flags),
              Errno::Inval);
  for (uint32_t advice = 0; advice != 6; ++advice)
    EXPECT_EQ(wrought_wasi_fd_advise(fd, 0, 10, advice), Errno::Success);
  EXPECT_EQ(wrought_wasi_fd_advise(fd, 0, 10, 6), Errno::Inval);
  EXPECT_EQ(wrought_wasi_fd_advise(fd, UINT64_MAX, 10, 0), Errno::Inval);
  EXPECT_EQ(wrought_wasi_fd_advise(grantFd, 0, 10, 0), Errno::Badf);
  EXPECT_EQ(wrought_wasi_fd_sync(fd), Errno::Success);
  EXPECT_EQ(wrought_wasi_fd_datasync(fd), Errno::Success);
}

TEST_F(Descriptors, LowestFreeNumberIsTaken) {
  uint32_t first = mustOpen("file", all);
  uint32_t second = mustOpen("file", all);
  EXPECT_EQ(first, firstFreeFd);
  EXPECT_EQ(second, firstFreeFd + 1);
  EXPECT_EQ(wrought_wasi_fd_close(first), Errno::Success);
  EXPECT_EQ(wrought_wasi_fd_close(first), Errno::Badf);
  EXPECT_EQ(mustOpen("file", all), first);
  EXPECT_EQ(wrought_wasi_fd_close(grantFd), Errno::Success);
  uint32_t fd;
  EXPECT_EQ(open(readOnlyFd, "file", 0, rights::fdRead, fd), Errno::Success);
  EXPECT_EQ(fd, grantFd);
  EXPECT_EQ(wrought_wasi_fd_prestat_get(grantFd, dataAt), Errno::Badf);
}

TEST_F(Descriptors, Renumber) {
  uint32_t from = mustOpen("file", all);
  uint32_t to = mustOpen("sub/deep", all);
  int closed = theState.descriptors.find(to)->hostFd;
  EXPECT_EQ(wrought_wasi_fd_renumber(from, to), Errno::Success);
  EXPECT_EQ(fcntl(closed, F_GETFD), -1);
  std::string contents;
  EXPECT_EQ(read(to, 100, contents), Errno::Success);
  EXPECT_EQ(contents, "hello\n");
  EXPECT_EQ(read(from, 100, contents), Errno::Badf);
  EXPECT_EQ(wrought_wasi_fd_renumber(to, from), Errno::Badf);
  EXPECT_EQ(wrought_wasi_fd_renumber(99, to), Errno::Badf);
  EXPECT_EQ(wrought_wasi_fd_renumber(to, to), Errno::Success);
  EXPECT_EQ(wrought_wasi_fd_renumber(to, grantFd), Errno::Success);
  EXPECT_EQ(wrought_wasi_fd_prestat_get(grantFd, dataAt), Errno::Badf);
  EXPECT_EQ(wrought_wasi_fd_renumber(UINT32_MAX, 70000), Errno::Badf);
}

TEST_F(Descriptors, ManyAtOnce) {
  // More than a chunk of the table, fewer than the usual limit of the host.
  std::vector<uint32_t> fds;
  for (uint32_t index = 0; index != 300; ++index) {
    fds.push_back(mustOpen("file", rights::fdRead));
    EXPECT_EQ(fds.back(), firstFreeFd + index);
  }
  for (uint32_t fd : fds)
    EXPECT_EQ(wrought_wasi_fd_close(fd), Errno::Success);
  EXPECT_EQ(mustOpen("file", rights::fdRead), firstFreeFd);
}

TEST_F(Descriptors, Prestat) {
  ASSERT_EQ(wrought_wasi_fd_prestat_get(readOnlyFd, dataAt), Errno::Success);
  EXPECT_EQ(at<uint32_t>(dataAt), 0u);
  EXPECT_EQ(at<uint32_t>(dataAt + prestat::nameLength), 3u);
  EXPECT_EQ(wrought_wasi_fd_prestat_dir_name(readOnlyFd, dataAt, 2),
            Errno::Nametoolong);
  EXPECT_EQ(wrought_wasi_fd_prestat_dir_name(readOnlyFd, dataAt, 10),
            Errno::Success);
  EXPECT_EQ(text(dataAt, 3), "/ro");
  for (uint32_t fd : {0u, 1u, 2u, firstFreeFd, UINT32_MAX})
    EXPECT_EQ(wrought_wasi_fd_prestat_get(fd, dataAt), Errno::Badf);
}

TEST_F(Descriptors, StandardStreamsShowWhatTheyAre) {
  // In another process, whose standard streams can be changed.
  auto check = [&] {
    auto show = [&](uint32_t fd) {
      return wrought_wasi_fd_fdstat_get(fd, dataAt) == Errno::Success;
    };
    auto rightsOf = [&] { return at<uint64_t>(dataAt + fdstat::rightsBase); };
    int pipes[2];
    if (pipe(pipes) != 0)
      return 1;
    dup2(::open(host("grant/file").c_str(), O_RDONLY), 0);
    dup2(pipes[1], 1);
    // A character device, yet no terminal.
    dup2(::open("/dev/null", O_RDWR), 2);
    if (!show(0) || at<FileType>(dataAt) != FileType::RegularFile ||
        (rightsOf() & (rights::position | rights::fdRead | rights::fdWrite)) !=
            (rights::position | rights::fdRead))
      return 2;
    if (!show(1) || at<FileType>(dataAt) != FileType::Unknown ||
        (rightsOf() & (rights::position | rights::fdRead | rights::fdWrite)) !=
            rights::fdWrite)
      return 3;
    if (!show(2) || at<FileType>(dataAt) != FileType::CharacterDevice ||
        (rightsOf() & rights::position) != rights::position)
      return 4;
    std::string contents;
    if (read(0, 3, contents) != Errno::Success || contents != "hel" ||
        seek(0, 1, whenceSet) != Errno::Success ||
        write(0, "x") != Errno::Notcapable || seek(1, 0, 0) != Errno::Spipe)
      return 5;
    return 0;
  };
  EXPECT_EXIT(_exit(check()), testing::ExitedWithCode(0), "");
}

TEST_F(Descriptors, TerminalsHaveNoPosition) {
  auto check = [&] {
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0)
      return 0;
    dup2(terminal, 1);
    if (wrought_wasi_fd_fdstat_get(1, dataAt) != Errno::Success ||
        at<FileType>(dataAt) != FileType::CharacterDevice)
      return 1;
    return (at<uint64_t>(dataAt + fdstat::rightsBase) & rights::position) == 0
               ? 0
               : 2;
  };
  EXPECT_EXIT(_exit(check()), testing::ExitedWithCode(0), "");
}

TEST_F(Descriptors, WhatIsOpenedNeverBecomesAStandardStream) {
  auto check = [&] {
    close(0);
    close(1);
    uint32_t fd;
    if (open(grantFd, "file", 0, all, fd) != Errno::Success)
      return 1;
    if (theState.descriptors.find(fd)->hostFd < 3 ||
        theState.descriptors.find(grantFd)->hostFd < 3)
      return 2;
    return write(1, "x") == Errno::Badf ? 0 : 3;
  };
  EXPECT_EXIT(_exit(check()), testing::ExitedWithCode(0), "");
}

// Whatever the guest has open, its paths can be walked and traps be reported.
TEST_F(Descriptors, SomeOfTheHostsAreOutOfReach) {
  auto check = [&](int limit, int reserved) {
    for (int host = limit - reserved; host != limit; ++host)
      close(host);
    rlimit lower = {static_cast<rlim_t>(limit), static_cast<rlim_t>(limit)};
    setrlimit(RLIMIT_NOFILE, &lower);
    restart();
    theState.openat2 = Openat2::Missing;
    uint32_t fd = 0, last = 0;
    Errno error;
    while ((error = open(grantFd, "file", 0, rights::fdRead, fd)) ==
           Errno::Success)
      last = fd;
    if (error != Errno::Mfile || last == 0)
      return 1;
    for (const char *path : {"file", "sub/deep", "sub/../file"})
      if (open(grantFd, path, 0, rights::fdRead, fd) != Errno::Mfile)
        return 2;
    // Nothing was left behind by the refusals.
    for (int host = limit - reserved; host != limit; ++host)
      if (dup(0) != host)
        return 3;
    for (int host = limit - reserved; host != limit; ++host)
      close(host);
    GuestString path = string("sub/../sub/deep");
    if (wrought_wasi_path_filestat_get(grantFd, 0, path.pointer, path.length,
                                       dataAt) != Errno::Success)
      return 4;
    if (wrought_wasi_fd_close(last) != Errno::Success ||
        open(grantFd, "sub/deep", 0, rights::fdRead, fd) != Errno::Success)
      return 5;
    return open(grantFd, "file", 0, rights::fdRead, fd) == Errno::Mfile ? 0 : 6;
  };
  EXPECT_EXIT(_exit(check(256, 16)), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(_exit(check(1024, 16)), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(_exit(check(40, 10)), testing::ExitedWithCode(0), "");
}

TEST_F(Descriptors, ClosedStandardStreamsAreReused) {
  auto check = [&] {
    if (wrought_wasi_fd_close(0) != Errno::Success)
      return 1;
    uint32_t fd;
    // Grants come from 3 on all the same.
    if (open(grantFd, "file", 0, rights::fdRead, fd) != Errno::Success)
      return 2;
    std::string contents;
    return fd == 0 && read(0, 9, contents) == Errno::Success &&
                   contents == "hello\n"
               ? 0
               : 3;
  };
  EXPECT_EXIT(_exit(check()), testing::ExitedWithCode(0), "");
}

} // namespace
} // namespace wrought::wasi

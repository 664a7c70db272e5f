//===- path_test.cpp - Calls on paths -------------------------------------===//
#include "guest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace wrought::wasi {

namespace {

constexpr uint64_t readWrite = rights::fdRead | rights::fdWrite;

class PathCalls : public GuestEitherWay {
protected:
  Errno makeDirectory(std::string_view path, uint32_t fd = grantFd) {
    auto [pointer, length] = string(path);
    return wrought_wasi_path_create_directory(fd, pointer, length);
  }
  Errno removeDirectory(std::string_view path, uint32_t fd = grantFd) {
    auto [pointer, length] = string(path);
    return wrought_wasi_path_remove_directory(fd, pointer, length);
  }
  Errno unlink(std::string_view path, uint32_t fd = grantFd) {
    auto [pointer, length] = string(path);
    return wrought_wasi_path_unlink_file(fd, pointer, length);
  }
  Errno rename(std::string_view from, std::string_view to,
               uint32_t fromFd = grantFd, uint32_t toFd = grantFd) {
    GuestString source = string(from), target = string(to);
    return wrought_wasi_path_rename(fromFd, source.pointer, source.length, toFd,
                                    target.pointer, target.length);
  }
  Errno hardLink(std::string_view from, std::string_view to,
                 uint32_t fromFd = grantFd, uint32_t toFd = grantFd,
                 uint32_t lookup = 0) {
    GuestString source = string(from), target = string(to);
    return wrought_wasi_path_link(fromFd, lookup, source.pointer, source.length,
                                  toFd, target.pointer, target.length);
  }
  Errno symlink(std::string_view target, std::string_view name,
                uint32_t fd = grantFd) {
    GuestString source = string(target), link = string(name);
    return wrought_wasi_path_symlink(source.pointer, source.length, fd,
                                     link.pointer, link.length);
  }
  Errno readLink(std::string_view path, uint32_t length, std::string &target) {
    auto [pointer, pathLength] = string(path);
    Errno error = wrought_wasi_path_readlink(grantFd, pointer, pathLength,
                                             dataAt, length, resultAt);
    target = text(dataAt, at<uint32_t>(resultAt));
    return error;
  }
};

TEST_P(PathCalls, Directories) {
  EXPECT_EQ(makeDirectory("new"), Errno::Success);
  EXPECT_TRUE(is_directory(host("grant/new")));
  EXPECT_EQ(makeDirectory("new"), Errno::Exist);
  EXPECT_EQ(makeDirectory("new/inner///"), Errno::Success);
  EXPECT_EQ(makeDirectory("."), Errno::Exist);
  EXPECT_EQ(makeDirectory("new/.."), Errno::Exist);
  EXPECT_EQ(makeDirectory(".."), Errno::Notcapable);
  EXPECT_EQ(makeDirectory("missing/new"), Errno::Noent);
  EXPECT_EQ(removeDirectory("new"), Errno::Notempty);
  EXPECT_EQ(removeDirectory("new/inner/"), Errno::Success);
  EXPECT_EQ(removeDirectory("new/."), Errno::Inval);
  EXPECT_EQ(removeDirectory("new"), Errno::Success);
  EXPECT_EQ(removeDirectory("file"), Errno::Notdir);
  EXPECT_EQ(removeDirectory("file/"), Errno::Notdir);
  EXPECT_EQ(removeDirectory("sub/.."), Errno::Inval);
  EXPECT_EQ(removeDirectory("."), Errno::Inval);
}

TEST_P(PathCalls, UnlinkWantsAFile) {
  EXPECT_EQ(unlink("sub"), Errno::Isdir);
  EXPECT_EQ(unlink("sub/"), Errno::Isdir);
  EXPECT_EQ(unlink("file/"), Errno::Notdir);
  EXPECT_EQ(unlink("missing/"), Errno::Noent);
  EXPECT_EQ(unlink("."), Errno::Isdir);
  EXPECT_EQ(unlink("sub/.."), Errno::Isdir);
  EXPECT_EQ(symlink("file", "link"), Errno::Success);
  EXPECT_EQ(unlink("link"), Errno::Success);
  EXPECT_EQ(hostFile("grant/file"), "hello\n");
  EXPECT_EQ(unlink("file"), Errno::Success);
  EXPECT_EQ(unlink("file"), Errno::Noent);
}

TEST_P(PathCalls, Rename) {
  EXPECT_EQ(rename("file", "sub/moved"), Errno::Success);
  EXPECT_EQ(hostFile("grant/sub/moved"), "hello\n");
  EXPECT_EQ(rename("sub/", "renamed"), Errno::Success);
  EXPECT_EQ(rename("renamed", "again/"), Errno::Success);
  EXPECT_EQ(rename("again/", "sub/"), Errno::Success);
  EXPECT_EQ(rename("sub/deep", "target/"), Errno::Notdir);
  EXPECT_EQ(rename("sub/deep/", "target"), Errno::Notdir);
  EXPECT_EQ(rename("missing", "target"), Errno::Noent);
  EXPECT_EQ(rename("sub", "sub/inner"), Errno::Inval);
  EXPECT_EQ(rename("sub/deep", "sub"), Errno::Notempty);
  EXPECT_EQ(rename("sub", "sub/deep"), Errno::Inval);
  EXPECT_EQ(rename("sub", "."), Errno::Busy);
  EXPECT_EQ(hostFile("grant/sub/moved"), "hello\n");
}

TEST_P(PathCalls, HardLinks) {
  EXPECT_EQ(hardLink("file", "sub/second"), Errno::Success);
  EXPECT_EQ(hostFile("grant/sub/second"), "hello\n");
  EXPECT_EQ(hardLink("file", "sub/second"), Errno::Exist);
  EXPECT_EQ(hardLink("file", "third/"), Errno::Noent);
  EXPECT_EQ(hardLink("file", "sub/"), Errno::Exist);
  EXPECT_EQ(hardLink("file/", "third"), Errno::Notdir);
  EXPECT_EQ(hardLink("sub", "third"), Errno::Perm);
  EXPECT_EQ(hardLink("file", "third", grantFd, grantFd, 2), Errno::Inval);
  EXPECT_EQ(symlink("file", "link"), Errno::Success);
  EXPECT_EQ(hardLink("link", "copy-of-link"), Errno::Success);
  EXPECT_TRUE(is_symlink(host("grant/copy-of-link")));
  EXPECT_EQ(hardLink("link", "copy", grantFd, grantFd, lookupSymlinkFollow),
            Errno::Success);
  EXPECT_FALSE(is_symlink(host("grant/copy")));
  EXPECT_EQ(std::filesystem::hard_link_count(host("grant/file")), 3u);
}

TEST_P(PathCalls, SymbolicLinks) {
  EXPECT_EQ(symlink("sub/deep", "link"), Errno::Success);
  EXPECT_EQ(symlink("x", "link"), Errno::Exist);
  EXPECT_EQ(symlink("x", "new/"), Errno::Noent);
  EXPECT_EQ(symlink("x", "sub/"), Errno::Exist);
  EXPECT_EQ(symlink("x", "sub/.."), Errno::Exist);
  EXPECT_EQ(symlink("/etc/passwd", "absolute"), Errno::Notcapable);
  EXPECT_EQ(symlink("", "empty"), Errno::Noent);
  EXPECT_EQ(symlink(std::string_view("a\0b", 3), "nul"), Errno::Inval);
  EXPECT_EQ(symlink("dangling", "d"), Errno::Success);
  std::string target;
  EXPECT_EQ(readLink("link", 100, target), Errno::Success);
  EXPECT_EQ(target, "sub/deep");
  EXPECT_EQ(readLink("link", 3, target), Errno::Success);
  EXPECT_EQ(target, "sub");
  EXPECT_EQ(readLink("link", 0, target), Errno::Success);
  EXPECT_EQ(target, "");
  EXPECT_EQ(readLink("file", 100, target), Errno::Inval);
  EXPECT_EQ(readLink("sub/", 100, target), Errno::Inval);
  EXPECT_EQ(readLink("link/", 100, target), Errno::Notdir);
  EXPECT_EQ(readLink(".", 100, target), Errno::Inval);
  uint32_t fd = mustOpen("link", rights::fdRead);
  std::string contents;
  EXPECT_EQ(read(fd, 100, contents), Errno::Success);
  EXPECT_EQ(contents, "deep\n");
}

TEST_P(PathCalls, ReadOnlyGrantsRefuseEveryChange) {
  std::filesystem::create_symlink("file", host("readonly/link"));
  const Errno refused = Errno::Rofs;
  uint32_t fd;
  for (uint64_t base : {rights::fdWrite, readWrite})
    EXPECT_EQ(open(readOnlyFd, "file", 0, base, fd), refused);
  EXPECT_EQ(open(readOnlyFd, "file", oflagTrunc, rights::fdRead, fd), refused);
  EXPECT_EQ(open(readOnlyFd, "new", oflagCreat, 0, fd), refused);
  EXPECT_EQ(open(readOnlyFd, "new", oflagCreat | oflagExcl, 0, fd), refused);
  EXPECT_EQ(open(readOnlyFd, "file", oflagCreat | oflagExcl, 0, fd),
            Errno::Exist);
  // Nothing has to be created for this one.
  EXPECT_EQ(open(readOnlyFd, "file", oflagCreat, rights::fdRead, fd),
            Errno::Success);
  EXPECT_EQ(makeDirectory("new", readOnlyFd), refused);
  EXPECT_EQ(removeDirectory("sub", readOnlyFd), refused);
  EXPECT_EQ(unlink("file", readOnlyFd), refused);
  EXPECT_EQ(rename("file", "x", readOnlyFd, readOnlyFd), refused);
  EXPECT_EQ(rename("file", "x", readOnlyFd, grantFd), refused);
  EXPECT_EQ(rename("file", "file", grantFd, readOnlyFd), refused);
  EXPECT_EQ(hardLink("file", "x", grantFd, readOnlyFd), refused);
  // Through a writable name the file could be written.
  EXPECT_EQ(hardLink("file", "x", readOnlyFd, grantFd), refused);
  EXPECT_EQ(symlink("file", "x", readOnlyFd), refused);
  auto [pointer, length] = string("file");
  EXPECT_EQ(wrought_wasi_path_filestat_set_times(readOnlyFd, 0, pointer, length,
                                                 0, 0, fstflagMtimNow),
            refused);
}

TEST_P(PathCalls, ReadOnlyIsInherited) {
  uint32_t sub, file;
  ASSERT_EQ(open(readOnlyFd, "sub", oflagDirectory, rights::directory, sub),
            Errno::Success);
  EXPECT_EQ(makeDirectory("new", sub), Errno::Rofs);
  ASSERT_EQ(open(readOnlyFd, "file", 0, rights::file & ~rights::fdWrite, file),
            Errno::Success);
  EXPECT_EQ(write(file, "x"), Errno::Notcapable);
  EXPECT_EQ(wrought_wasi_fd_filestat_set_times(file, 0, 0, fstflagMtimNow),
            Errno::Rofs);
  EXPECT_EQ(wrought_wasi_fd_filestat_set_size(file, 0), Errno::Rofs);
  EXPECT_EQ(wrought_wasi_fd_allocate(file, 0, 100), Errno::Rofs);
  EXPECT_EQ(
      wrought_wasi_fd_filestat_set_times(readOnlyFd, 0, 0, fstflagMtimNow),
      Errno::Rofs);
  EXPECT_EQ(hostFile("readonly/file"), "fixed\n");
}

TEST_P(PathCalls, RightsAreIntersectedAndAskedFor) {
  uint32_t sub, fd;
  auto [pointer, length] = string("sub");
  ASSERT_EQ(wrought_wasi_path_open(grantFd, 0, pointer, length, oflagDirectory,
                                   rights::pathOpen | rights::fdReaddir,
                                   rights::fdRead, 0, resultAt),
            Errno::Success);
  sub = at<uint32_t>(resultAt);
  EXPECT_EQ(open(sub, "new", oflagCreat, rights::fdRead, fd),
            Errno::Notcapable);
  EXPECT_EQ(open(sub, "deep", oflagTrunc, rights::fdRead, fd),
            Errno::Notcapable);
  EXPECT_EQ(makeDirectory("new", sub), Errno::Notcapable);
  // Opened for reading only, since that is all that can be inherited.
  ASSERT_EQ(open(sub, "deep", 0, readWrite, fd), Errno::Success);
  EXPECT_EQ(write(fd, "x"), Errno::Notcapable);
  ASSERT_EQ(wrought_wasi_fd_fdstat_get(fd, dataAt), Errno::Success);
  EXPECT_EQ(at<uint64_t>(dataAt + fdstat::rightsBase), rights::fdRead);
  EXPECT_EQ(open(fd, "x", 0, rights::fdRead, fd), Errno::Notdir);
  EXPECT_EQ(open(99, "x", 0, rights::fdRead, fd), Errno::Badf);
  EXPECT_EQ(open(0, "x", 0, rights::fdRead, fd), Errno::Notdir);
}

TEST_P(PathCalls, FifosDoNotHang) {
  ASSERT_EQ(mkfifo(host("grant/fifo").c_str(), 0600), 0);
  uint32_t fd;
  EXPECT_EQ(open(grantFd, "fifo", 0, rights::fdWrite, fd), Errno::Nxio);
  ASSERT_EQ(open(grantFd, "fifo", 0, rights::fdRead, fd), Errno::Success);
  std::string contents;
  EXPECT_EQ(read(fd, 10, contents), Errno::Success);
  EXPECT_EQ(contents, "");
  // Once open it waits as it does elsewhere, unless asked otherwise.
  std::thread writer([&] {
    int end = ::open(host("grant/fifo").c_str(), O_WRONLY);
    usleep(50000);
    EXPECT_EQ(::write(end, "late", 4), 4);
    ::close(end);
  });
  while (read(fd, 10, contents) == Errno::Success && contents.empty())
    usleep(1000);
  EXPECT_EQ(contents, "late");
  writer.join();
  EXPECT_EQ(sys::fcntl(theState.descriptors.find(fd)->hostFd, sys::fGetfl, 0) &
                sys::oNonblock,
            0);
  uint32_t other;
  ASSERT_EQ(open(grantFd, "fifo", 0, rights::fdWrite, other, 0, fdflagNonblock),
            Errno::Success);
  EXPECT_EQ(write(other, "x"), Errno::Success);
  ASSERT_EQ(wrought_wasi_fd_fdstat_get(other, dataAt), Errno::Success);
  EXPECT_EQ(at<uint16_t>(dataAt + fdstat::flags), fdflagNonblock);
}

TEST_F(Guest, ProcFilesCannotBeWritten) {
  abi::Grant grant = {const_cast<char *>("/proc/self"),
                      const_cast<char *>("/p"), 0};
  wrought_config.grants = &grant;
  wrought_config.grantCount = 1;
  uint32_t fd;
  EXPECT_EQ(open(grantFd, "mem", 0, rights::fdWrite, fd), Errno::Notcapable);
  EXPECT_EQ(open(grantFd, "mem", 0, readWrite, fd), Errno::Notcapable);
  EXPECT_EQ(open(grantFd, "cwd", oflagDirectory, 0, fd), Errno::Loop);
  EXPECT_EQ(open(grantFd, "fd/0", 0, rights::fdRead, fd), Errno::Loop);
  for (uint32_t lookup : {0u, lookupSymlinkFollow})
    EXPECT_EQ(open(grantFd, "exe", 0, rights::fdRead, fd, lookup), Errno::Loop);
  EXPECT_EQ(open(grantFd, "status", 0, rights::fdRead, fd), Errno::Success);
}

TEST_F(Guest, DescriptorsAreCloseOnExec) {
  uint32_t fd = mustOpen("file", rights::fdRead);
  for (uint32_t each : {grantFd, readOnlyFd, fd})
    EXPECT_EQ(
        sys::fcntl(theState.descriptors.find(each)->hostFd, sys::fGetfd, 0),
        sys::fdCloexec);
}

INSTANTIATE_TEST_SUITE_P(Openat2, PathCalls,
                         testing::Values(Openat2::Unknown, Openat2::Missing),
                         [](const auto &info) {
                           return info.param == Openat2::Missing ? "Walk"
                                                                 : "Kernel";
                         });

} // namespace
} // namespace wrought::wasi

//===- resolve_test.cpp - Paths that try to get out -----------------------===//
//
// One table for the kernel's confinement and for the walk by components: what
// they answer must be the same.
//
//===----------------------------------------------------------------------===//
#include "guest.h"

#include <chrono>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace wrought::wasi {

namespace {

class Resolve : public GuestEitherWay {
protected:
  void SetUp() override {
    GuestEitherWay::SetUp();
    link("file", "grant/link");
    link("sub", "grant/dirlink");
    link("../file", "grant/sub/up");
    link("../../outside/secret", "grant/sub/escape");
    link("../outside", "grant/escape-dir");
    link(host("outside/secret"), "grant/absolute");
    link("/", "grant/root");
    link("loop-b", "grant/loop-a");
    link("loop-a", "grant/loop-b");
    link("self/x", "grant/self");
    link("created", "grant/dangling");
    link("../outside/created", "grant/dangling-out");
    link("sub/../sub/./deep", "grant/winding");
    link("dirlink/deep", "grant/chain");
    link("sub/", "grant/slashlink");
    link("file/", "grant/bad-slashlink");
    link("..", "grant/parent");
    std::string previous = "file";
    for (int number = 1; number <= 41; ++number) {
      std::string name = "hop" + std::to_string(number);
      link(previous, "grant/" + name);
      previous = name;
    }
  }

  void link(const std::string &target, const std::string &name) {
    std::filesystem::create_symlink(target, host(name));
  }

  Errno tryOpen(std::string_view path, uint32_t oflags = 0,
                uint64_t rightsBase = rights::fdRead,
                uint32_t lookup = lookupSymlinkFollow) {
    uint32_t fd;
    Errno error = open(grantFd, path, oflags, rightsBase, fd, lookup);
    if (error == Errno::Success)
      EXPECT_EQ(wrought_wasi_fd_close(fd), Errno::Success);
    return error;
  }

  Errno stat(std::string_view path, uint32_t lookup) {
    GuestString name = string(path);
    return wrought_wasi_path_filestat_get(grantFd, lookup, name.pointer,
                                          name.length, dataAt);
  }
};

TEST_P(Resolve, AnswersForEveryShapeOfPath) {
  const std::string longName(256, 'n');
  const std::string longPath = [] {
    std::string path;
    while (path.size() < 4090)
      path += "./";
    return path + "file";
  }();
  struct Row {
    std::string path;
    Errno follows;
    Errno followsNot;
  };
  const Errno ok = Errno::Success, out = Errno::Notcapable;
  const Row rows[] = {
      {"file", ok, ok},
      {".", ok, ok},
      {"./", ok, ok},
      {"./file", ok, ok},
      {"sub", ok, ok},
      {"sub/", ok, ok},
      {"sub//deep", ok, ok},
      {"sub/./deep", ok, ok},
      {"sub/../file", ok, ok},
      {"sub/..", ok, ok},
      {"sub/../", ok, ok},
      {"sub/../sub/../sub/deep", ok, ok},
      {"", Errno::Noent, Errno::Noent},
      {"missing", Errno::Noent, Errno::Noent},
      {"missing/../file", Errno::Noent, Errno::Noent},
      {"file/", Errno::Notdir, Errno::Notdir},
      {"file///", Errno::Notdir, Errno::Notdir},
      {"file/.", Errno::Notdir, Errno::Notdir},
      {"file/..", Errno::Notdir, Errno::Notdir},
      {"file/../file", Errno::Notdir, Errno::Notdir},
      {"..", out, out},
      {"../", out, out},
      {"../grant/file", out, out},
      {"../outside/secret", out, out},
      {"sub/../..", out, out},
      {"sub/../../grant/file", out, out},
      {"./../outside/secret", out, out},
      {"/", out, out},
      {"/file", out, out},
      {"//file", out, out},
      {"/proc/self/root/etc/passwd", out, out},
      {std::string("file\0", 5), Errno::Inval, Errno::Inval},
      {std::string("fi\0le", 5), Errno::Inval, Errno::Inval},
      {"link", ok, Errno::Loop},
      {"link/", Errno::Notdir, Errno::Notdir},
      {"dirlink", ok, Errno::Loop},
      {"dirlink/", ok, ok},
      {"dirlink/.", ok, ok},
      {"dirlink/deep", ok, ok},
      {"dirlink/../file", ok, ok},
      {"slashlink/deep", ok, ok},
      {"slashlink", ok, Errno::Loop},
      {"bad-slashlink", Errno::Notdir, Errno::Loop},
      {"sub/up", ok, Errno::Loop},
      {"winding", ok, Errno::Loop},
      {"chain", ok, Errno::Loop},
      {"sub/escape", out, Errno::Loop},
      {"escape-dir", out, Errno::Loop},
      {"escape-dir/", out, out},
      {"escape-dir/secret", out, out},
      {"escape-dir/../grant/file", out, out},
      {"parent", out, Errno::Loop},
      {"parent/grant/file", out, out},
      {"absolute", out, Errno::Loop},
      {"root", out, Errno::Loop},
      {"root/", out, out},
      {"root/etc/passwd", out, out},
      {"loop-a", Errno::Loop, Errno::Loop},
      {"loop-a/x", Errno::Loop, Errno::Loop},
      {"self", Errno::Loop, Errno::Loop},
      {"dangling", Errno::Noent, Errno::Loop},
      {"dangling-out", out, Errno::Loop},
      {"hop40", ok, Errno::Loop},
      {"hop41", Errno::Loop, Errno::Loop},
      {longName, Errno::Nametoolong, Errno::Nametoolong},
      {longName + "/x", Errno::Nametoolong, Errno::Nametoolong},
      {longPath, ok, ok},
      {longPath + "/x/y/z", Errno::Nametoolong, Errno::Nametoolong},
      {std::string(5000, 'x'), Errno::Nametoolong, Errno::Nametoolong},
  };
  for (const Row &row : rows) {
    EXPECT_EQ(tryOpen(row.path), row.follows) << row.path;
    EXPECT_EQ(tryOpen(row.path, 0, rights::fdRead, 0), row.followsNot)
        << row.path << " without following";
    EXPECT_EQ(stat(row.path, lookupSymlinkFollow), row.follows)
        << row.path << " stat";
    // A link's own status can be had where opening it cannot.
    Errno status = row.followsNot == Errno::Loop && row.path != "loop-a/x"
                       ? ok
                       : row.followsNot;
    EXPECT_EQ(stat(row.path, 0), status) << row.path << " lstat";
  }
}

TEST_P(Resolve, CreatesOnlyBeneathTheGrant) {
  const uint64_t writes = rights::fdWrite;
  EXPECT_EQ(tryOpen("dangling", oflagCreat, writes), Errno::Success);
  EXPECT_TRUE(exists(host("grant/created")));
  EXPECT_EQ(tryOpen("dangling-out", oflagCreat, writes), Errno::Notcapable);
  EXPECT_EQ(tryOpen("escape-dir/created", oflagCreat, writes),
            Errno::Notcapable);
  EXPECT_EQ(tryOpen("../outside/created", oflagCreat, writes),
            Errno::Notcapable);
  EXPECT_FALSE(exists(host("outside/created")));
  EXPECT_EQ(tryOpen("absolute", oflagTrunc, writes), Errno::Notcapable);
  EXPECT_EQ(tryOpen("sub/escape", oflagTrunc, writes), Errno::Notcapable);
  EXPECT_EQ(hostFile("outside/secret"), "secret\n");
  EXPECT_EQ(tryOpen("dangling-out", oflagCreat | oflagExcl, writes),
            Errno::Exist);
  EXPECT_EQ(tryOpen("new/", oflagCreat, writes), Errno::Isdir);
  EXPECT_EQ(tryOpen("sub/new", oflagCreat | oflagExcl, writes), Errno::Success);
  EXPECT_EQ(tryOpen("sub/new", oflagCreat | oflagExcl, writes), Errno::Exist);
  EXPECT_EQ(tryOpen("sub", 0, writes), Errno::Isdir);
  EXPECT_EQ(tryOpen("file", oflagDirectory), Errno::Notdir);
  EXPECT_EQ(tryOpen("dirlink", oflagDirectory), Errno::Success);
  EXPECT_EQ(tryOpen("x", oflagDirectory | oflagCreat), Errno::Inval);
}

TEST_P(Resolve, ConfinesToTheDirectoryThatIsNamed) {
  uint32_t sub = mustOpen("sub", rights::directory, oflagDirectory);
  uint32_t fd;
  EXPECT_EQ(open(sub, "deep", 0, rights::fdRead, fd), Errno::Success);
  EXPECT_EQ(open(sub, "../file", 0, rights::fdRead, fd), Errno::Notcapable);
  EXPECT_EQ(open(sub, "up", 0, rights::fdRead, fd), Errno::Notcapable);
  EXPECT_EQ(open(sub, "..", 0, rights::fdRead, fd), Errno::Notcapable);
}

// Every call that takes a path, on one that leads out.
TEST_P(Resolve, NoCallReachesOutside) {
  const uint32_t follow = lookupSymlinkFollow;
  GuestString good = string("file");
  for (const char *text :
       {"../outside/secret", "escape-dir/secret", "/outside/secret",
        "sub/../../outside/secret", "root/tmp", "parent/outside/secret"}) {
    GuestString bad = string(text);
    auto [pointer, length] = bad;
    const Errno out = Errno::Notcapable;
    EXPECT_EQ(wrought_wasi_path_create_directory(grantFd, pointer, length),
              out);
    EXPECT_EQ(wrought_wasi_path_remove_directory(grantFd, pointer, length),
              out);
    EXPECT_EQ(wrought_wasi_path_unlink_file(grantFd, pointer, length), out);
    EXPECT_EQ(
        wrought_wasi_path_filestat_get(grantFd, 0, pointer, length, dataAt),
        out);
    for (uint32_t lookup : {0u, follow})
      EXPECT_EQ(wrought_wasi_path_filestat_set_times(grantFd, lookup, pointer,
                                                     length, 0, 0, fstflagMtim),
                out);
    EXPECT_EQ(wrought_wasi_path_readlink(grantFd, pointer, length, dataAt, 100,
                                         resultAt),
              out);
    EXPECT_EQ(wrought_wasi_path_rename(grantFd, pointer, length, grantFd,
                                       good.pointer, good.length),
              out);
    EXPECT_EQ(wrought_wasi_path_rename(grantFd, good.pointer, good.length,
                                       grantFd, pointer, length),
              out);
    for (uint32_t lookup : {0u, follow})
      EXPECT_EQ(wrought_wasi_path_link(grantFd, lookup, pointer, length,
                                       grantFd, good.pointer, good.length),
                out);
    EXPECT_EQ(wrought_wasi_path_link(grantFd, 0, good.pointer, good.length,
                                     grantFd, pointer, length),
              out);
    EXPECT_EQ(wrought_wasi_path_symlink(good.pointer, good.length, grantFd,
                                        pointer, length),
              out);
  }
  EXPECT_EQ(hostFile("outside/secret"), "secret\n");
  EXPECT_EQ(hostFile("grant/file"), "hello\n");
}

// A trailing slash makes the kernel follow a link, so it must not see one.
TEST_P(Resolve, TrailingSlashesAfterLinksDoNotEscape) {
  auto [pointer, length] = string("escape-dir/");
  const Errno out = Errno::Notcapable;
  EXPECT_EQ(wrought_wasi_path_filestat_get(grantFd, 0, pointer, length, dataAt),
            out);
  EXPECT_EQ(wrought_wasi_path_filestat_set_times(grantFd, 0, pointer, length, 0,
                                                 0, fstflagMtim),
            out);
  EXPECT_EQ(wrought_wasi_path_readlink(grantFd, pointer, length, dataAt, 100,
                                       resultAt),
            out);
  EXPECT_EQ(wrought_wasi_path_remove_directory(grantFd, pointer, length),
            Errno::Notdir);
  EXPECT_EQ(wrought_wasi_path_unlink_file(grantFd, pointer, length),
            Errno::Notdir);
  GuestString moved = string("moved");
  EXPECT_EQ(wrought_wasi_path_rename(grantFd, pointer, length, grantFd,
                                     moved.pointer, moved.length),
            Errno::Notdir);
  EXPECT_TRUE(is_symlink(host("grant/escape-dir")));
  EXPECT_TRUE(exists(host("outside/secret")));
}

TEST_P(Resolve, SetTimesFollowsLinksWithinTheGrant) {
  auto setTimes = [&](std::string_view path, uint32_t lookup) {
    GuestString name = string(path);
    return wrought_wasi_path_filestat_set_times(grantFd, lookup, name.pointer,
                                                name.length, 0, 5000000000ull,
                                                fstflagMtim);
  };
  auto modified = [&](std::string_view path, uint32_t lookup) {
    EXPECT_EQ(stat(path, lookup), Errno::Success) << path;
    return at<uint64_t>(dataAt + filestat::mtim);
  };
  EXPECT_EQ(setTimes("link", 0), Errno::Success);
  EXPECT_EQ(modified("link", 0), 5000000000ull);
  EXPECT_NE(modified("file", 0), 5000000000ull);
  EXPECT_EQ(setTimes("sub/up", lookupSymlinkFollow), Errno::Success);
  EXPECT_EQ(modified("file", 0), 5000000000ull);
  EXPECT_EQ(setTimes("chain", lookupSymlinkFollow), Errno::Success);
  EXPECT_EQ(modified("sub/deep", 0), 5000000000ull);
  EXPECT_EQ(setTimes("dirlink/", 0), Errno::Success);
  EXPECT_EQ(modified("sub", 0), 5000000000ull);
  EXPECT_EQ(setTimes("sub/..", 0), Errno::Success);
  EXPECT_EQ(modified(".", 0), 5000000000ull);
  EXPECT_EQ(setTimes("loop-a", lookupSymlinkFollow), Errno::Loop);
  EXPECT_EQ(setTimes("dangling", lookupSymlinkFollow), Errno::Noent);
  for (const char *path : {"absolute", "sub/escape", "root", "parent",
                           "escape-dir", "dangling-out"})
    EXPECT_EQ(setTimes(path, lookupSymlinkFollow), Errno::Notcapable) << path;
}

// Someone else swaps a directory for a link to the outside all the time.
TEST_P(Resolve, ConcurrentSwapsNeverLeadOut) {
  makeHostFile("grant/sub/secret", "inside\n");
  std::string victim = host("grant/sub"), parked = host("grant/parked");
  std::string bait = host("grant/bait");
  std::filesystem::create_symlink("../outside", bait);
  bool isOver = false;
  std::thread attacker([&] {
    while (!__atomic_load_n(&isOver, __ATOMIC_RELAXED)) {
      ::rename(victim.c_str(), parked.c_str());
      ::rename(bait.c_str(), victim.c_str());
      ::rename(victim.c_str(), bait.c_str());
      ::rename(parked.c_str(), victim.c_str());
    }
  });
  // On a busy machine the attacker may sleep between two renames for long: go
  // on until both states were met.
  unsigned successCount = 0, failureCount = 0;
  auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  for (int attempt = 0; attempt < 5000 || !successCount || !failureCount;
       ++attempt) {
    if (std::chrono::steady_clock::now() > deadline)
      break;
    uint32_t fd;
    if (open(grantFd, attempt % 2 ? "sub/secret" : "sub/../sub/secret", 0,
             rights::fdRead, fd) != Errno::Success) {
      ++failureCount;
      continue;
    }
    std::string contents;
    EXPECT_EQ(read(fd, 100, contents), Errno::Success);
    EXPECT_EQ(contents, "inside\n");
    EXPECT_EQ(wrought_wasi_fd_close(fd), Errno::Success);
    ++successCount;
  }
  __atomic_store_n(&isOver, true, __ATOMIC_RELAXED);
  attacker.join();
  EXPECT_GT(successCount, 0u);
  EXPECT_GT(failureCount, 0u);
}

TEST_P(Resolve, LeavesNoDescriptorBehind) {
  stat(".", 0);
  int before = dup(0);
  close(before);
  for (const char *path :
       {"sub/deep", "sub/../file", "escape-dir/x", "chain", "loop-a", "file/x",
        "sub/..", "dirlink/", "missing/x"}) {
    tryOpen(path);
    stat(path, lookupSymlinkFollow);
    auto [pointer, length] = string(path);
    wrought_wasi_path_readlink(grantFd, pointer, length, dataAt, 9, resultAt);
    wrought_wasi_path_filestat_set_times(grantFd, 1, pointer, length, 0, 0,
                                         fstflagAtim);
    wrought_wasi_path_create_directory(grantFd, pointer, length);
  }
  int after = dup(0);
  close(after);
  EXPECT_EQ(before, after);
}

INSTANTIATE_TEST_SUITE_P(Openat2, Resolve,
                         testing::Values(Openat2::Unknown, Openat2::Missing),
                         [](const auto &info) {
                           return info.param == Openat2::Missing ? "Walk"
                                                                 : "Kernel";
                         });

} // namespace
} // namespace wrought::wasi

//===- race_test.cpp - Walks while someone swaps what is walked over ------===//
//
// A second process replaces directories and files of the grant by links to the
// outside, and moves directories out of the grant and back, as fast as it can.
// Whatever a call answers, it must not reach what lies outside. The number of
// walks is $WROUGHT_RACE_WALKS, for each way of resolving paths.
//
//===----------------------------------------------------------------------===//
#include "guest.h"

#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

namespace wrought::wasi {

namespace {

constexpr unsigned defaultWalkCount = 6000;

unsigned walkCount() {
  const char *text = getenv("WROUGHT_RACE_WALKS");
  return text ? static_cast<unsigned>(atol(text)) : defaultWalkCount;
}

/// Runs until it is killed, or its parent is gone.
class Attacker {
public:
  explicit Attacker(const std::filesystem::path &root) {
    const pid_t parent = getpid();
    process_ = fork();
    if (process_ != 0)
      return;
    if (chdir(root.c_str()) != 0)
      _exit(1);
    while (getppid() == parent)
      swapAll();
    _exit(0);
  }
  Attacker(const Attacker &) = delete;
  Attacker &operator=(const Attacker &) = delete;
  ~Attacker() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }

private:
  /// Puts `bait` in the place of `victim` for a moment.
  static void swap(const char *victim, const char *bait) {
    rename(victim, "parked");
    rename(bait, victim);
    rename(victim, bait);
    rename("parked", victim);
  }
  static void swapAll() {
    swap("grant/sub", "grant/bait-dir");
    swap("grant/sub/secret", "grant/bait-file");
    swap("grant/secret", "grant/bait-file");
    swap("grant/scratch", "grant/bait-file");
    swap("grant/deep/er", "grant/bait-dir");
    swap("grant/deep/er", "grant/bait-root");
    // Out of the grant and back: a ".." from there would lead anywhere.
    rename("grant/deep/er", "beside/er");
    rename("beside/er", "grant/deep/er");
    rename("grant/deep", "beside/deep");
    rename("beside/deep", "grant/deep");
  }

  pid_t process_;
};

class Race : public GuestEitherWay {
protected:
  void SetUp() override {
    GuestEitherWay::SetUp();
    for (const char *folder : {"beside", "grant/deep/er/est", "outside/est"})
      std::filesystem::create_directories(host(folder));
    makeHostFile("grant/scratch", "scratch\n");
    for (const char *file :
         {"grant/sub/secret", "grant/deep/er/secret",
          "grant/deep/er/est/secret", "grant/secret", "grant/deep/secret"})
      makeHostFile(file, "inside\n");
    for (const char *file :
         {"outside/est/secret", "outside/victim", "secret", "beside/secret"})
      makeHostFile(file, "secret\n");
    // Where the attacker has it, "..", too, must not show what is outside.
    std::filesystem::create_symlink("../outside", host("grant/bait-dir"));
    std::filesystem::create_symlink("../outside/secret",
                                    host("grant/bait-file"));
    std::filesystem::create_symlink(host("outside"), host("grant/bait-root"));
    std::filesystem::create_directory(host("grant/mine"));
    before_ = listing();
  }

  /// What is outside: names, sizes, times of change and contents.
  std::string listing() const {
    std::string text;
    for (const char *folder : {"outside", "readonly"})
      for (const auto &entry :
           std::filesystem::recursive_directory_iterator(host(folder))) {
        text += entry.path().string();
        if (entry.is_regular_file())
          text += " " + std::to_string(entry.file_size()) + " " +
                  std::to_string(
                      entry.last_write_time().time_since_epoch().count());
        text += "\n";
      }
    return text;
  }

  void reads(std::string_view path) {
    uint32_t fd;
    if (open(grantFd, path, 0, rights::fdRead, fd) != Errno::Success) {
      ++failureCount_;
      return;
    }
    ++successCount_;
    std::string contents;
    ASSERT_EQ(read(fd, 100, contents), Errno::Success);
    ASSERT_EQ(contents, "inside\n") << path;
    ASSERT_EQ(wrought_wasi_fd_close(fd), Errno::Success);
  }

  void changes(unsigned number) {
    const char *const folders[] = {"sub/", "deep/er/", "deep/er/est/",
                                   "deep/er/../er/"};
    std::string folder = folders[number % std::size(folders)];
    GuestString fresh = string(folder + "fresh"), mine = string("mine/x");
    GuestString victim = string(folder + "victim");
    const auto [pointer, length] = fresh;
    uint32_t fd;
    switch (number / 4 % 9) {
    case 0:
      if (open(grantFd, folder + "fresh", oflagCreat | oflagTrunc,
               rights::fdWrite, fd) == Errno::Success) {
        write(fd, "mine");
        wrought_wasi_fd_close(fd);
      }
      break;
    case 1:
      wrought_wasi_path_unlink_file(grantFd, victim.pointer, victim.length);
      wrought_wasi_path_unlink_file(grantFd, pointer, length);
      break;
    case 2:
      wrought_wasi_path_create_directory(grantFd, pointer, length);
      break;
    case 3:
      wrought_wasi_path_remove_directory(grantFd, pointer, length);
      break;
    case 4:
      wrought_wasi_path_symlink(mine.pointer, mine.length, grantFd, pointer,
                                length);
      break;
    case 5:
      // Nothing of the outside may come in by a rename or a second name.
      wrought_wasi_path_rename(grantFd, victim.pointer, victim.length, grantFd,
                               mine.pointer, mine.length);
      wrought_wasi_path_link(grantFd, lookupSymlinkFollow, victim.pointer,
                             victim.length, grantFd, mine.pointer, mine.length);
      break;
    case 6:
      // One name, which nothing has to be resolved before.
      if (open(grantFd, "scratch", oflagCreat | oflagTrunc, rights::fdWrite, fd,
               number / 36 % 2) == Errno::Success) {
        write(fd, "mine");
        wrought_wasi_fd_close(fd);
      }
      break;
    case 7:
      wrought_wasi_path_filestat_set_times(grantFd, lookupSymlinkFollow,
                                           victim.pointer, victim.length, 1, 1,
                                           fstflagAtim | fstflagMtim);
      break;
    default:
      if (wrought_wasi_path_filestat_get(grantFd, number / 36 % 2,
                                         victim.pointer, victim.length,
                                         dataAt) == Errno::Success)
        ADD_FAILURE() << "saw a file that is outside only";
      break;
    }
  }

  unsigned successCount_ = 0, failureCount_ = 0;
  std::string before_;
};

TEST_P(Race, NoWalkGetsOut) {
  const char *const paths[] = {
      "sub/secret",          "secret",
      "sub/../sub/secret",   "secret",
      "deep/er/secret",      "deep/er/../secret",
      "deep/er/est/secret",  "deep/er/est/../secret",
      "deep/../deep/secret", "deep/er/est/../../er/secret"};
  {
    Attacker attacker(root_);
    const unsigned count = walkCount();
    for (unsigned number = 0; number != count && !HasFatalFailure(); ++number)
      if (number % 4 != 3)
        reads(paths[number % std::size(paths)]);
      else
        changes(number / 4);
  }
  EXPECT_EQ(listing(), before_);
  EXPECT_EQ(hostFile("outside/secret"), "secret\n");
  EXPECT_EQ(hostFile("outside/victim"), "secret\n");
  EXPECT_FALSE(exists(host("grant/mine/x")));
  // Else nobody was in anybody's way.
  EXPECT_GT(successCount_, 0u);
  EXPECT_GT(failureCount_, 0u);
  RecordProperty("opened", static_cast<int>(successCount_));
  RecordProperty("refused", static_cast<int>(failureCount_));
}

INSTANTIATE_TEST_SUITE_P(Openat2, Race,
                         testing::Values(Openat2::Unknown, Openat2::Missing),
                         [](const auto &info) {
                           return info.param == Openat2::Missing ? "Walk"
                                                                 : "Kernel";
                         });

} // namespace
} // namespace wrought::wasi

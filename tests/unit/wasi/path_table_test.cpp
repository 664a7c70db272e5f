//===- path_table_test.cpp - Every call on every shape of path ------------===//
//
// A row is a path, a column a call; each cell is what must come out. Most of it
// is what POSIX demands and Linux does, which is compared where the path
// neither leads out of the grant nor ends in a slash; what differs on purpose
// follows WASI: "cap" for what leads out, and trailing slashes as POSIX has
// them, where Linux is laxer or stricter.
//
//===----------------------------------------------------------------------===//
#include "guest.h"

#include <fcntl.h>
#include <functional>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace wrought::wasi {

namespace {

constexpr uint32_t follow = lookupSymlinkFollow;

struct Word {
  const char *text;
  Errno wasi;
  int host;
};
const Word words[] = {
    {"ok", Errno::Success, 0},
    {"cap", Errno::Notcapable, -1},
    {"noent", Errno::Noent, ENOENT},
    {"exist", Errno::Exist, EEXIST},
    {"notdir", Errno::Notdir, ENOTDIR},
    {"isdir", Errno::Isdir, EISDIR},
    {"loop", Errno::Loop, ELOOP},
    {"inval", Errno::Inval, EINVAL},
    {"full", Errno::Notempty, ENOTEMPTY},
    {"busy", Errno::Busy, EBUSY},
    {"perm", Errno::Perm, EPERM},
    {"long", Errno::Nametoolong, ENAMETOOLONG},
};

std::string wordOf(Errno error) {
  for (const Word &word : words)
    if (word.wasi == error)
      return word.text;
  return "errno" + std::to_string(static_cast<uint32_t>(error));
}

std::string wordOfHost(int error) {
  for (const Word &word : words)
    if (word.host == error)
      return word.text;
  return "host" + std::to_string(error);
}

class PathTable : public GuestEitherWay {
protected:
  void SetUp() override {
    GuestEitherWay::SetUp();
    makeTree();
  }

  void makeTree() {
    namespace fs = std::filesystem;
    fs::remove_all(host("grant"));
    for (const char *folder : {"grant/dir/in", "grant/empty", "grant/other"})
      fs::create_directories(host(folder));
    for (const char *file : {"grant/file", "grant/dir/file", "grant/spare"})
      makeHostFile(file, "x");
    auto link = [&](const char *target, const char *name) {
      fs::create_symlink(target, host(std::string("grant/") + name));
    };
    link("file", "link");
    link("nowhere", "dangling");
    link("loop", "loop");
    link("dir", "dirlink");
    link("../outside", "out");
    link("../outside/new", "out-new");
    link("/etc/passwd", "absolute");
    restart();
  }

  using Call = std::function<Errno(GuestString)>;
  using HostCall = std::function<int(int, const char *)>;
  struct Column {
    const char *name;
    Call call;
    HostCall host;
  };

  Errno opens(GuestString path, uint32_t lookup, uint32_t oflags,
              uint64_t wanted) {
    return wrought_wasi_path_open(grantFd, lookup, path.pointer, path.length,
                                  oflags, wanted, 0, 0, resultAt);
  }

  static int hostOpen(int grant, const char *path, int flags) {
    int fd = openat(grant, path, flags, 0666);
    if (fd >= 0)
      close(fd);
    return fd;
  }

  std::vector<Column> columns();
  void check(const std::string &path, const std::string &cells, bool isLinux);

  unsigned cellCount_ = 0;
};

std::vector<PathTable::Column> PathTable::columns() {
  using Path = GuestString;
  auto other = [this](std::string_view name) { return string(name); };
  return {
      {"open",
       [=, this](Path p) { return opens(p, follow, 0, rights::fdRead); },
       [](int d, const char *p) { return hostOpen(d, p, O_RDONLY); }},
      {"open-nofollow",
       [=, this](Path p) { return opens(p, 0, 0, rights::fdRead); },
       [](int d, const char *p) {
         return hostOpen(d, p, O_RDONLY | O_NOFOLLOW);
       }},
      {"create",
       [=, this](Path p) {
         return opens(p, follow, oflagCreat, rights::fdWrite);
       },
       [](int d, const char *p) { return hostOpen(d, p, O_WRONLY | O_CREAT); }},
      {"create-new",
       [=, this](Path p) {
         return opens(p, follow, oflagCreat | oflagExcl, rights::fdWrite);
       },
       [](int d, const char *p) {
         return hostOpen(d, p, O_WRONLY | O_CREAT | O_EXCL);
       }},
      {"truncate",
       [=, this](Path p) {
         return opens(p, follow, oflagTrunc, rights::fdWrite);
       },
       [](int d, const char *p) { return hostOpen(d, p, O_WRONLY | O_TRUNC); }},
      {"open-dir",
       [=, this](Path p) {
         return opens(p, follow, oflagDirectory, rights::fdReaddir);
       },
       [](int d, const char *p) {
         return hostOpen(d, p, O_RDONLY | O_DIRECTORY);
       }},
      {"stat",
       [=](Path p) {
         return wrought_wasi_path_filestat_get(grantFd, follow, p.pointer,
                                               p.length, dataAt);
       },
       [](int d, const char *p) {
         struct stat s;
         return fstatat(d, p, &s, 0);
       }},
      {"lstat",
       [=](Path p) {
         return wrought_wasi_path_filestat_get(grantFd, 0, p.pointer, p.length,
                                               dataAt);
       },
       [](int d, const char *p) {
         struct stat s;
         return fstatat(d, p, &s, AT_SYMLINK_NOFOLLOW);
       }},
      {"times",
       [=](Path p) {
         return wrought_wasi_path_filestat_set_times(
             grantFd, follow, p.pointer, p.length, 0, 0, fstflagMtim);
       },
       [](int d, const char *p) { return utimensat(d, p, nullptr, 0); }},
      {"times-nofollow",
       [=](Path p) {
         return wrought_wasi_path_filestat_set_times(
             grantFd, 0, p.pointer, p.length, 0, 0, fstflagMtim);
       },
       [](int d, const char *p) {
         return utimensat(d, p, nullptr, AT_SYMLINK_NOFOLLOW);
       }},
      {"readlink",
       [=](Path p) {
         return wrought_wasi_path_readlink(grantFd, p.pointer, p.length, dataAt,
                                           100, resultAt);
       },
       [](int d, const char *p) {
         char target[100];
         return static_cast<int>(readlinkat(d, p, target, sizeof target));
       }},
      {"unlink",
       [=](Path p) {
         return wrought_wasi_path_unlink_file(grantFd, p.pointer, p.length);
       },
       [](int d, const char *p) { return unlinkat(d, p, 0); }},
      {"rmdir",
       [=](Path p) {
         return wrought_wasi_path_remove_directory(grantFd, p.pointer,
                                                   p.length);
       },
       [](int d, const char *p) { return unlinkat(d, p, AT_REMOVEDIR); }},
      {"mkdir",
       [=](Path p) {
         return wrought_wasi_path_create_directory(grantFd, p.pointer,
                                                   p.length);
       },
       [](int d, const char *p) { return mkdirat(d, p, 0777); }},
      {"rename-from",
       [=](Path p) {
         Path to = other("moved");
         return wrought_wasi_path_rename(grantFd, p.pointer, p.length, grantFd,
                                         to.pointer, to.length);
       },
       [](int d, const char *p) { return renameat(d, p, d, "moved"); }},
      {"rename-file-to",
       [=](Path p) {
         Path from = other("spare");
         return wrought_wasi_path_rename(grantFd, from.pointer, from.length,
                                         grantFd, p.pointer, p.length);
       },
       [](int d, const char *p) { return renameat(d, "spare", d, p); }},
      {"rename-dir-to",
       [=](Path p) {
         Path from = other("other");
         return wrought_wasi_path_rename(grantFd, from.pointer, from.length,
                                         grantFd, p.pointer, p.length);
       },
       [](int d, const char *p) { return renameat(d, "other", d, p); }},
      {"link-from",
       [=](Path p) {
         Path to = other("second");
         return wrought_wasi_path_link(grantFd, 0, p.pointer, p.length, grantFd,
                                       to.pointer, to.length);
       },
       [](int d, const char *p) { return linkat(d, p, d, "second", 0); }},
      {"link-from-follow",
       [=](Path p) {
         Path to = other("second");
         return wrought_wasi_path_link(grantFd, follow, p.pointer, p.length,
                                       grantFd, to.pointer, to.length);
       },
       [](int d, const char *p) {
         return linkat(d, p, d, "second", AT_SYMLINK_FOLLOW);
       }},
      {"link-to",
       [=](Path p) {
         Path from = other("spare");
         return wrought_wasi_path_link(grantFd, 0, from.pointer, from.length,
                                       grantFd, p.pointer, p.length);
       },
       [](int d, const char *p) { return linkat(d, "spare", d, p, 0); }},
      {"symlink",
       [=](Path p) {
         Path target = other("file");
         return wrought_wasi_path_symlink(target.pointer, target.length,
                                          grantFd, p.pointer, p.length);
       },
       [](int d, const char *p) { return symlinkat("file", d, p); }},
  };
}

void PathTable::check(const std::string &path, const std::string &cells,
                      bool isLinux) {
  std::istringstream expected(cells);
  std::string actualRow;
  bool differs = false;
  for (const Column &column : columns()) {
    std::string wanted;
    expected >> wanted;
    // A cell "x|y" is x here and y on Linux.
    std::string onLinux = wanted;
    if (size_t bar = wanted.find('|'); bar != std::string::npos) {
      onLinux = wanted.substr(bar + 1);
      wanted.resize(bar);
    }
    if (isLinux) {
      int grant = ::open(host("grant").c_str(), O_RDONLY | O_DIRECTORY);
      errno = 0;
      int result = column.host(grant, path.c_str());
      int error = result < 0 ? errno : 0;
      ::close(grant);
      EXPECT_EQ(wordOfHost(error), onLinux)
          << "Linux: " << column.name << " '" << path.substr(0, 40) << "'";
      makeTree();
    }
    theState.openat2 = GetParam();
    Errno error = column.call(string(path));
    differs |= wordOf(error) != wanted;
    EXPECT_EQ(wordOf(error), wanted)
        << column.name << " '" << path.substr(0, 40) << "'";
    actualRow += wordOf(error) + " ";
    ++cellCount_;
    if (error == Errno::Success)
      makeTree();
  }
  if (differs)
    std::cout << "{\"" << path.substr(0, 40) << "\", \"" << actualRow
              << "\"},\n";
}

TEST_P(PathTable, EachCellIsRight) {
  struct Row {
    std::string path;
    const char *cells;
    bool isLinux = true;
  };
  const std::string longName(256, 'n');
  const std::string longPath(4096, 'p');
  const Row rows[] = {
#include "path_table.inc"
  };
  for (const Row &row : rows)
    check(row.path, row.cells, row.isLinux);
  EXPECT_GE(cellCount_, 300u);
  EXPECT_EQ(hostFile("outside/secret"), "secret\n");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(host("outside")),
                          std::filesystem::directory_iterator()),
            1);
}

INSTANTIATE_TEST_SUITE_P(Openat2, PathTable,
                         testing::Values(Openat2::Unknown, Openat2::Missing),
                         [](const auto &info) {
                           return info.param == Openat2::Missing ? "Walk"
                                                                 : "Kernel";
                         });

} // namespace
} // namespace wrought::wasi

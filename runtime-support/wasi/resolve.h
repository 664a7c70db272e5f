//===- resolve.h - Paths that stay beneath their grant --------------------===//
//
// Everything that turns a guest's path into something of the host's. A path is
// resolved relative to an open directory and never leaves it, whatever "..",
// symbolic links and concurrent renames do: by openat2 with RESOLVE_BENEATH,
// or, where the kernel or a filter lacks that, component by component, each
// opened with O_NOFOLLOW relative to the one before and links followed by hand.
// Nothing is checked first and used later. Results are system calls': negative
// error numbers, and escapesGrant for a path that leads out.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "os/linux/system.h"
#include "wasi/errno.h"
#include "wasi/memory.h"

namespace wrought::wasi {

struct State;

constexpr uint32_t pathCapacity = 4096;

/// A relative path of the guest's, NUL-terminated.
struct Path {
  /// With room for load to look at whole words.
  char text[pathCapacity + sizeof(uint64_t)];
  uint32_t length;
  /// One name, so that nothing has to be resolved before it: no slash in it,
  /// and not "..". Of what was loaded.
  bool isSingleName;

  /// Copies it out of guest memory. Fault, Noent when empty, Nametoolong, Inval
  /// when it has a NUL inside, Notcapable when it is absolute.
  Errno load(const GuestMemory &memory, uint32_t pointer, uint32_t length);
};

/// openat, confined to `directory`. Close-on-exec comes by itself.
long openBeneath(State &state, int directory, const char *path, int flags,
                 unsigned mode = 0);

/// The same with a path as it was loaded, and flags without O_PATH.
long openBeneath(State &state, int directory, const Path &path, int flags,
                 unsigned mode = 0);

/// What a trailing slash in the path of locate means.
enum class TrailingSlash {
  /// Only noted: for calls that act on the name itself.
  Strip,
  /// The directory that the rest leads to, also through a link.
  Enter,
};

/// The directory that a path's last component is in, opened beneath the grant,
/// and that component: never "..", without slashes. To be used by *at() calls
/// that do not follow links.
class Place {
public:
  explicit Place(State &state) : state_(state) {}
  Place(const Place &) = delete;
  Place &operator=(const Place &) = delete;
  ~Place() { close(); }

  /// Splits `path`, which must live as long as this and is written to. The name
  /// is "." where the path ends in "." or "..".
  long locate(int grant, Path &path, TrailingSlash slash);

  /// The same, and as long as the name is a symbolic link goes where it leads.
  long locateFollowing(int grant, Path &path);

  int directory() const { return directory_; }
  const char *name() const { return name_; }
  bool hasTrailingSlash() const { return hasTrailingSlash_; }

  /// Of the name itself.
  long status(sys::FileStatus &status) const {
    return sys::fstatat(directory_, name_, sys::atSymlinkNofollow, &status);
  }

private:
  void close();
  long enterWhole(int grant, const char *path);

  State &state_;
  int directory_ = -1;
  bool isOwned_ = false;
  /// The path led to directory_ itself, and name_ is ".".
  bool isWhole_ = false;
  bool hasTrailingSlash_ = false;
  const char *name_ = nullptr;
};

} // namespace wrought::wasi

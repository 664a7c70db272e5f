//===- resolve.cpp - Paths that stay beneath their grant ------------------===//
#include "wasi/resolve.h"

#include "model/guest.h"
#include "wasi/text.h"

namespace wrought::wasi {

namespace {

// As Linux has it: path_resolution(7).
constexpr unsigned maxLinkCount = 40;
constexpr size_t maxNameLength = 255;
// Bounds what a hostile path can cost: going back up reopens what lies above.
constexpr unsigned maxStepCount = 100000;
constexpr int enterFlags =
    sys::oPath | sys::oDirectory | sys::oNofollow | sys::oCloexec;

/// Follows a path component by component.
class Walker {
public:
  explicit Walker(int grant) : grant_(grant), current_(grant) {
    pending_[pendingBegin_] = '\0';
  }
  Walker(const Walker &) = delete;
  Walker &operator=(const Walker &) = delete;
  ~Walker() { leave(); }

  long open(const char *path, int flags, unsigned mode) {
    long result = expand(path, lengthOf(path));
    while (result >= 0) {
      bool isLast = false;
      result = takeName(isLast);
      if (result < 0)
        break;
      if (name_[0] == '\0')
        return openCurrent(flags, mode);
      if (name_[0] == '.' && name_[1] == '\0')
        continue;
      if (name_[0] == '.' && name_[1] == '.' && name_[2] == '\0') {
        result = goUp();
        continue;
      }
      result = refresh();
      if (result < 0)
        break;
      if (!isLast) {
        bool isNewDirectory = (flags & sys::oCreat) != 0 && isOnlySlashes();
        result = isNewDirectory ? -sys::eIsdir : enter();
        continue;
      }
      result = openLast(flags, mode);
      if (result != followedLink)
        return result;
    }
    return result;
  }

private:
  // No result of a system call; not negative, so that the loop goes on.
  static constexpr long followedLink = 1L << 40;

  /// Puts text before what is still to be walked. An absolute one leads out.
  long expand(const char *text, size_t length) {
    if (length == 0)
      return -sys::eNoent;
    if (text[0] == '/')
      return escapesGrant;
    if (length > pendingBegin_)
      return -sys::eNametoolong;
    // What follows begins with the slash after the link's name, or is empty.
    pendingBegin_ -= length;
    __builtin_memcpy(pending_ + pendingBegin_, text, length);
    return 0;
  }

  /// Moves the next component to name_; empty at the end.
  long takeName(bool &isLast) {
    while (pending_[pendingBegin_] == '/')
      ++pendingBegin_;
    size_t length = 0;
    for (char byte; (byte = pending_[pendingBegin_]) != '\0' && byte != '/';
         ++pendingBegin_) {
      if (length == maxNameLength)
        return -sys::eNametoolong;
      name_[length++] = byte;
    }
    name_[length] = '\0';
    // After a slash there is more to do, if only to see that it is a directory.
    isLast = pending_[pendingBegin_] == '\0';
    return 0;
  }

  /// Whether nothing but a trailing slash is left: open creates no directories.
  bool isOnlySlashes() const {
    size_t begin = pendingBegin_;
    while (pending_[begin] == '/')
      ++begin;
    return pending_[begin] == '\0';
  }

  /// ".." goes by the names walked so far and not by what the file system calls
  /// the parent: a directory that is moved away meanwhile cannot lead out.
  long goUp() {
    if (trailLength_ == 0)
      return escapesGrant;
    do
      --trailLength_;
    while (trailLength_ != 0 && trail_[trailLength_ - 1] != '\0');
    isStale_ = true;
    return 0;
  }

  /// Opens the trail again from the grant on after going up.
  long refresh() {
    if (!isStale_)
      return 0;
    isStale_ = false;
    leave();
    for (size_t begin = 0; begin != trailLength_;) {
      long result = step(trail_ + begin);
      if (result < 0)
        return result;
      while (trail_[begin++] != '\0') {
      }
    }
    return 0;
  }

  /// Makes the directory `name` of the current one the current one.
  long step(const char *name) {
    if (++stepCount_ > maxStepCount)
      return -sys::eLoop;
    long fd = sys::openat(current_, name, enterFlags, 0);
    if (fd < 0)
      return fd;
    leave();
    current_ = static_cast<int>(fd);
    return 0;
  }

  long enter() {
    long result = step(name_);
    if (result == -sys::eNotdir || result == -sys::eLoop)
      return follow(result);
    if (result < 0)
      return result;
    size_t length = lengthOf(name_) + 1;
    if (trailLength_ + length > sizeof trail_)
      return -sys::eNametoolong;
    __builtin_memcpy(trail_ + trailLength_, name_, length);
    trailLength_ += length;
    return 0;
  }

  /// Expands name_ if it is a symbolic link; else returns `otherwise`.
  long follow(long otherwise) {
    char target[pathCapacity];
    long length = sys::readlinkat(current_, name_, target, sizeof target);
    if (length < 0)
      return otherwise;
    if (++linkCount_ > maxLinkCount)
      return -sys::eLoop;
    if (static_cast<size_t>(length) == sizeof target)
      return -sys::eNametoolong;
    long result = expand(target, static_cast<size_t>(length));
    return result < 0 ? result : followedLink;
  }

  long openLast(int flags, unsigned mode) {
    bool followsNot =
        (flags & sys::oNofollow) != 0 ||
        (flags & (sys::oCreat | sys::oExcl)) == (sys::oCreat | sys::oExcl);
    long fd = sys::openat(current_, name_, flags | sys::oNofollow, mode);
    if (followsNot)
      return fd;
    if (fd == -sys::eLoop || fd == -sys::eNotdir)
      return follow(fd);
    // O_PATH with O_NOFOLLOW opens the link itself.
    if (fd >= 0 && (flags & sys::oPath) != 0 && isLink(static_cast<int>(fd))) {
      sys::close(static_cast<int>(fd));
      return follow(-sys::eAgain);
    }
    return fd;
  }

  long openCurrent(int flags, unsigned mode) {
    long result = refresh();
    if (result < 0)
      return result;
    return sys::openat(current_, ".", flags & ~sys::oNofollow, mode);
  }

  static bool isLink(int fd) {
    sys::FileStatus status;
    return sys::fstat(fd, &status) >= 0 &&
           (status.mode & sys::sIfmt) == sys::sIflnk;
  }

  void leave() {
    if (current_ != grant_)
      sys::close(current_);
    current_ = grant_;
  }

  int grant_;
  int current_;
  bool isStale_ = false;
  unsigned linkCount_ = 0;
  unsigned stepCount_ = 0;
  /// What is still to be walked stands at the end, so that a link's target can
  /// be put before it.
  size_t pendingBegin_ = sizeof pending_ - 1;
  char pending_[2 * pathCapacity];
  /// Names without links from the grant to the current directory, each with its
  /// NUL.
  size_t trailLength_ = 0;
  char trail_[2 * pathCapacity];
  char name_[maxNameLength + 1];
};

__attribute__((noinline)) long walkBeneath(int directory, const char *path,
                                           int flags, unsigned mode) {
  Walker walker(directory);
  return walker.open(path, flags, mode);
}

long tryOpenat2(int directory, const char *path, int flags, unsigned mode) {
  sys::OpenHow how = {};
  how.flags = static_cast<uint64_t>(static_cast<unsigned>(flags));
  how.mode = (flags & sys::oCreat) != 0 ? mode : 0;
  how.resolve = sys::resolveBeneath | sys::resolveNoMagiclinks;
  return sys::openat2(directory, path, how);
}

/// Old kernels say ENOSYS, filters EPERM; the latter may also be about the
/// file.
bool findOpenat2() {
  long fd = tryOpenat2(sys::atFdcwd, ".", sys::oPath | sys::oCloexec, 0);
  if (fd >= 0)
    sys::close(static_cast<int>(fd));
  return fd != -sys::eNosys && fd != -sys::ePerm;
}

} // namespace

/// Not 0 if one of the eight bytes of `word` is `byte`.
static constexpr uint64_t bytesEqualTo(uint8_t byte, uint64_t word) {
  constexpr uint64_t ones = 0x0101010101010101;
  uint64_t difference = word ^ (ones * byte);
  return (difference - ones) & ~difference & (ones << 7);
}

Errno Path::load(const GuestMemory &memory, uint32_t pointer,
                 uint32_t byteLength) {
  const uint8_t *bytes = memory.at(pointer, byteLength);
  if (bytes == nullptr)
    return Errno::Fault;
  if (byteLength == 0)
    return Errno::Noent;
  if (byteLength >= pathCapacity)
    return Errno::Nametoolong;
  copyIn(text, bytes, byteLength);
  // Eight at a time; what is looked at behind the end is neither.
  __builtin_memset(text + byteLength, 0xff, sizeof(uint64_t));
  uint64_t nuls = 0, slashes = 0;
  for (uint32_t index = 0; index < byteLength; index += sizeof(uint64_t)) {
    uint64_t word;
    __builtin_memcpy(&word, text + index, sizeof word);
    nuls |= bytesEqualTo('\0', word);
    slashes |= bytesEqualTo('/', word);
  }
  if (nuls != 0)
    return Errno::Inval;
  text[byteLength] = '\0';
  length = byteLength;
  isSingleName = slashes == 0 && !isEqual(text, "..");
  return text[0] == '/' ? Errno::Notcapable : Errno::Success;
}

long openBeneath(State &state, int directory, const char *path, int flags,
                 unsigned mode) {
  flags |= sys::oCloexec;
  if (path[0] == '/')
    return escapesGrant;
  for (int attempt = 0; state.openat2 != Openat2::Missing && attempt != 8;
       ++attempt) {
    long result = tryOpenat2(directory, path, flags, mode);
    // EAGAIN: a rename elsewhere kept the kernel from being sure about a "..".
    if (result == -sys::eAgain)
      continue;
    bool mayBeMissing = result == -sys::eNosys || result == -sys::ePerm;
    if (mayBeMissing && state.openat2 == Openat2::Unknown)
      state.openat2 = findOpenat2() ? Openat2::Works : Openat2::Missing;
    if (state.openat2 != Openat2::Missing)
      return result == -sys::eXdev ? escapesGrant : result;
  }
  return walkBeneath(directory, path, flags, mode);
}

long openBeneath(State &state, int directory, const Path &path, int flags,
                 unsigned mode) {
  if (path.isSingleName) {
    // A name that is no link cannot lead anywhere else. Links are refused
    // before anything is created, emptied or opened.
    long result = sys::openat(directory, path.text,
                              flags | sys::oNofollow | sys::oCloexec, mode);
    bool mayBeLink = result == -sys::eLoop || result == -sys::eNotdir;
    if (!mayBeLink || (flags & sys::oNofollow) != 0)
      return result;
  }
  return openBeneath(state, directory, path.text, flags, mode);
}

void Place::close() {
  if (isOwned_)
    sys::close(directory_);
  isOwned_ = isWhole_ = false;
}

long Place::enterWhole(int grant, const char *path) {
  name_ = ".";
  isWhole_ = true;
  long fd = openBeneath(state_, grant, path, sys::oPath | sys::oDirectory);
  if (fd < 0)
    return fd;
  directory_ = static_cast<int>(fd);
  isOwned_ = true;
  return 0;
}

long Place::locate(int grant, Path &path, TrailingSlash slash) {
  close();
  uint32_t end = path.length;
  while (end != 0 && path.text[end - 1] == '/')
    --end;
  hasTrailingSlash_ = end != path.length;
  if (hasTrailingSlash_ && slash == TrailingSlash::Enter)
    return enterWhole(grant, path.text);
  path.text[end] = '\0';
  uint32_t begin = end;
  while (begin != 0 && path.text[begin - 1] != '/')
    --begin;
  const char *name = path.text + begin;
  bool isDot = name[0] == '.' && name[1] == '\0';
  bool isDotDot = name[0] == '.' && name[1] == '.' && name[2] == '\0';
  if (isDotDot || (isDot && begin != 0))
    return enterWhole(grant, path.text);
  name_ = name;
  directory_ = grant;
  if (begin == 0)
    return 0;
  path.text[begin - 1] = '\0';
  long fd = openBeneath(state_, grant, path.text, sys::oPath | sys::oDirectory);
  if (fd < 0)
    return fd;
  directory_ = static_cast<int>(fd);
  isOwned_ = true;
  return 0;
}

long Place::locateFollowing(int grant, Path &path) {
  for (unsigned linkCount = 0; linkCount <= maxLinkCount; ++linkCount) {
    long result = locate(grant, path, TrailingSlash::Enter);
    if (result < 0 || isWhole_)
      return result;
    char target[pathCapacity];
    long length = sys::readlinkat(directory_, name_, target, sizeof target);
    // Not a link, or nothing at all: for the caller's call to say.
    if (length < 0)
      return 0;
    if (target[0] == '/')
      return escapesGrant;
    // "parent" NUL "name" becomes "parent/target".
    auto begin = static_cast<uint32_t>(name_ - path.text);
    auto targetLength = static_cast<uint32_t>(length);
    if (targetLength == 0 || begin + targetLength >= pathCapacity)
      return -sys::eNametoolong;
    if (begin != 0)
      path.text[begin - 1] = '/';
    __builtin_memcpy(path.text + begin, target, targetLength);
    path.length = begin + targetLength;
    path.text[path.length] = '\0';
  }
  return -sys::eLoop;
}

} // namespace wrought::wasi

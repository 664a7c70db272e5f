//===- path.cpp - Calls on paths ------------------------------------------===//
//
// A call that acts on a name opens the directory that the name is in
// (resolve.h) and uses the *at() system call on the last component without
// following links. A trailing slash is never handed to the kernel, because it
// would follow a link in its place; what it means is decided here, as POSIX has
// it.
//
//===----------------------------------------------------------------------===//
#include "wasi/descriptor_table.h"
#include "wasi/errno.h"
#include "wasi/file_status.h"
#include "wasi/memory.h"
#include "wasi/resolve.h"

namespace wrought::wasi {

namespace {

enum class Effect { Reads, Changes };

/// The directory `fd`, which must have the right.
Descriptor *findDirectory(uint32_t fd, uint64_t right, Effect effect,
                          Errno &error) {
  Descriptor *descriptor = descriptors.find(fd, right, error);
  if (descriptor == nullptr || effect == Effect::Reads ||
      !descriptor->isReadOnly)
    return descriptor;
  error = Errno::Rofs;
  return nullptr;
}

/// findDirectory and Path::load in one.
Descriptor *prepare(uint32_t fd, uint64_t right, Effect effect,
                    uint32_t pointer, uint32_t length, Path &path,
                    Errno &error) {
  Descriptor *descriptor = findDirectory(fd, right, effect, error);
  if (descriptor == nullptr)
    return nullptr;
  error = path.load(GuestMemory(), pointer, length);
  return error == Errno::Success ? descriptor : nullptr;
}

/// Whether the path is one name, so that nothing has to be resolved before it.
bool isSingleName(const Path &path) {
  for (uint32_t index = 0; index != path.length; ++index)
    if (path.text[index] == '/')
      return false;
  return !(path.length == 2 && path.text[0] == '.' && path.text[1] == '.');
}

bool isLink(const sys::Statx &status) {
  return (status.mode & sys::sIfmt) == sys::sIflnk;
}

bool isDirectory(const sys::Statx &status) {
  return (status.mode & sys::sIfmt) == sys::sIfdir;
}

long statusBeneath(int directory, const Path &path, bool follows,
                   sys::Statx &status) {
  if (isSingleName(path)) {
    long result = sys::statx(directory, path.text, sys::atSymlinkNofollow,
                             sys::statxBasicStats, &status);
    if (result < 0 || !follows || !isLink(status))
      return result;
  }
  long fd = openBeneath(directory, path.text,
                        sys::oPath | (follows ? 0 : sys::oNofollow));
  if (fd < 0)
    return fd;
  long result = sys::fstatx(static_cast<int>(fd), &status);
  sys::close(static_cast<int>(fd));
  return result;
}

/// For a new name with a trailing slash that is not to be a directory.
Errno refuseNewName(const Place &place) {
  sys::Statx status;
  long result = place.status(status);
  return result < 0 ? errnoOf(result) : Errno::Exist;
}

//===-- path_open ---------------------------------------------------------===//

int hostOpenFlags(uint32_t oflags, uint32_t fdflags, uint64_t rightsBase) {
  bool reads = (rightsBase & (rights::fdRead | rights::fdReaddir)) != 0;
  bool writes = (rightsBase & rights::fdWrite) != 0;
  int flags = !writes ? sys::oRdonly : reads ? sys::oRdwr : sys::oWronly;
  flags |= oflags & oflagCreat ? sys::oCreat : 0;
  flags |= oflags & oflagDirectory ? sys::oDirectory : 0;
  flags |= oflags & oflagExcl ? sys::oExcl : 0;
  flags |= oflags & oflagTrunc ? sys::oTrunc : 0;
  flags |= fdflags & fdflagAppend ? sys::oAppend : 0;
  flags |= fdflags & fdflagDsync ? sys::oDsync : 0;
  flags |= fdflags & (fdflagSync | fdflagRsync) ? sys::oSync : 0;
  // Nobody may be at the other end of a FIFO, and a terminal must not become
  // the program's.
  return flags | sys::oNonblock | sys::oNoctty;
}

/// A read-only grant opens what exists and refuses the rest.
long openReadOnly(int directory, const Path &path, int flags) {
  bool changes =
      (flags & sys::oAccmode) != sys::oRdonly || (flags & sys::oTrunc) != 0;
  if (changes)
    return -sys::eRofs;
  bool creates = (flags & sys::oCreat) != 0;
  bool isExclusive = creates && (flags & sys::oExcl) != 0;
  long fd =
      openBeneath(directory, path.text, flags & ~(sys::oCreat | sys::oExcl));
  if (fd >= 0 && isExclusive) {
    sys::close(static_cast<int>(fd));
    return -sys::eExist;
  }
  return fd == -sys::eNoent && creates ? -sys::eRofs : fd;
}

/// /proc/self/mem and its like would be a way to the host's memory.
bool isOnProc(int fd, const sys::Statx &status) {
  sys::FileSystemStatus fileSystem;
  return status.deviceMajor == 0 && sys::fstatfs(fd, &fileSystem) >= 0 &&
         fileSystem.type == sys::procSuperMagic;
}

/// What path_open makes of a host descriptor; takes it.
Errno adopt(long hostFd, const Descriptor &directory, int hostFlags,
            uint32_t fdflags, uint64_t rightsBase, uint64_t rightsInheriting,
            uint32_t &fd) {
  auto file = static_cast<int>(hostFd);
  sys::Statx status;
  long result = sys::fstatx(file, &status);
  bool writes = (hostFlags & sys::oAccmode) != sys::oRdonly;
  if (result >= 0 && writes && isOnProc(file, status))
    result = escapesGrant;
  if (result < 0) {
    sys::close(file);
    return errnoOf(result);
  }
  Descriptor opened;
  opened.hostFd = file;
  opened.isIdentified = true;
  opened.isReadOnly = directory.isReadOnly;
  opened.type = fileType(status.mode);
  opened.flags = fdflags;
  opened.rightsBase = rightsBase & directory.rightsInheriting;
  opened.rightsInheriting = rightsInheriting & directory.rightsInheriting;
  switch (opened.type) {
  case FileType::Directory:
    opened.rightsBase &= rights::directory;
    break;
  case FileType::RegularFile:
    opened.rightsBase &= rights::file;
    break;
  case FileType::CharacterDevice:
    opened.rightsBase &= rights::file;
    if (isTerminal(file))
      opened.rightsBase &= ~rights::position;
    break;
  default:
    opened.rightsBase &= rights::file & ~rights::position;
    break;
  }
  // O_NONBLOCK was for the opening only, and means nothing to these two.
  bool mayBlock = opened.type != FileType::RegularFile &&
                  opened.type != FileType::Directory;
  if (mayBlock && (fdflags & fdflagNonblock) == 0)
    sys::fcntl(file, sys::fSetfl, hostFlags & ~sys::oNonblock);
  return descriptors.insert(opened, fd);
}

} // namespace

Errno wrought_wasi_path_open(uint32_t fd, uint32_t lookup, uint32_t pathPointer,
                             uint32_t pathLength, uint32_t oflags,
                             uint64_t rightsBase, uint64_t rightsInheriting,
                             uint32_t fdflags, uint32_t resultPointer) {
  if ((lookup & ~lookupSymlinkFollow) != 0 || (oflags & ~oflagAll) != 0 ||
      (fdflags & ~fdflagAll) != 0)
    return Errno::Inval;
  // Linux has made regular files of this combination.
  if ((oflags & oflagDirectory) != 0 && (oflags & oflagCreat) != 0)
    return Errno::Inval;
  uint64_t required = rights::pathOpen;
  required |= oflags & oflagCreat ? rights::pathCreateFile : 0;
  required |= oflags & oflagTrunc ? rights::pathFilestatSetSize : 0;
  Path path;
  Errno error;
  Descriptor *directory = prepare(fd, required, Effect::Reads, pathPointer,
                                  pathLength, path, error);
  if (directory == nullptr)
    return error;
  Out<uint32_t> out(GuestMemory(), resultPointer);
  if (!out.isValid())
    return Errno::Fault;
  int flags =
      hostOpenFlags(oflags, fdflags, rightsBase & directory->rightsInheriting);
  if ((lookup & lookupSymlinkFollow) == 0)
    flags |= sys::oNofollow;
  long hostFd = directory->isReadOnly
                    ? openReadOnly(directory->hostFd, path, flags)
                    : openBeneath(directory->hostFd, path.text, flags, 0666);
  if (hostFd < 0)
    return errnoOf(hostFd);
  uint32_t opened;
  error = adopt(hostFd, *directory, flags, fdflags, rightsBase,
                rightsInheriting, opened);
  if (error == Errno::Success)
    out.set(opened);
  return error;
}

//===-- Status ------------------------------------------------------------===//

Errno wrought_wasi_path_filestat_get(uint32_t fd, uint32_t lookup,
                                     uint32_t pathPointer, uint32_t pathLength,
                                     uint32_t resultPointer) {
  if ((lookup & ~lookupSymlinkFollow) != 0)
    return Errno::Inval;
  Path path;
  Errno error;
  Descriptor *directory = prepare(fd, rights::pathFilestatGet, Effect::Reads,
                                  pathPointer, pathLength, path, error);
  if (directory == nullptr)
    return error;
  uint8_t *out = GuestMemory().at(resultPointer, filestat::byteLength);
  if (out == nullptr)
    return Errno::Fault;
  sys::Statx status;
  long result = statusBeneath(directory->hostFd, path,
                              (lookup & lookupSymlinkFollow) != 0, status);
  if (result < 0)
    return errnoOf(result);
  writeFileStatus(out, status);
  return Errno::Success;
}

Errno wrought_wasi_path_filestat_set_times(
    uint32_t fd, uint32_t lookup, uint32_t pathPointer, uint32_t pathLength,
    uint64_t accessTime, uint64_t modificationTime, uint32_t flags) {
  if ((lookup & ~lookupSymlinkFollow) != 0)
    return Errno::Inval;
  Path path;
  Errno error;
  Descriptor *directory =
      prepare(fd, rights::pathFilestatSetTimes, Effect::Changes, pathPointer,
              pathLength, path, error);
  if (directory == nullptr)
    return error;
  sys::TimeSpec times[2];
  error = fileTimes(accessTime, modificationTime, flags, times);
  if (error != Errno::Success)
    return error;
  Place place;
  long result =
      (lookup & lookupSymlinkFollow) != 0
          ? place.locateFollowing(directory->hostFd, path)
          : place.locate(directory->hostFd, path, TrailingSlash::Enter);
  if (result >= 0)
    result = sys::utimensat(place.directory(), place.name(), times,
                            sys::atSymlinkNofollow);
  return errnoOf(result);
}

Errno wrought_wasi_path_readlink(uint32_t fd, uint32_t pathPointer,
                                 uint32_t pathLength, uint32_t buffer,
                                 uint32_t bufferLength, uint32_t usedPointer) {
  Path path;
  Errno error;
  Descriptor *directory = prepare(fd, rights::pathReadlink, Effect::Reads,
                                  pathPointer, pathLength, path, error);
  if (directory == nullptr)
    return error;
  GuestMemory memory;
  uint8_t *bytes = memory.at(buffer, bufferLength);
  Out<uint32_t> used(memory, usedPointer);
  if (bytes == nullptr || !used.isValid())
    return Errno::Fault;
  Place place;
  long result = place.locate(directory->hostFd, path, TrailingSlash::Enter);
  if (result < 0)
    return errnoOf(result);
  char target[pathCapacity];
  result =
      sys::readlinkat(place.directory(), place.name(), target, sizeof target);
  if (result < 0)
    return errnoOf(result);
  auto length = static_cast<uint32_t>(result);
  if (length > bufferLength)
    length = bufferLength;
  __builtin_memcpy(bytes, target, length);
  used.set(length);
  return Errno::Success;
}

//===-- Names -------------------------------------------------------------===//

Errno wrought_wasi_path_create_directory(uint32_t fd, uint32_t pathPointer,
                                         uint32_t pathLength) {
  Path path;
  Errno error;
  Descriptor *directory =
      prepare(fd, rights::pathCreateDirectory, Effect::Changes, pathPointer,
              pathLength, path, error);
  if (directory == nullptr)
    return error;
  Place place;
  long result = place.locate(directory->hostFd, path, TrailingSlash::Strip);
  if (result >= 0)
    result = sys::mkdirat(place.directory(), place.name(), 0777);
  return errnoOf(result);
}

Errno wrought_wasi_path_remove_directory(uint32_t fd, uint32_t pathPointer,
                                         uint32_t pathLength) {
  Path path;
  Errno error;
  Descriptor *directory =
      prepare(fd, rights::pathRemoveDirectory, Effect::Changes, pathPointer,
              pathLength, path, error);
  if (directory == nullptr)
    return error;
  Place place;
  long result = place.locate(directory->hostFd, path, TrailingSlash::Strip);
  if (result >= 0)
    result = sys::unlinkat(place.directory(), place.name(), sys::atRemovedir);
  return errnoOf(result);
}

Errno wrought_wasi_path_unlink_file(uint32_t fd, uint32_t pathPointer,
                                    uint32_t pathLength) {
  Path path;
  Errno error;
  Descriptor *directory = prepare(fd, rights::pathUnlinkFile, Effect::Changes,
                                  pathPointer, pathLength, path, error);
  if (directory == nullptr)
    return error;
  Place place;
  long result = place.locate(directory->hostFd, path, TrailingSlash::Strip);
  if (result >= 0 && place.hasTrailingSlash()) {
    sys::Statx status;
    result = place.status(status);
    if (result >= 0)
      result = isDirectory(status) ? -sys::eIsdir : -sys::eNotdir;
  } else if (result >= 0) {
    result = sys::unlinkat(place.directory(), place.name(), 0);
  }
  return errnoOf(result);
}

Errno wrought_wasi_path_rename(uint32_t fd, uint32_t pathPointer,
                               uint32_t pathLength, uint32_t newFd,
                               uint32_t newPathPointer,
                               uint32_t newPathLength) {
  Path path, newPath;
  Errno error;
  Descriptor *directory = prepare(fd, rights::pathRenameSource, Effect::Changes,
                                  pathPointer, pathLength, path, error);
  if (directory == nullptr)
    return error;
  Descriptor *newDirectory =
      prepare(newFd, rights::pathRenameTarget, Effect::Changes, newPathPointer,
              newPathLength, newPath, error);
  if (newDirectory == nullptr)
    return error;
  Place place, newPlace;
  long result = place.locate(directory->hostFd, path, TrailingSlash::Strip);
  if (result >= 0)
    result =
        newPlace.locate(newDirectory->hostFd, newPath, TrailingSlash::Strip);
  if (result >= 0 &&
      (place.hasTrailingSlash() || newPlace.hasTrailingSlash())) {
    // Only a directory may be called so.
    sys::Statx status;
    result = place.status(status);
    if (result >= 0 && !isDirectory(status))
      result = -sys::eNotdir;
  }
  if (result >= 0)
    result = sys::renameat2(place.directory(), place.name(),
                            newPlace.directory(), newPlace.name(), 0);
  return errnoOf(result);
}

Errno wrought_wasi_path_link(uint32_t fd, uint32_t lookup, uint32_t pathPointer,
                             uint32_t pathLength, uint32_t newFd,
                             uint32_t newPathPointer, uint32_t newPathLength) {
  if ((lookup & ~lookupSymlinkFollow) != 0)
    return Errno::Inval;
  Path path, newPath;
  Errno error;
  // A second name in a writable place would undo a read-only grant.
  Descriptor *directory = prepare(fd, rights::pathLinkSource, Effect::Changes,
                                  pathPointer, pathLength, path, error);
  if (directory == nullptr)
    return error;
  Descriptor *newDirectory =
      prepare(newFd, rights::pathLinkTarget, Effect::Changes, newPathPointer,
              newPathLength, newPath, error);
  if (newDirectory == nullptr)
    return error;
  Place place, newPlace;
  long result =
      (lookup & lookupSymlinkFollow) != 0
          ? place.locateFollowing(directory->hostFd, path)
          : place.locate(directory->hostFd, path, TrailingSlash::Enter);
  if (result >= 0)
    result =
        newPlace.locate(newDirectory->hostFd, newPath, TrailingSlash::Strip);
  if (result >= 0 && newPlace.hasTrailingSlash())
    return refuseNewName(newPlace);
  if (result >= 0)
    result = sys::linkat(place.directory(), place.name(), newPlace.directory(),
                         newPlace.name(), 0);
  return errnoOf(result);
}

Errno wrought_wasi_path_symlink(uint32_t targetPointer, uint32_t targetLength,
                                uint32_t fd, uint32_t pathPointer,
                                uint32_t pathLength) {
  Path target, path;
  Errno error;
  Descriptor *directory = prepare(fd, rights::pathSymlink, Effect::Changes,
                                  pathPointer, pathLength, path, error);
  if (directory == nullptr)
    return error;
  // Nobody here would follow an absolute link, but the host might.
  error = target.load(GuestMemory(), targetPointer, targetLength);
  if (error != Errno::Success)
    return error;
  Place place;
  long result = place.locate(directory->hostFd, path, TrailingSlash::Strip);
  if (result >= 0 && place.hasTrailingSlash())
    return refuseNewName(place);
  if (result >= 0)
    result = sys::symlinkat(target.text, place.directory(), place.name());
  return errnoOf(result);
}

} // namespace wrought::wasi

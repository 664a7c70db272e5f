//===- path.cpp - Calls on paths ------------------------------------------===//
//
// A call that acts on a name opens the directory that the name is in
// (resolve.h) and uses the *at() system call on the last component without
// following links. A trailing slash is never handed to the kernel, because it
// would follow a link in its place; what it means is decided here, as POSIX has
// it.
//
//===----------------------------------------------------------------------===//
#include "model/guest.h"
#include "wasi/descriptor_table.h"
#include "wasi/errno.h"
#include "wasi/file_status.h"
#include "wasi/memory.h"
#include "wasi/resolve.h"

WASI_USES(wrought_wasi_open_grants);

namespace wrought::wasi {

namespace {

enum class Effect { Reads, Changes };

/// The directory `fd`, which must have the right, and a path of the guest's.
Use prepare(State &state, uint32_t fd, uint64_t right, Effect effect,
            uint32_t pointer, uint32_t length, Path &path, Errno &error) {
  Use directory = state.descriptors.find(fd, right, error);
  if (!directory)
    return directory;
  error = directory->isReadOnly && effect == Effect::Changes
              ? Errno::Rofs
              : path.load(GuestMemory(state), pointer, length);
  return error == Errno::Success ? static_cast<Use &&>(directory) : Use();
}

bool isLink(const sys::FileStatus &status) {
  return (status.mode & sys::sIfmt) == sys::sIflnk;
}

bool isDirectory(const sys::FileStatus &status) {
  return (status.mode & sys::sIfmt) == sys::sIfdir;
}

long statusBeneath(State &state, int directory, const Path &path, bool follows,
                   sys::FileStatus &status) {
  if (path.isSingleName) {
    long result =
        sys::fstatat(directory, path.text, sys::atSymlinkNofollow, &status);
    if (result < 0 || !follows || !isLink(status))
      return result;
  }
  long fd = openBeneath(state, directory, path.text,
                        sys::oPath | (follows ? 0 : sys::oNofollow));
  if (fd < 0)
    return fd;
  long result = sys::fstat(static_cast<int>(fd), &status);
  sys::close(static_cast<int>(fd));
  return result;
}

/// For a new name with a trailing slash that is not to be a directory.
Errno refuseNewName(const Place &place) {
  sys::FileStatus status;
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
long openReadOnly(State &state, int directory, const Path &path, int flags) {
  bool changes =
      (flags & sys::oAccmode) != sys::oRdonly || (flags & sys::oTrunc) != 0;
  if (changes)
    return -sys::eRofs;
  bool creates = (flags & sys::oCreat) != 0;
  bool isExclusive = creates && (flags & sys::oExcl) != 0;
  long fd =
      openBeneath(state, directory, path, flags & ~(sys::oCreat | sys::oExcl));
  if (fd >= 0 && isExclusive) {
    sys::close(static_cast<int>(fd));
    return -sys::eExist;
  }
  return fd == -sys::eNoent && creates ? -sys::eRofs : fd;
}

/// /proc/self/mem and its like would be a way to the host's memory.
bool isOnProc(int fd, const sys::FileStatus &status) {
  sys::FileSystemStatus fileSystem;
  return sys::deviceMajor(status.device) == 0 &&
         sys::fstatfs(fd, &fileSystem) >= 0 &&
         fileSystem.type == sys::procSuperMagic;
}

/// Looks at what was opened for writing. Of what was opened for reading,
/// nothing needs to be known before it is used.
Errno checkWritable(State &state, Descriptor &opened) {
  sys::FileStatus status;
  long result = sys::fstat(opened.hostFd, &status);
  if (result >= 0 && isOnProc(opened.hostFd, status))
    result = escapesGrant;
  if (result >= 0)
    state.descriptors.identify(opened, status);
  return errnoOf(result);
}

} // namespace

Errno WASI_CALL(path_open, uint32_t fd, uint32_t lookup, uint32_t pathPointer,
                uint32_t pathLength, uint32_t oflags, uint64_t rightsBase,
                uint64_t rightsInheriting, uint32_t fdflags,
                uint32_t resultPointer) {
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
  Use directory = prepare(state, fd, required, Effect::Reads, pathPointer,
                          pathLength, path, error);
  if (!directory)
    return error;
  Out<uint32_t> out(GuestMemory(state), resultPointer);
  if (!out.isValid())
    return Errno::Fault;
  int flags =
      hostOpenFlags(oflags, fdflags, rightsBase & directory->rightsInheriting);
  if ((lookup & lookupSymlinkFollow) == 0)
    flags |= sys::oNofollow;
  long hostFd = directory->isReadOnly
                    ? openReadOnly(state, directory->hostFd, path, flags)
                    : openBeneath(state, directory->hostFd, path, flags, 0666);
  if (hostFd < 0)
    return errnoOf(hostFd);
  Descriptor opened;
  opened.hostFd = static_cast<int>(hostFd);
  opened.isReadOnly = directory->isReadOnly;
  opened.flags = fdflags;
  opened.rightsBase = rightsBase & directory->rightsInheriting;
  opened.rightsInheriting = rightsInheriting & directory->rightsInheriting;
  if ((oflags & oflagDirectory) != 0) {
    opened.isIdentified = true;
    opened.type = FileType::Directory;
    opened.rightsBase &= rights::directory;
  } else if ((flags & sys::oAccmode) != sys::oRdonly) {
    error = checkWritable(state, opened);
  }
  uint32_t number;
  if (error == Errno::Success)
    error = state.descriptors.insert(opened, number);
  else
    sys::close(opened.hostFd);
  if (error == Errno::Success)
    out.set(number);
  return error;
}

//===-- Status ------------------------------------------------------------===//

static Errno pathStatus(State &state, uint32_t fd, uint32_t lookup,
                        uint32_t pathPointer, uint32_t pathLength,
                        uint32_t resultPointer, Edition edition) {
  if ((lookup & ~lookupSymlinkFollow) != 0)
    return Errno::Inval;
  Path path;
  Errno error;
  Use directory = prepare(state, fd, rights::pathFilestatGet, Effect::Reads,
                          pathPointer, pathLength, path, error);
  if (!directory)
    return error;
  uint8_t *out =
      GuestMemory(state).at(resultPointer, fileStatusByteLength(edition));
  if (out == nullptr)
    return Errno::Fault;
  sys::FileStatus status;
  long result = statusBeneath(state, directory->hostFd, path,
                              (lookup & lookupSymlinkFollow) != 0, status);
  if (result < 0)
    return errnoOf(result);
  writeFileStatus(out, status, edition);
  return Errno::Success;
}

Errno WASI_CALL(path_filestat_get, uint32_t fd, uint32_t lookup, uint32_t path,
                uint32_t pathLength, uint32_t result) {
  return pathStatus(state, fd, lookup, path, pathLength, result,
                    Edition::Preview1);
}

Errno WASI_CALL(unstable_path_filestat_get, uint32_t fd, uint32_t lookup,
                uint32_t path, uint32_t pathLength, uint32_t result) {
  return pathStatus(state, fd, lookup, path, pathLength, result,
                    Edition::Unstable);
}

Errno WASI_CALL(path_filestat_set_times, uint32_t fd, uint32_t lookup,
                uint32_t pathPointer, uint32_t pathLength, uint64_t accessTime,
                uint64_t modificationTime, uint32_t flags) {
  if ((lookup & ~lookupSymlinkFollow) != 0)
    return Errno::Inval;
  Path path;
  Errno error;
  Use directory =
      prepare(state, fd, rights::pathFilestatSetTimes, Effect::Changes,
              pathPointer, pathLength, path, error);
  if (!directory)
    return error;
  sys::TimeSpec times[2];
  error = fileTimes(accessTime, modificationTime, flags, times);
  if (error != Errno::Success)
    return error;
  Place place(state);
  long result =
      (lookup & lookupSymlinkFollow) != 0
          ? place.locateFollowing(directory->hostFd, path)
          : place.locate(directory->hostFd, path, TrailingSlash::Enter);
  if (result >= 0)
    result = sys::utimensat(place.directory(), place.name(), times,
                            sys::atSymlinkNofollow);
  return errnoOf(result);
}

Errno WASI_CALL(path_readlink, uint32_t fd, uint32_t pathPointer,
                uint32_t pathLength, uint32_t buffer, uint32_t bufferLength,
                uint32_t usedPointer) {
  Path path;
  Errno error;
  Use directory = prepare(state, fd, rights::pathReadlink, Effect::Reads,
                          pathPointer, pathLength, path, error);
  if (!directory)
    return error;
  GuestMemory memory(state);
  uint8_t *bytes = memory.at(buffer, bufferLength);
  Out<uint32_t> used(memory, usedPointer);
  if (bytes == nullptr || !used.isValid())
    return Errno::Fault;
  Place place(state);
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

Errno WASI_CALL(path_create_directory, uint32_t fd, uint32_t pathPointer,
                uint32_t pathLength) {
  Path path;
  Errno error;
  Use directory =
      prepare(state, fd, rights::pathCreateDirectory, Effect::Changes,
              pathPointer, pathLength, path, error);
  if (!directory)
    return error;
  Place place(state);
  long result = place.locate(directory->hostFd, path, TrailingSlash::Strip);
  if (result >= 0)
    result = sys::mkdirat(place.directory(), place.name(), 0777);
  return errnoOf(result);
}

Errno WASI_CALL(path_remove_directory, uint32_t fd, uint32_t pathPointer,
                uint32_t pathLength) {
  Path path;
  Errno error;
  Use directory =
      prepare(state, fd, rights::pathRemoveDirectory, Effect::Changes,
              pathPointer, pathLength, path, error);
  if (!directory)
    return error;
  Place place(state);
  long result = place.locate(directory->hostFd, path, TrailingSlash::Strip);
  if (result >= 0)
    result = sys::unlinkat(place.directory(), place.name(), sys::atRemovedir);
  return errnoOf(result);
}

Errno WASI_CALL(path_unlink_file, uint32_t fd, uint32_t pathPointer,
                uint32_t pathLength) {
  Path path;
  Errno error;
  Use directory = prepare(state, fd, rights::pathUnlinkFile, Effect::Changes,
                          pathPointer, pathLength, path, error);
  if (!directory)
    return error;
  Place place(state);
  long result = place.locate(directory->hostFd, path, TrailingSlash::Strip);
  if (result >= 0 && place.hasTrailingSlash()) {
    sys::FileStatus status;
    result = place.status(status);
    if (result >= 0)
      result = isDirectory(status) ? -sys::eIsdir : -sys::eNotdir;
  } else if (result >= 0) {
    result = sys::unlinkat(place.directory(), place.name(), 0);
  }
  return errnoOf(result);
}

Errno WASI_CALL(path_rename, uint32_t fd, uint32_t pathPointer,
                uint32_t pathLength, uint32_t newFd, uint32_t newPathPointer,
                uint32_t newPathLength) {
  Path path, newPath;
  Errno error;
  Use directory = prepare(state, fd, rights::pathRenameSource, Effect::Changes,
                          pathPointer, pathLength, path, error);
  if (!directory)
    return error;
  Use newDirectory =
      prepare(state, newFd, rights::pathRenameTarget, Effect::Changes,
              newPathPointer, newPathLength, newPath, error);
  if (!newDirectory)
    return error;
  Place place(state), newPlace(state);
  long result = place.locate(directory->hostFd, path, TrailingSlash::Strip);
  if (result >= 0)
    result =
        newPlace.locate(newDirectory->hostFd, newPath, TrailingSlash::Strip);
  if (result >= 0 &&
      (place.hasTrailingSlash() || newPlace.hasTrailingSlash())) {
    // Only a directory may be called so.
    sys::FileStatus status;
    result = place.status(status);
    if (result >= 0 && !isDirectory(status))
      result = -sys::eNotdir;
  }
  if (result >= 0)
    result = sys::renameat2(place.directory(), place.name(),
                            newPlace.directory(), newPlace.name(), 0);
  return errnoOf(result);
}

Errno WASI_CALL(path_link, uint32_t fd, uint32_t lookup, uint32_t pathPointer,
                uint32_t pathLength, uint32_t newFd, uint32_t newPathPointer,
                uint32_t newPathLength) {
  if ((lookup & ~lookupSymlinkFollow) != 0)
    return Errno::Inval;
  Path path, newPath;
  Errno error;
  // A second name in a writable place would undo a read-only grant.
  Use directory = prepare(state, fd, rights::pathLinkSource, Effect::Changes,
                          pathPointer, pathLength, path, error);
  if (!directory)
    return error;
  Use newDirectory =
      prepare(state, newFd, rights::pathLinkTarget, Effect::Changes,
              newPathPointer, newPathLength, newPath, error);
  if (!newDirectory)
    return error;
  Place place(state), newPlace(state);
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

Errno WASI_CALL(path_symlink, uint32_t targetPointer, uint32_t targetLength,
                uint32_t fd, uint32_t pathPointer, uint32_t pathLength) {
  Path target, path;
  Errno error;
  Use directory = prepare(state, fd, rights::pathSymlink, Effect::Changes,
                          pathPointer, pathLength, path, error);
  if (!directory)
    return error;
  // Nobody here would follow an absolute link, but the host might.
  error = target.load(GuestMemory(state), targetPointer, targetLength);
  if (error != Errno::Success)
    return error;
  Place place(state);
  long result = place.locate(directory->hostFd, path, TrailingSlash::Strip);
  if (result >= 0 && place.hasTrailingSlash())
    return refuseNewName(place);
  if (result >= 0)
    result = sys::symlinkat(target.text, place.directory(), place.name());
  return errnoOf(result);
}

} // namespace wrought::wasi

//===- fd.cpp - Calls on one descriptor -----------------------------------===//
#include "model/guest.h"
#include "wasi/descriptor_table.h"
#include "wasi/errno.h"
#include "wasi/file_status.h"
#include "wasi/memory.h"

namespace wrought::wasi {

namespace {

// Of Linux; normal, willneed, dontneed and noreuse agree with WASI's.
constexpr int linuxAdvice[] = {0, 2, 1, 3, 4, 5};
constexpr uint64_t maxOffset = INT64_MAX;

/// Of inherited descriptors others may change the flags.
uint32_t flagsOf(const Descriptor &descriptor) {
  if (!descriptor.isInherited)
    return descriptor.flags;
  long hostFlags = sys::fcntl(descriptor.hostFd, sys::fGetfl, 0);
  return hostFlags < 0 ? 0 : guestFlags(hostFlags);
}

/// For calls on files only: directories have a position and a size on Linux.
Use findFile(State &state, uint32_t fd, uint64_t rights, Errno &error) {
  Use descriptor = state.descriptors.find(fd, rights, error);
  if (!descriptor)
    return descriptor;
  state.descriptors.identify(*descriptor);
  if (descriptor->type != FileType::Directory)
    return descriptor;
  error = Errno::Badf;
  return Use();
}

Errno seek(State &state, uint32_t fd, int64_t offset, int whence,
           uint64_t right, uint32_t resultPointer) {
  Errno error;
  Use descriptor = findFile(state, fd, right, error);
  if (!descriptor)
    return error;
  Out<uint64_t> out(GuestMemory(state), resultPointer);
  if (!out.isValid())
    return Errno::Fault;
  long result = sys::lseek(descriptor->hostFd, offset, whence);
  if (result < 0)
    return errnoOf(result);
  out.set(static_cast<uint64_t>(result));
  return Errno::Success;
}

Errno fileStatus(State &state, uint32_t fd, uint32_t resultPointer,
                 Edition edition) {
  Errno error;
  Use descriptor = state.descriptors.find(fd, rights::fdFilestatGet, error);
  if (!descriptor)
    return error;
  uint8_t *out =
      GuestMemory(state).at(resultPointer, fileStatusByteLength(edition));
  if (out == nullptr)
    return Errno::Fault;
  sys::FileStatus status;
  long result = sys::fstat(descriptor->hostFd, &status);
  if (result < 0)
    return errnoOf(result);
  writeFileStatus(out, status, edition);
  return Errno::Success;
}

} // namespace

Errno WASI_CALL(fd_close, uint32_t fd) { return state.descriptors.close(fd); }

Errno WASI_CALL(fd_renumber, uint32_t from, uint32_t to) {
  return state.descriptors.renumber(from, to);
}

Errno WASI_CALL(fd_seek, uint32_t fd, uint64_t offset, uint32_t whence,
                uint32_t result) {
  // WASI's numbers are Linux's.
  static_assert(whenceSet == sys::seekSet && whenceCur == sys::seekCur &&
                whenceEnd == sys::seekEnd);
  if (whence > whenceEnd)
    return Errno::Inval;
  return seek(state, fd, static_cast<int64_t>(offset), static_cast<int>(whence),
              rights::fdSeek, result);
}

Errno WASI_CALL(unstable_fd_seek, uint32_t fd, uint64_t offset, uint32_t whence,
                uint32_t result) {
  constexpr int hostWhence[] = {sys::seekCur, sys::seekEnd, sys::seekSet};
  static_assert(unstableWhenceCur == 0 && unstableWhenceEnd == 1 &&
                unstableWhenceSet == 2);
  if (whence > unstableWhenceSet)
    return Errno::Inval;
  return seek(state, fd, static_cast<int64_t>(offset), hostWhence[whence],
              rights::fdSeek, result);
}

Errno WASI_CALL(fd_tell, uint32_t fd, uint32_t result) {
  return seek(state, fd, 0, sys::seekCur, rights::fdTell, result);
}

Errno WASI_CALL(fd_sync, uint32_t fd) {
  Errno error;
  Use descriptor = state.descriptors.find(fd, rights::fdSync, error);
  return descriptor ? errnoOf(sys::fsync(descriptor->hostFd)) : error;
}

Errno WASI_CALL(fd_datasync, uint32_t fd) {
  Errno error;
  Use descriptor = state.descriptors.find(fd, rights::fdDatasync, error);
  return descriptor ? errnoOf(sys::fdatasync(descriptor->hostFd)) : error;
}

Errno WASI_CALL(fd_advise, uint32_t fd, uint64_t offset, uint64_t length,
                uint32_t advice) {
  if (advice > 5 || offset > maxOffset || length > maxOffset)
    return Errno::Inval;
  Errno error;
  Use descriptor = findFile(state, fd, rights::fdAdvise, error);
  if (!descriptor)
    return error;
  return errnoOf(sys::fadvise(descriptor->hostFd, static_cast<int64_t>(offset),
                              static_cast<int64_t>(length),
                              linuxAdvice[advice]));
}

Errno WASI_CALL(fd_allocate, uint32_t fd, uint64_t offset, uint64_t length) {
  if (offset > maxOffset || length > maxOffset)
    return Errno::Inval;
  Errno error;
  Use descriptor = findFile(state, fd, rights::fdAllocate, error);
  if (!descriptor)
    return error;
  if (descriptor->isReadOnly)
    return Errno::Rofs;
  SignalGuard guard(state, *descriptor);
  return errnoOf(sys::fallocate(descriptor->hostFd, 0,
                                static_cast<int64_t>(offset),
                                static_cast<int64_t>(length)));
}

Errno WASI_CALL(fd_fdstat_get, uint32_t fd, uint32_t result) {
  Use descriptor = state.descriptors.find(fd);
  if (!descriptor)
    return Errno::Badf;
  uint8_t *out = GuestMemory(state).at(result, fdstat::byteLength);
  if (out == nullptr)
    return Errno::Fault;
  state.descriptors.identify(*descriptor);
  __builtin_memset(out, 0, fdstat::byteLength);
  store<FileType>(out + fdstat::filetype, descriptor->type);
  store<uint16_t>(out + fdstat::flags,
                  static_cast<uint16_t>(flagsOf(*descriptor)));
  store<uint64_t>(out + fdstat::rightsBase, descriptor->rightsBase);
  store<uint64_t>(out + fdstat::rightsInheriting, descriptor->rightsInheriting);
  return Errno::Success;
}

Errno WASI_CALL(fd_fdstat_set_flags, uint32_t fd, uint32_t flags) {
  Errno error;
  Use descriptor = state.descriptors.find(fd, rights::fdFdstatSetFlags, error);
  if (!descriptor)
    return error;
  if (descriptor->isInherited && !mayChangeInherited)
    return Errno::Notsup;
  constexpr uint32_t changeable = fdflagAppend | fdflagNonblock;
  uint32_t syncFlags = flagsOf(*descriptor) & ~changeable;
  // Linux cannot change synchronisation; asking for none is no request to.
  if ((flags & ~fdflagAll) != 0 || (flags & ~changeable & ~syncFlags) != 0)
    return Errno::Inval;
  long hostFlags = (flags & fdflagAppend ? sys::oAppend : 0) |
                   (flags & fdflagNonblock ? sys::oNonblock : 0);
  long result = sys::fcntl(descriptor->hostFd, sys::fSetfl, hostFlags);
  if (result < 0)
    return errnoOf(result);
  descriptor->flags = syncFlags | (flags & changeable);
  return Errno::Success;
}

Errno WASI_CALL(fd_fdstat_set_rights, uint32_t fd, uint64_t base,
                uint64_t inheriting) {
  Use descriptor = state.descriptors.find(fd);
  if (!descriptor)
    return Errno::Badf;
  state.descriptors.identify(*descriptor);
  if ((base & ~descriptor->rightsBase) != 0 ||
      (inheriting & ~descriptor->rightsInheriting) != 0)
    return Errno::Notcapable;
  state.descriptors.setRights(*descriptor, base, inheriting);
  return Errno::Success;
}

Errno WASI_CALL(fd_filestat_get, uint32_t fd, uint32_t result) {
  return fileStatus(state, fd, result, Edition::Preview1);
}

Errno WASI_CALL(unstable_fd_filestat_get, uint32_t fd, uint32_t result) {
  return fileStatus(state, fd, result, Edition::Unstable);
}

Errno WASI_CALL(fd_filestat_set_size, uint32_t fd, uint64_t size) {
  Errno error;
  Use descriptor = findFile(state, fd, rights::fdFilestatSetSize, error);
  if (!descriptor)
    return error;
  if (descriptor->isReadOnly)
    return Errno::Rofs;
  if (size > maxOffset)
    return Errno::Inval;
  SignalGuard guard(state, *descriptor);
  return errnoOf(
      sys::ftruncate(descriptor->hostFd, static_cast<int64_t>(size)));
}

Errno WASI_CALL(fd_filestat_set_times, uint32_t fd, uint64_t accessTime,
                uint64_t modificationTime, uint32_t flags) {
  Errno error;
  Use descriptor =
      state.descriptors.find(fd, rights::fdFilestatSetTimes, error);
  if (!descriptor)
    return error;
  if (descriptor->isReadOnly)
    return Errno::Rofs;
  sys::TimeSpec times[2];
  error = fileTimes(accessTime, modificationTime, flags, times);
  if (error != Errno::Success)
    return error;
  return errnoOf(sys::futimens(descriptor->hostFd, times));
}

} // namespace wrought::wasi

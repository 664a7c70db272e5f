//===- fd.cpp - Calls on one descriptor -----------------------------------===//
//
// Reading and writing make one system call each, however many buffers there are
// (beyond 128, writing makes one for each 128).
//
//===----------------------------------------------------------------------===//
#include "wasi/descriptor_table.h"
#include "wasi/errno.h"
#include "wasi/file_status.h"
#include "wasi/memory.h"
#include "wasi/text.h"

namespace wrought::wasi {

namespace {

// Of Linux; normal, willneed, dontneed and noreuse agree with WASI's.
constexpr int linuxAdvice[] = {0, 2, 1, 3, 4, 5};
constexpr uint64_t maxOffset = INT64_MAX;

/// Runs call(hostFd, vectors, count) over the guest's buffers. `isWholeWritten`
/// goes on with the next chunk when all of one was taken.
template <class Call>
Errno transfer(uint32_t fd, uint64_t right, uint32_t vectorsPointer,
               uint32_t vectorCount, uint32_t resultPointer,
               bool isWholeWritten, Call call) {
  Errno error;
  Descriptor *descriptor = descriptors.find(fd, right, error);
  if (descriptor == nullptr)
    return error;
  GuestMemory memory;
  GuestVectors vectors(memory, vectorsPointer, vectorCount);
  Out<uint32_t> out(memory, resultPointer);
  if (!vectors.isValid() || !out.isValid())
    return Errno::Fault;
  GuestVectors::Chunk chunk;
  uint64_t total = 0, chunkByteLength = 0;
  do {
    int count = vectors.fill(chunk, chunkByteLength);
    if (count < 0 && total == 0)
      return Errno::Fault;
    // What went out already is a success.
    if (count < 0 || (count == 0 && total != 0))
      break;
    long result = call(descriptor->hostFd, chunk, count, total);
    if (result < 0 && total == 0)
      return errnoOf(result);
    if (result < 0)
      break;
    total += static_cast<uint64_t>(result);
    if (static_cast<uint64_t>(result) != chunkByteLength)
      break;
  } while (isWholeWritten && chunkByteLength != 0 && total < UINT32_MAX / 2);
  out.set(static_cast<uint32_t>(total));
  return Errno::Success;
}

uint32_t guestFlags(long hostFlags) {
  uint32_t flags = 0;
  if (hostFlags & sys::oAppend)
    flags |= fdflagAppend;
  if (hostFlags & sys::oNonblock)
    flags |= fdflagNonblock;
  if ((hostFlags & sys::oSync) == sys::oSync)
    flags |= fdflagSync | fdflagRsync;
  if (hostFlags & sys::oDsync)
    flags |= fdflagDsync;
  return flags;
}

/// Of inherited descriptors others may change the flags.
uint32_t flagsOf(const Descriptor &descriptor) {
  if (!descriptor.isInherited)
    return descriptor.flags;
  long hostFlags = sys::fcntl(descriptor.hostFd, sys::fGetfl, 0);
  return hostFlags < 0 ? 0 : guestFlags(hostFlags);
}

/// For calls on files only: directories have a position and a size on Linux.
Descriptor *findFile(uint32_t fd, uint64_t rights, Errno &error) {
  Descriptor *descriptor = descriptors.find(fd, rights, error);
  if (descriptor == nullptr || descriptor->type != FileType::Directory)
    return descriptor;
  error = Errno::Badf;
  return nullptr;
}

Errno seek(uint32_t fd, int64_t offset, int whence, uint64_t right,
           uint32_t resultPointer) {
  Errno error;
  Descriptor *descriptor = findFile(fd, right, error);
  if (descriptor == nullptr)
    return error;
  Out<uint64_t> out(GuestMemory(), resultPointer);
  if (!out.isValid())
    return Errno::Fault;
  long result = sys::lseek(descriptor->hostFd, offset, whence);
  if (result < 0)
    return errnoOf(result);
  out.set(static_cast<uint64_t>(result));
  return Errno::Success;
}

} // namespace

Errno wrought_wasi_fd_read(uint32_t fd, uint32_t vectors, uint32_t count,
                           uint32_t result) {
  return transfer(fd, rights::fdRead, vectors, count, result, false,
                  [](int hostFd, sys::IoVector *chunk, int length, uint64_t) {
                    return length == 1 ? sys::read(hostFd, chunk[0].base,
                                                   chunk[0].length)
                                       : sys::readv(hostFd, chunk, length);
                  });
}

Errno wrought_wasi_fd_write(uint32_t fd, uint32_t vectors, uint32_t count,
                            uint32_t result) {
  return transfer(fd, rights::fdWrite, vectors, count, result, true,
                  [](int hostFd, sys::IoVector *chunk, int length, uint64_t) {
                    return length == 1 ? sys::write(hostFd, chunk[0].base,
                                                    chunk[0].length)
                                       : sys::writev(hostFd, chunk, length);
                  });
}

Errno wrought_wasi_fd_pread(uint32_t fd, uint32_t vectors, uint32_t count,
                            uint64_t offset, uint32_t result) {
  auto call = [=](int hostFd, sys::IoVector *chunk, int length, uint64_t) {
    return sys::preadv(hostFd, chunk, length, static_cast<int64_t>(offset));
  };
  return transfer(fd, rights::fdRead | rights::fdSeek, vectors, count, result,
                  false, call);
}

Errno wrought_wasi_fd_pwrite(uint32_t fd, uint32_t vectors, uint32_t count,
                             uint64_t offset, uint32_t result) {
  auto call = [=](int hostFd, sys::IoVector *chunk, int length, uint64_t done) {
    return sys::pwritev(hostFd, chunk, length,
                        static_cast<int64_t>(offset + done));
  };
  return transfer(fd, rights::fdWrite | rights::fdSeek, vectors, count, result,
                  true, call);
}

Errno wrought_wasi_fd_close(uint32_t fd) { return descriptors.close(fd); }

Errno wrought_wasi_fd_renumber(uint32_t from, uint32_t to) {
  return descriptors.renumber(from, to);
}

Errno wrought_wasi_fd_seek(uint32_t fd, uint64_t offset, uint32_t whence,
                           uint32_t result) {
  // WASI's numbers are Linux's.
  static_assert(whenceSet == sys::seekSet && whenceCur == sys::seekCur &&
                whenceEnd == sys::seekEnd);
  if (whence > whenceEnd)
    return Errno::Inval;
  return seek(fd, static_cast<int64_t>(offset), static_cast<int>(whence),
              rights::fdSeek, result);
}

Errno wrought_wasi_fd_tell(uint32_t fd, uint32_t result) {
  return seek(fd, 0, sys::seekCur, rights::fdTell, result);
}

Errno wrought_wasi_fd_sync(uint32_t fd) {
  Errno error;
  Descriptor *descriptor = descriptors.find(fd, rights::fdSync, error);
  return descriptor ? errnoOf(sys::fsync(descriptor->hostFd)) : error;
}

Errno wrought_wasi_fd_datasync(uint32_t fd) {
  Errno error;
  Descriptor *descriptor = descriptors.find(fd, rights::fdDatasync, error);
  return descriptor ? errnoOf(sys::fdatasync(descriptor->hostFd)) : error;
}

Errno wrought_wasi_fd_advise(uint32_t fd, uint64_t offset, uint64_t length,
                             uint32_t advice) {
  if (advice > 5 || offset > maxOffset || length > maxOffset)
    return Errno::Inval;
  Errno error;
  Descriptor *descriptor = findFile(fd, rights::fdAdvise, error);
  if (descriptor == nullptr)
    return error;
  return errnoOf(sys::fadvise(descriptor->hostFd, static_cast<int64_t>(offset),
                              static_cast<int64_t>(length),
                              linuxAdvice[advice]));
}

Errno wrought_wasi_fd_allocate(uint32_t fd, uint64_t offset, uint64_t length) {
  if (offset > maxOffset || length > maxOffset)
    return Errno::Inval;
  Errno error;
  Descriptor *descriptor = findFile(fd, rights::fdAllocate, error);
  if (descriptor == nullptr)
    return error;
  if (descriptor->isReadOnly)
    return Errno::Rofs;
  return errnoOf(sys::fallocate(descriptor->hostFd, 0,
                                static_cast<int64_t>(offset),
                                static_cast<int64_t>(length)));
}

Errno wrought_wasi_fd_fdstat_get(uint32_t fd, uint32_t result) {
  Descriptor *descriptor = descriptors.find(fd);
  if (descriptor == nullptr)
    return Errno::Badf;
  uint8_t *out = GuestMemory().at(result, fdstat::byteLength);
  if (out == nullptr)
    return Errno::Fault;
  identify(*descriptor);
  __builtin_memset(out, 0, fdstat::byteLength);
  store<FileType>(out + fdstat::filetype, descriptor->type);
  store<uint16_t>(out + fdstat::flags,
                  static_cast<uint16_t>(flagsOf(*descriptor)));
  store<uint64_t>(out + fdstat::rightsBase, descriptor->rightsBase);
  store<uint64_t>(out + fdstat::rightsInheriting, descriptor->rightsInheriting);
  return Errno::Success;
}

Errno wrought_wasi_fd_fdstat_set_flags(uint32_t fd, uint32_t flags) {
  Errno error;
  Descriptor *descriptor =
      descriptors.find(fd, rights::fdFdstatSetFlags, error);
  if (descriptor == nullptr)
    return error;
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

Errno wrought_wasi_fd_fdstat_set_rights(uint32_t fd, uint64_t base,
                                        uint64_t inheriting) {
  Descriptor *descriptor = descriptors.find(fd);
  if (descriptor == nullptr)
    return Errno::Badf;
  identify(*descriptor);
  if ((base & ~descriptor->rightsBase) != 0 ||
      (inheriting & ~descriptor->rightsInheriting) != 0)
    return Errno::Notcapable;
  descriptor->rightsBase = base;
  descriptor->rightsInheriting = inheriting;
  return Errno::Success;
}

Errno wrought_wasi_fd_filestat_get(uint32_t fd, uint32_t resultPointer) {
  Errno error;
  Descriptor *descriptor = descriptors.find(fd, rights::fdFilestatGet, error);
  if (descriptor == nullptr)
    return error;
  uint8_t *out = GuestMemory().at(resultPointer, filestat::byteLength);
  if (out == nullptr)
    return Errno::Fault;
  sys::Statx status;
  long result = sys::fstatx(descriptor->hostFd, &status);
  if (result < 0)
    return errnoOf(result);
  writeFileStatus(out, status);
  return Errno::Success;
}

Errno wrought_wasi_fd_filestat_set_size(uint32_t fd, uint64_t size) {
  Errno error;
  Descriptor *descriptor = findFile(fd, rights::fdFilestatSetSize, error);
  if (descriptor == nullptr)
    return error;
  if (descriptor->isReadOnly)
    return Errno::Rofs;
  if (size > maxOffset)
    return Errno::Inval;
  return errnoOf(
      sys::ftruncate(descriptor->hostFd, static_cast<int64_t>(size)));
}

Errno wrought_wasi_fd_filestat_set_times(uint32_t fd, uint64_t accessTime,
                                         uint64_t modificationTime,
                                         uint32_t flags) {
  Errno error;
  Descriptor *descriptor =
      descriptors.find(fd, rights::fdFilestatSetTimes, error);
  if (descriptor == nullptr)
    return error;
  if (descriptor->isReadOnly)
    return Errno::Rofs;
  sys::TimeSpec times[2];
  error = fileTimes(accessTime, modificationTime, flags, times);
  if (error != Errno::Success)
    return error;
  return errnoOf(sys::futimens(descriptor->hostFd, times));
}

Errno wrought_wasi_fd_prestat_get(uint32_t fd, uint32_t result) {
  Descriptor *descriptor = descriptors.find(fd);
  if (descriptor == nullptr || descriptor->preopenName == nullptr)
    return Errno::Badf;
  uint8_t *out = GuestMemory().at(result, prestat::byteLength);
  if (out == nullptr)
    return Errno::Fault;
  // The tag 0 is that of directories, the only one there is.
  __builtin_memset(out, 0, prestat::byteLength);
  store<uint32_t>(out + prestat::nameLength,
                  static_cast<uint32_t>(lengthOf(descriptor->preopenName)));
  return Errno::Success;
}

Errno wrought_wasi_fd_prestat_dir_name(uint32_t fd, uint32_t buffer,
                                       uint32_t length) {
  Descriptor *descriptor = descriptors.find(fd);
  if (descriptor == nullptr || descriptor->preopenName == nullptr)
    return Errno::Badf;
  size_t nameLength = lengthOf(descriptor->preopenName);
  if (length < nameLength)
    return Errno::Nametoolong;
  uint8_t *out = GuestMemory().at(buffer, nameLength);
  if (out == nullptr)
    return Errno::Fault;
  __builtin_memcpy(out, descriptor->preopenName, nameLength);
  return Errno::Success;
}

} // namespace wrought::wasi

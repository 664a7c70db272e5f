//===- file_status.cpp - filestat, and the times that go into one ---------===//
#include "wasi/file_status.h"

#include "wasi/clock.h"
#include "wasi/descriptor_table.h"
#include "wasi/memory.h"

namespace wrought::wasi {

namespace {

uint64_t nanosecondsOf(const sys::TimeSpec &time) {
  return nanoseconds(time.seconds, static_cast<uint64_t>(time.nanoseconds));
}

/// One of the two times: nothing to do, now, or the time given.
Errno fileTime(uint64_t time, bool isSet, bool isNow, sys::TimeSpec &out) {
  if (isSet && isNow)
    return Errno::Inval;
  out = isSet ? timeSpec(time) : sys::TimeSpec{0, 0};
  if (!isSet)
    out.nanoseconds = isNow ? sys::utimeNow : sys::utimeOmit;
  return Errno::Success;
}

} // namespace

void writeFileStatus(uint8_t *out, const sys::FileStatus &status,
                     Edition edition) {
  store<uint64_t>(out + filestat::dev, status.device);
  store<uint64_t>(out + filestat::ino, status.inode);
  // What is between the type and the number of links is zero.
  auto type = static_cast<uint32_t>(fileType(status.mode));
  bool isUnstable = edition == Edition::Unstable;
  if (isUnstable) {
    store<uint32_t>(out + filestat::filetype, type);
    store<uint32_t>(out + unstableFilestat::nlink,
                    static_cast<uint32_t>(status.linkCount));
  } else {
    store<uint64_t>(out + filestat::filetype, type);
    store<uint64_t>(out + filestat::nlink, status.linkCount);
  }
  // From the size on all follows at the same distance.
  out += isUnstable ? unstableFilestat::size : filestat::size;
  store<uint64_t>(out, status.byteLength);
  store<uint64_t>(out + 8, nanosecondsOf(status.accessTime));
  store<uint64_t>(out + 16, nanosecondsOf(status.modificationTime));
  store<uint64_t>(out + 24, nanosecondsOf(status.changeTime));
}

static_assert(filestat::atim - filestat::size == 8 &&
              filestat::ctim - filestat::size == 24 &&
              unstableFilestat::atim - unstableFilestat::size == 8 &&
              unstableFilestat::ctim - unstableFilestat::size == 24);

Errno fileTimes(uint64_t accessTime, uint64_t modificationTime, uint32_t flags,
                sys::TimeSpec (&times)[2]) {
  if ((flags & ~fstflagAll) != 0)
    return Errno::Inval;
  Errno access = fileTime(accessTime, flags & fstflagAtim,
                          flags & fstflagAtimNow, times[0]);
  Errno modification = fileTime(modificationTime, flags & fstflagMtim,
                                flags & fstflagMtimNow, times[1]);
  return access != Errno::Success ? access : modification;
}

} // namespace wrought::wasi

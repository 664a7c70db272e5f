//===- file_status.h - filestat, and the times that go into one -----------===//
#pragma once

#include "os/linux/system.h"
#include "wasi/preview1.h"

namespace wrought::wasi {

/// The two forms of a filestat.
enum class Edition : uint8_t { Preview1, Unstable };

constexpr uint32_t fileStatusByteLength(Edition edition) {
  return edition == Edition::Preview1 ? filestat::byteLength
                                      : unstableFilestat::byteLength;
}

/// Writes the guest's filestat.
void writeFileStatus(uint8_t *out, const sys::FileStatus &status,
                     Edition edition);

/// What utimensat takes; Inval for flags that contradict each other.
Errno fileTimes(uint64_t accessTime, uint64_t modificationTime, uint32_t flags,
                sys::TimeSpec (&times)[2]);

} // namespace wrought::wasi

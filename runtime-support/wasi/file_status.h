//===- file_status.h - filestat, and the times that go into one -----------===//
#pragma once

#include "os/linux/system.h"
#include "wasi/preview1.h"

namespace wrought::wasi {

/// Writes the guest's filestat to filestat::byteLength bytes.
void writeFileStatus(uint8_t *out, const sys::Statx &status);

/// What utimensat takes; Inval for flags that contradict each other.
Errno fileTimes(uint64_t accessTime, uint64_t modificationTime, uint32_t flags,
                sys::TimeSpec (&times)[2]);

} // namespace wrought::wasi

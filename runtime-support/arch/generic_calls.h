//===- generic_calls.h - System calls of newer CPUs -----------------------===//
//
// aarch64, riscv64 and whatever Linux was ported to since number their calls
// alike, and lay out some structures alike. Source: Linux,
// include/uapi/asm-generic/unistd.h and stat.h.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "time_spec.h"

#include <stdint.h>

namespace wrought::arch {

enum class Call : long {
  Getcwd = 17,
  Dup3 = 24,
  Fcntl = 25,
  Ioctl = 29,
  Mkdirat = 34,
  Unlinkat = 35,
  Symlinkat = 36,
  Linkat = 37,
  Fstatfs = 44,
  Ftruncate = 46,
  Fallocate = 47,
  Faccessat = 48,
  Openat = 56,
  Close = 57,
  Getdents64 = 61,
  Lseek = 62,
  Read = 63,
  Write = 64,
  Readv = 65,
  Writev = 66,
  Pread64 = 67,
  Pwrite64 = 68,
  Preadv = 69,
  Pwritev = 70,
  Ppoll = 73,
  Readlinkat = 78,
  Newfstatat = 79,
  Fstat = 80,
  Fsync = 82,
  Fdatasync = 83,
  Utimensat = 88,
  ExitGroup = 94,
  Futex = 98,
  ClockSettime = 112,
  ClockGettime = 113,
  ClockGetres = 114,
  ClockNanosleep = 115,
  SchedYield = 124,
  Tgkill = 131,
  Sigaltstack = 132,
  RtSigaction = 134,
  RtSigprocmask = 135,
  RtSigpending = 136,
  RtSigtimedwait = 137,
  Getpid = 172,
  Getuid = 174,
  Geteuid = 175,
  Getgid = 176,
  Getegid = 177,
  Gettid = 178,
  Socket = 198,
  Bind = 200,
  Listen = 201,
  Sendto = 206,
  Recvfrom = 207,
  Setsockopt = 208,
  Getsockopt = 209,
  Shutdown = 210,
  Sendmsg = 211,
  Recvmsg = 212,
  Munmap = 215,
  Mremap = 216,
  Mmap = 222,
  Fadvise64 = 223,
  Mprotect = 226,
  Madvise = 233,
  Accept4 = 242,
  /// riscv64 only: the numbers from 244 on are the CPU's own.
  RiscvHwprobe = 258,
  Prlimit64 = 261,
  Renameat2 = 276,
  Getrandom = 278,
  MemfdCreate = 279,
  Openat2 = 437,
};

/// The kernel's struct stat.
struct FileStatus {
  uint64_t device;
  uint64_t inode;
  uint32_t mode;
  uint32_t linkCount;
  uint32_t userId;
  uint32_t groupId;
  uint64_t specialDevice;
  uint64_t padding;
  uint64_t byteLength;
  int32_t blockByteLength;
  int32_t padding2;
  uint64_t blocks;
  TimeSpec accessTime;
  TimeSpec modificationTime;
  TimeSpec changeTime;
  uint64_t spare;
};
static_assert(sizeof(FileStatus) == 128);

} // namespace wrought::arch

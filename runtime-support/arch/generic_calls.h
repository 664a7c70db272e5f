//===- generic_calls.h - System call numbers of newer CPUs ----------------===//
//
// aarch64, riscv64 and whatever Linux was ported to since number their calls
// alike. Source: Linux, include/uapi/asm-generic/unistd.h.
//
//===----------------------------------------------------------------------===//
#pragma once

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
  Fsync = 82,
  Fdatasync = 83,
  Utimensat = 88,
  ExitGroup = 94,
  ClockSettime = 112,
  ClockGettime = 113,
  ClockGetres = 114,
  ClockNanosleep = 115,
  SchedYield = 124,
  Tgkill = 131,
  Sigaltstack = 132,
  RtSigaction = 134,
  RtSigprocmask = 135,
  Getpid = 172,
  Getuid = 174,
  Geteuid = 175,
  Getgid = 176,
  Getegid = 177,
  Gettid = 178,
  Sendto = 206,
  Recvfrom = 207,
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
  Statx = 291,
  Openat2 = 437,
};

} // namespace wrought::arch

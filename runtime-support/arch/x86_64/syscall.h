//===- syscall.h - The kernel's interface where CPUs differ: x86_64 -------===//
//
// How to make a system call, the numbers, and the few flags and structures
// whose values depend on the CPU. Source: Linux,
// arch/x86/entry/syscalls/syscall_64.tbl.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "../time_spec.h"

#include <stddef.h>
#include <stdint.h>

/// Not to be called: signal handlers return to it.
extern "C" void wrought_signal_return() __attribute__((visibility("hidden")));

namespace wrought::arch {

enum class Call : long {
  MemfdCreate = 319,
  Read = 0,
  Write = 1,
  Close = 3,
  Fstat = 5,
  Lseek = 8,
  Mmap = 9,
  Mprotect = 10,
  Munmap = 11,
  RtSigaction = 13,
  RtSigprocmask = 14,
  Ioctl = 16,
  Pread64 = 17,
  Pwrite64 = 18,
  Readv = 19,
  Writev = 20,
  SchedYield = 24,
  Mremap = 25,
  Madvise = 28,
  Getpid = 39,
  Socket = 41,
  Sendto = 44,
  Recvfrom = 45,
  Sendmsg = 46,
  Recvmsg = 47,
  Shutdown = 48,
  Bind = 49,
  Listen = 50,
  Setsockopt = 54,
  Getsockopt = 55,
  Fcntl = 72,
  Fsync = 74,
  Fdatasync = 75,
  Ftruncate = 77,
  Getcwd = 79,
  Getuid = 102,
  Getgid = 104,
  Geteuid = 107,
  Getegid = 108,
  RtSigpending = 127,
  RtSigtimedwait = 128,
  Sigaltstack = 131,
  Fstatfs = 138,
  ArchPrctl = 158,
  Gettid = 186,
  Futex = 202,
  Getdents64 = 217,
  Fadvise64 = 221,
  ClockSettime = 227,
  ClockGettime = 228,
  ClockGetres = 229,
  ClockNanosleep = 230,
  ExitGroup = 231,
  Tgkill = 234,
  Openat = 257,
  Mkdirat = 258,
  Newfstatat = 262,
  Unlinkat = 263,
  Linkat = 265,
  Symlinkat = 266,
  Readlinkat = 267,
  Faccessat = 269,
  Ppoll = 271,
  Utimensat = 280,
  Fallocate = 285,
  Accept4 = 288,
  Dup3 = 292,
  Preadv = 295,
  Pwritev = 296,
  Prlimit64 = 302,
  Renameat2 = 316,
  Getrandom = 318,
  Openat2 = 437,
};

inline long syscall(Call call, long a = 0, long b = 0, long c = 0, long d = 0,
                    long e = 0, long f = 0) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(static_cast<long>(call)), "D"(a), "S"(b), "d"(c),
                     "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

/// What the kernel calls it in the code that it maps into every process.
constexpr char vdsoClockGettime[] = "__vdso_clock_gettime";

constexpr int oDirect = 0x4000;
constexpr int oDirectory = 0x10000;
constexpr int oNofollow = 0x20000;

/// The kernel's struct stat.
struct FileStatus {
  uint64_t device;
  uint64_t inode;
  uint64_t linkCount;
  uint32_t mode;
  uint32_t userId;
  uint32_t groupId;
  uint32_t padding;
  uint64_t specialDevice;
  uint64_t byteLength;
  int64_t blockByteLength;
  uint64_t blocks;
  TimeSpec accessTime;
  TimeSpec modificationTime;
  TimeSpec changeTime;
  uint64_t spare[3];
};
static_assert(sizeof(FileStatus) == 144);

/// The kernel's struct sigaction.
struct SignalAction {
  void *handler;
  unsigned long flags;
  void (*restorer)();
  uint64_t mask;
};

/// The kernel insists on being told where handlers return to.
inline void setRestorer(SignalAction &action) {
  constexpr unsigned long saRestorer = 0x04000000;
  action.flags |= saRestorer;
  action.restorer = wrought_signal_return;
}

} // namespace wrought::arch

//===- system.h - Linux by name -------------------------------------------===//
//
// Thin wrappers over raw system calls. Each returns what the kernel returned: a
// result that is not negative, or minus an error number (see errors.h). None
// retries after an interruption. Structures are the kernel's own, laid out
// alike on all 64-bit CPUs; what differs stands in arch/<cpu>/syscall.h.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "os/linux/errors.h"
#include "syscall.h"

#include <stddef.h>
#include <stdint.h>

namespace wrought::sys {

using arch::Call;
using arch::FileStatus;
using arch::SignalAction;
using arch::TimeSpec;

//===-- Structures
//---------------------------------------------------------===//

struct IoVector {
  void *base;
  size_t length;
};

struct PollFd {
  int fd;
  short events;
  short revents;
};

/// openat2's struct open_how.
struct OpenHow {
  uint64_t flags;
  uint64_t mode;
  uint64_t resolve;
};

/// getdents64's record; the name is NUL-terminated, the record padded.
struct DirectoryEntry {
  uint64_t inode;
  int64_t nextOffset;
  uint16_t recordByteLength;
  uint8_t type;
  char name[];
};

/// struct msghdr.
struct MessageHeader {
  void *name;
  uint32_t nameByteLength;
  IoVector *vectors;
  size_t vectorCount;
  void *control;
  size_t controlByteLength;
  int flags;
};
static_assert(sizeof(MessageHeader) == 56);

/// struct statfs; only the type is read here.
struct FileSystemStatus {
  int64_t type;
  uint64_t rest[14];
};

struct ResourceLimit {
  uint64_t current;
  uint64_t maximum;
};

struct SignalStack {
  void *base;
  int flags;
  size_t byteLength;
};

/// The part of siginfo_t that is read here.
struct SignalInfo {
  int signal;
  int error;
  int code;
  int padding;
  union {
    /// SIGSEGV, SIGBUS with a positive code.
    void *address;
    uint64_t reserved[14];
  };
};
static_assert(sizeof(SignalInfo) == 128);

/// struct page_region.
struct PageRegion {
  uint64_t start, end, categories;
};

/// struct pm_scan_arg.
struct PageScan {
  uint64_t byteLength, flags, start, end;
  /// Out: where it stopped.
  uint64_t walkEnd;
  PageRegion *regions;
  uint64_t regionCount, maxPageCount;
  uint64_t inverted, allOfMask, anyOfMask, returnMask;
};
static_assert(sizeof(PageScan) == 96);

//===-- Constants
//----------------------------------------------------------===//

// open flags
constexpr int oRdonly = 0, oWronly = 1, oRdwr = 2, oAccmode = 3;
constexpr int oCreat = 0100, oExcl = 0200, oNoctty = 0400, oTrunc = 01000;
constexpr int oAppend = 02000, oNonblock = 04000, oDsync = 010000;
constexpr int oSync = 04010000, oRsync = oSync, oCloexec = 02000000;
constexpr int oPath = 010000000;
constexpr int oDirectory = arch::oDirectory, oNofollow = arch::oNofollow;
// openat2's resolve
constexpr uint64_t resolveNoXdev = 1, resolveNoMagiclinks = 2,
                   resolveNoSymlinks = 4, resolveBeneath = 8,
                   resolveInRoot = 16;
// at flags
constexpr int atFdcwd = -100, atSymlinkNofollow = 0x100, atRemovedir = 0x200,
              atSymlinkFollow = 0x400;
// file types in FileStatus::mode
constexpr uint32_t sIfmt = 0170000, sIfsock = 0140000, sIflnk = 0120000,
                   sIfreg = 0100000, sIfblk = 0060000, sIfdir = 0040000,
                   sIfchr = 0020000, sIfifo = 0010000;
// DirectoryEntry::type
constexpr uint8_t dtUnknown = 0, dtFifo = 1, dtChr = 2, dtDir = 4, dtBlk = 6,
                  dtReg = 8, dtLnk = 10, dtSock = 12;
constexpr int seekSet = 0, seekCur = 1, seekEnd = 2;
constexpr int fGetfd = 1, fSetfd = 2, fGetfl = 3, fSetfl = 4,
              fDupfdCloexec = 1030, fdCloexec = 1;
constexpr int64_t utimeNow = 0x3fffffff, utimeOmit = 0x3ffffffe;
constexpr short pollIn = 1, pollOut = 4, pollErr = 8, pollHup = 16,
                pollNval = 32, pollRdhup = 0x2000;
constexpr int clockRealtime = 0, clockMonotonic = 1, clockProcessCpu = 2,
              clockThreadCpu = 3, timerAbstime = 1;
constexpr int shutRd = 0, shutWr = 1, shutRdwr = 2;
constexpr int msgPeek = 2, msgTrunc = 0x20, msgWaitall = 0x100,
              msgNosignal = 0x4000, sockNonblock = 04000,
              sockCloexec = 02000000;
constexpr int solSocket = 1, soReuseaddr = 2, soType = 3, sockStream = 1,
              sockDgram = 2;
// ioctl
constexpr unsigned long tcgets = 0x5401, fionread = 0x541b,
                        pagemapScan = 0xc0606610;
constexpr uint64_t pageIsFile = 4, pageIsPresent = 8, pageIsSwapped = 16;
// FileSystemStatus::type
constexpr int64_t procSuperMagic = 0x9fa0;
// memory
constexpr int protNone = 0, protRead = 1, protWrite = 2;
constexpr int mapPrivate = 2, mapFixed = 0x10, mapAnonymous = 0x20,
              mapNoreserve = 0x4000, mapStack = 0x20000,
              mapFixedNoreplace = 0x100000;
constexpr unsigned long cloneVm = 0x100, cloneFs = 0x200, cloneFiles = 0x400,
                        cloneSighand = 0x800, cloneThread = 0x10000,
                        cloneSysvsem = 0x40000, cloneSettls = 0x80000;
constexpr int mremapMaymove = 1, mremapFixed = 2;
constexpr int madvDontneed = 4, madvHugepage = 14, madvNohugepage = 15;
constexpr int rlimitFsize = 1, rlimitNofile = 7, rlimitAs = 9;
// signals
constexpr int sigHup = 1, sigInt = 2, sigQuit = 3, sigIll = 4, sigTrap = 5,
              sigAbrt = 6, sigBus = 7, sigFpe = 8, sigKill = 9, sigUsr1 = 10,
              sigSegv = 11, sigUsr2 = 12, sigPipe = 13, sigAlrm = 14,
              sigTerm = 15, sigChld = 17, sigCont = 18, sigStop = 19,
              sigTstp = 20, sigTtin = 21, sigTtou = 22, sigUrg = 23,
              sigXcpu = 24, sigXfsz = 25, sigVtalrm = 26, sigProf = 27,
              sigWinch = 28, sigIo = 29, sigPwr = 30, sigSys = 31;
constexpr int sigBlock = 0, sigUnblock = 1, sigSetmask = 2;
constexpr unsigned long saSiginfo = 4, saOnstack = 0x08000000;
inline void *const sigDfl = nullptr;
inline bool isDefaultHandler(const void *handler) { return handler == nullptr; }
inline bool isIgnoreHandler(const void *handler) {
  return reinterpret_cast<uintptr_t>(handler) == 1;
}

//===-- Calls
//--------------------------------------------------------------===//

/// Whether a result is an error; for mmap and mremap too.
constexpr bool isError(long result) { return result < 0 && result >= -4095; }

namespace detail {
inline long word(long value) { return value; }
inline long word(int value) { return value; }
inline long word(unsigned value) { return static_cast<long>(value); }
inline long word(unsigned long value) { return static_cast<long>(value); }
inline long word(long long value) { return static_cast<long>(value); }
inline long word(unsigned long long value) { return static_cast<long>(value); }
inline long word(const volatile void *value) {
  return static_cast<long>(reinterpret_cast<uintptr_t>(value));
}
template <class... Arguments> long call(Call number, Arguments... arguments) {
  return arch::syscall(number, word(arguments)...);
}
} // namespace detail

// Files.
inline long openat(int directory, const char *path, int flags, unsigned mode) {
  return detail::call(Call::Openat, directory, path, flags, mode);
}
inline long openat2(int directory, const char *path, const OpenHow &how) {
  return detail::call(Call::Openat2, directory, path, &how, sizeof how);
}
inline long close(int fd) { return detail::call(Call::Close, fd); }
inline long read(int fd, void *buffer, size_t length) {
  return detail::call(Call::Read, fd, buffer, length);
}
inline long write(int fd, const void *buffer, size_t length) {
  return detail::call(Call::Write, fd, buffer, length);
}
inline long readv(int fd, const IoVector *vectors, int count) {
  return detail::call(Call::Readv, fd, vectors, count);
}
inline long writev(int fd, const IoVector *vectors, int count) {
  return detail::call(Call::Writev, fd, vectors, count);
}
inline long pread(int fd, void *buffer, size_t length, int64_t offset) {
  return detail::call(Call::Pread64, fd, buffer, length, offset);
}
inline long pwrite(int fd, const void *buffer, size_t length, int64_t offset) {
  return detail::call(Call::Pwrite64, fd, buffer, length, offset);
}
// The offset comes as two words; on 64-bit CPUs the low one holds all of it.
inline long preadv(int fd, const IoVector *vectors, int count, int64_t offset) {
  return detail::call(Call::Preadv, fd, vectors, count, offset, 0);
}
inline long pwritev(int fd, const IoVector *vectors, int count,
                    int64_t offset) {
  return detail::call(Call::Pwritev, fd, vectors, count, offset, 0);
}
inline long lseek(int fd, int64_t offset, int whence) {
  return detail::call(Call::Lseek, fd, offset, whence);
}
inline long fcntl(int fd, int command, long argument) {
  return detail::call(Call::Fcntl, fd, command, argument);
}
inline long ioctl(int fd, unsigned long request, void *argument) {
  return detail::call(Call::Ioctl, fd, request, argument);
}
inline long fstatfs(int fd, FileSystemStatus *out) {
  return detail::call(Call::Fstatfs, fd, out);
}
inline long dup3(int oldFd, int newFd, int flags) {
  return detail::call(Call::Dup3, oldFd, newFd, flags);
}
inline long fsync(int fd) { return detail::call(Call::Fsync, fd); }
inline long fdatasync(int fd) { return detail::call(Call::Fdatasync, fd); }
inline long ftruncate(int fd, int64_t length) {
  return detail::call(Call::Ftruncate, fd, length);
}
inline long fallocate(int fd, int mode, int64_t offset, int64_t length) {
  return detail::call(Call::Fallocate, fd, mode, offset, length);
}
inline long fadvise(int fd, int64_t offset, int64_t length, int advice) {
  return detail::call(Call::Fadvise64, fd, offset, length, advice);
}
inline long fstatat(int directory, const char *path, int flags,
                    FileStatus *out) {
  return detail::call(Call::Newfstatat, directory, path, out, flags);
}
inline long fstat(int fd, FileStatus *out) {
  return detail::call(Call::Fstat, fd, out);
}
/// The major number in FileStatus::device.
constexpr uint32_t deviceMajor(uint64_t device) {
  return static_cast<uint32_t>(device >> 8 & 0xfff);
}
inline long utimensat(int directory, const char *path, const TimeSpec times[2],
                      int flags) {
  return detail::call(Call::Utimensat, directory, path, times, flags);
}
/// futimens: the kernel takes a null path for the descriptor itself.
inline long futimens(int fd, const TimeSpec times[2]) {
  return utimensat(fd, nullptr, times, 0);
}
inline long getdents64(int fd, void *buffer, size_t length) {
  return detail::call(Call::Getdents64, fd, buffer, length);
}
inline long mkdirat(int directory, const char *path, unsigned mode) {
  return detail::call(Call::Mkdirat, directory, path, mode);
}
inline long unlinkat(int directory, const char *path, int flags) {
  return detail::call(Call::Unlinkat, directory, path, flags);
}
inline long linkat(int oldDirectory, const char *oldPath, int newDirectory,
                   const char *newPath, int flags) {
  return detail::call(Call::Linkat, oldDirectory, oldPath, newDirectory,
                      newPath, flags);
}
inline long symlinkat(const char *target, int directory, const char *path) {
  return detail::call(Call::Symlinkat, target, directory, path);
}
inline long readlinkat(int directory, const char *path, char *buffer,
                       size_t length) {
  return detail::call(Call::Readlinkat, directory, path, buffer, length);
}
inline long renameat2(int oldDirectory, const char *oldPath, int newDirectory,
                      const char *newPath, unsigned flags) {
  return detail::call(Call::Renameat2, oldDirectory, oldPath, newDirectory,
                      newPath, flags);
}
inline long getcwd(char *buffer, size_t length) {
  return detail::call(Call::Getcwd, buffer, length);
}

// Sockets.
inline long accept4(int fd, void *address, void *addressLength, int flags) {
  return detail::call(Call::Accept4, fd, address, addressLength, flags);
}
inline long sendto(int fd, const void *buffer, size_t length, int flags) {
  return detail::call(Call::Sendto, fd, buffer, length, flags, 0, 0);
}
inline long recvfrom(int fd, void *buffer, size_t length, int flags) {
  return detail::call(Call::Recvfrom, fd, buffer, length, flags, 0, 0);
}
inline long sendmsg(int fd, const MessageHeader *message, int flags) {
  return detail::call(Call::Sendmsg, fd, message, flags);
}
inline long recvmsg(int fd, MessageHeader *message, int flags) {
  return detail::call(Call::Recvmsg, fd, message, flags);
}
/// For options whose value is an int.
inline long getsockopt(int fd, int level, int option, int *value) {
  uint32_t byteLength = sizeof *value;
  return detail::call(Call::Getsockopt, fd, level, option, value, &byteLength);
}
inline long setsockopt(int fd, int level, int option, int value) {
  return detail::call(Call::Setsockopt, fd, level, option, &value,
                      sizeof value);
}
inline long socket(int family, int type) {
  return detail::call(Call::Socket, family, type, 0);
}
inline long bind(int fd, const void *address, uint32_t byteLength) {
  return detail::call(Call::Bind, fd, address, byteLength);
}
inline long listen(int fd, int backlog) {
  return detail::call(Call::Listen, fd, backlog);
}
inline long shutdown(int fd, int how) {
  return detail::call(Call::Shutdown, fd, how);
}

// Time, waiting, chance.
inline long ppoll(PollFd *fds, unsigned long count, const TimeSpec *timeout,
                  const uint64_t *signalMask = nullptr) {
  return detail::call(Call::Ppoll, fds, count, timeout, signalMask,
                      sizeof *signalMask);
}
inline long clock_gettime(int clock, TimeSpec *out) {
  return detail::call(Call::ClockGettime, clock, out);
}
inline long clock_getres(int clock, TimeSpec *out) {
  return detail::call(Call::ClockGetres, clock, out);
}
inline long clock_nanosleep(int clock, int flags, const TimeSpec *request,
                            TimeSpec *remaining) {
  return detail::call(Call::ClockNanosleep, clock, flags, request, remaining);
}
inline long getrandom(void *buffer, size_t length, unsigned flags) {
  return detail::call(Call::Getrandom, buffer, length, flags);
}
/// Sleeps while *word is `expected`, at most until a moment of the monotonic
/// clock. May also return for no reason.
inline long futexWait(uint32_t *word, uint32_t expected,
                      const TimeSpec *deadline) {
  constexpr int waitBitset = 9, isPrivate = 128;
  return detail::call(Call::Futex, word, waitBitset | isPrivate, expected,
                      deadline, nullptr, UINT32_MAX);
}
inline long futexWake(uint32_t *word, int count) {
  constexpr int wake = 1, isPrivate = 128;
  return detail::call(Call::Futex, word, wake | isPrivate, count);
}
inline long sched_yield() { return detail::call(Call::SchedYield); }

// Memory. Results are addresses as longs; test them with isError.
inline long mmap(void *address, size_t length, int protection, int flags,
                 int fd, int64_t offset) {
  return detail::call(Call::Mmap, address, length, protection, flags, fd,
                      offset);
}
inline long munmap(void *address, size_t length) {
  return detail::call(Call::Munmap, address, length);
}
inline long mprotect(void *address, size_t length, int protection) {
  return detail::call(Call::Mprotect, address, length, protection);
}
inline long mremap(void *oldAddress, size_t oldLength, size_t newLength,
                   int flags, void *newAddress = nullptr) {
  return detail::call(Call::Mremap, oldAddress, oldLength, newLength, flags,
                      newAddress);
}
inline long madvise(void *address, size_t length, int advice) {
  return detail::call(Call::Madvise, address, length, advice);
}
inline long memfd_create(const char *name, unsigned flags) {
  return detail::call(Call::MemfdCreate, name, flags);
}
inline long prlimit(int resource, const ResourceLimit *newLimit,
                    ResourceLimit *oldLimit) {
  return detail::call(Call::Prlimit64, 0, resource, newLimit, oldLimit);
}

// Signals and the end.
inline long rt_sigaction(int signal, const SignalAction *action,
                         SignalAction *previous) {
  return detail::call(Call::RtSigaction, signal, action, previous,
                      sizeof action->mask);
}
inline long rt_sigprocmask(int how, const uint64_t *set, uint64_t *previous) {
  return detail::call(Call::RtSigprocmask, how, set, previous, sizeof *set);
}
/// Signals that wait because they are blocked.
inline long rt_sigpending(uint64_t *set) {
  return detail::call(Call::RtSigpending, set, sizeof *set);
}
/// Takes one of the set that waits; its number, or eAgain when the time is
/// over.
inline long rt_sigtimedwait(const uint64_t *set, const TimeSpec *timeout) {
  return detail::call(Call::RtSigtimedwait, set, nullptr, timeout, sizeof *set);
}
inline long sigaltstack(const SignalStack *stack, SignalStack *previous) {
  return detail::call(Call::Sigaltstack, stack, previous);
}
inline long getuid() { return detail::call(Call::Getuid); }
inline long geteuid() { return detail::call(Call::Geteuid); }
inline long getgid() { return detail::call(Call::Getgid); }
inline long getegid() { return detail::call(Call::Getegid); }
inline long getpid() { return detail::call(Call::Getpid); }
inline long gettid() { return detail::call(Call::Gettid); }
inline long tgkill(int process, int thread, int signal) {
  return detail::call(Call::Tgkill, process, thread, signal);
}
/// Sends a signal to the calling thread.
inline long raise(int signal) {
  return tgkill(static_cast<int>(getpid()), static_cast<int>(gettid()), signal);
}
[[noreturn]] inline void exit_group(int status) {
  for (;;)
    detail::call(Call::ExitGroup, status);
}

} // namespace wrought::sys

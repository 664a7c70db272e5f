/* wasi_host.c - the host of a program that wasm2c or w2c2 turned into C: the
   part of WASI preview 1 that C programs use. It confines nothing (paths are
   opened below the current folder as they are): it is here to measure, not to
   protect. */
#include GUEST_HEADER

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifdef HOST_WASM2C
#include "wasm-rt-impl.h"
struct Z_wasi_snapshot_preview1_instance_t {
  int unused;
};
static Z_guest_instance_t guest;
#define MEMORY (Z_guestZ_memory(&guest)->data)
#define WASI(name, ...)                                                        \
  u32 Z_wasi_snapshot_preview1Z_##name(                                        \
      struct Z_wasi_snapshot_preview1_instance_t *host, ##__VA_ARGS__)
#define WASI_VOID(name, ...)                                                   \
  void Z_wasi_snapshot_preview1Z_##name(                                       \
      struct Z_wasi_snapshot_preview1_instance_t *host, ##__VA_ARGS__)
#else
typedef U32 u32;
typedef U64 u64;
static guestInstance guest;
#define MEMORY (guest_memory(&guest)->data)
#define WASI(name, ...)                                                        \
  U32 wasi_snapshot_preview1__##name(void *host, ##__VA_ARGS__)
#define WASI_VOID(name, ...)                                                   \
  void wasi_snapshot_preview1__##name(void *host, ##__VA_ARGS__)
#endif

enum { Success = 0, BadDescriptor = 8, Invalid = 28, NoEntry = 44, NoSys = 52 };
/* The guest's descriptor of the folder it may reach. */
enum { Folder = 3 };

static char **arguments;
static int argumentCount;

static void *at(u32 address) { return MEMORY + address; }
static void put32(u32 address, uint32_t value) {
  memcpy(at(address), &value, sizeof value);
}
static void put64(u32 address, uint64_t value) {
  memcpy(at(address), &value, sizeof value);
}
static uint32_t get32(u32 address) {
  uint32_t value;
  memcpy(&value, at(address), sizeof value);
  return value;
}

static u32 error(void) {
  switch (errno) {
  case EACCES:
    return 2;
  case EBADF:
    return BadDescriptor;
  case EEXIST:
    return 20;
  case EINVAL:
    return Invalid;
  case EISDIR:
    return 31;
  case ENOENT:
    return NoEntry;
  case ENOSPC:
    return 51;
  case ENOTDIR:
    return 54;
  case EPIPE:
    return 64;
  case ESPIPE:
    return 70;
  default:
    return 29;
  }
}

/* The guest's 3 is the current folder, and the others are the host's own; the
   host keeps 3 occupied, so that they cannot meet. */
static int descriptor(u32 fd) { return fd == Folder ? AT_FDCWD : (int)fd; }

WASI(args_sizes_get, u32 count, u32 size) {
  uint32_t bytes = 0;
  for (int i = 0; i < argumentCount; ++i)
    bytes += (uint32_t)strlen(arguments[i]) + 1;
  put32(count, (uint32_t)argumentCount);
  put32(size, bytes);
  return Success;
}

WASI(args_get, u32 pointers, u32 bytes) {
  for (int i = 0; i < argumentCount; ++i) {
    size_t length = strlen(arguments[i]) + 1;
    put32(pointers + 4 * (u32)i, bytes);
    memcpy(at(bytes), arguments[i], length);
    bytes += (u32)length;
  }
  return Success;
}

WASI(environ_sizes_get, u32 count, u32 size) {
  put32(count, 0);
  put32(size, 0);
  return Success;
}

WASI(environ_get, u32 pointers, u32 bytes) { return Success; }

static clockid_t clockOf(u32 clock) {
  static const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC,
                                     CLOCK_PROCESS_CPUTIME_ID,
                                     CLOCK_THREAD_CPUTIME_ID};
  return clocks[clock & 3];
}

WASI(clock_time_get, u32 clock, u64 precision, u32 result) {
  struct timespec time;
  if (clock_gettime(clockOf(clock), &time) != 0)
    return error();
  put64(result, (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec);
  return Success;
}

WASI(clock_res_get, u32 clock, u32 result) {
  struct timespec time;
  if (clock_getres(clockOf(clock), &time) != 0)
    return error();
  put64(result, (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec);
  return Success;
}

WASI(fd_close, u32 fd) {
  return fd == Folder || close((int)fd) == 0 ? Success : error();
}

WASI(fd_seek, u32 fd, u64 offset, u32 whence, u32 result) {
  off_t place = lseek((int)fd, (off_t)offset, (int)whence);
  if (place < 0)
    return error();
  put64(result, (uint64_t)place);
  return Success;
}

WASI(fd_write, u32 fd, u32 vectors, u32 count, u32 result) {
  uint32_t total = 0;
  for (u32 i = 0; i < count; ++i) {
    uint32_t length = get32(vectors + 8 * i + 4);
    ssize_t written = write((int)fd, at(get32(vectors + 8 * i)), length);
    if (written < 0)
      return error();
    total += (uint32_t)written;
    if ((uint32_t)written < length)
      break;
  }
  put32(result, total);
  return Success;
}

WASI(fd_read, u32 fd, u32 vectors, u32 count, u32 result) {
  uint32_t total = 0;
  for (u32 i = 0; i < count; ++i) {
    uint32_t length = get32(vectors + 8 * i + 4);
    ssize_t got = read((int)fd, at(get32(vectors + 8 * i)), length);
    if (got < 0)
      return error();
    total += (uint32_t)got;
    if ((uint32_t)got < length)
      break;
  }
  put32(result, total);
  return Success;
}

static uint8_t fileType(mode_t mode) {
  return S_ISDIR(mode) ? 3 : S_ISREG(mode) ? 4 : S_ISCHR(mode) ? 2 : 0;
}

WASI(fd_fdstat_get, u32 fd, u32 result) {
  struct stat status;
  if ((fd == Folder ? stat(".", &status) : fstat((int)fd, &status)) != 0)
    return error();
  memset(at(result), 0, 24);
  *(uint8_t *)at(result) = fileType(status.st_mode);
  put64(result + 8, ~(uint64_t)0);
  put64(result + 16, ~(uint64_t)0);
  return Success;
}

WASI(fd_fdstat_set_flags, u32 fd, u32 flags) { return Success; }

WASI(fd_prestat_get, u32 fd, u32 result) {
  if (fd != Folder)
    return BadDescriptor;
  put32(result, 0);
  put32(result + 4, 1);
  return Success;
}

WASI(fd_prestat_dir_name, u32 fd, u32 path, u32 length) {
  if (fd != Folder || length < 1)
    return Invalid;
  *(char *)at(path) = '.';
  return Success;
}

static char *pathAt(u32 path, u32 length) {
  static char copy[4096];
  length = length < sizeof copy ? length : sizeof copy - 1;
  memcpy(copy, at(path), length);
  copy[length] = '\0';
  return copy;
}

WASI(path_open, u32 fd, u32 follow, u32 path, u32 length, u32 open, u64 rights,
     u64 inherited, u32 flags, u32 result) {
  static const u64 Read = 2, Write = 64;
  int mode = (rights & Write) ? (rights & Read ? O_RDWR : O_WRONLY) : O_RDONLY;
  mode |= (open & 1 ? O_CREAT : 0) | (open & 2 ? O_DIRECTORY : 0) |
          (open & 4 ? O_EXCL : 0) | (open & 8 ? O_TRUNC : 0) |
          (flags & 1 ? O_APPEND : 0);
  if (mode & O_DIRECTORY)
    mode &= ~(O_RDWR | O_WRONLY);
  int opened = openat(descriptor(fd), pathAt(path, length), mode, 0666);
  if (opened < 0)
    return error();
  put32(result, (uint32_t)opened);
  return Success;
}

static void putStatus(u32 result, const struct stat *status) {
  memset(at(result), 0, 64);
  put64(result, status->st_dev);
  put64(result + 8, status->st_ino);
  *(uint8_t *)at(result + 16) = fileType(status->st_mode);
  put64(result + 24, status->st_nlink);
  put64(result + 32, (uint64_t)status->st_size);
}

WASI(fd_filestat_get, u32 fd, u32 result) {
  struct stat status;
  if ((fd == Folder ? stat(".", &status) : fstat((int)fd, &status)) != 0)
    return error();
  putStatus(result, &status);
  return Success;
}

WASI(path_filestat_get, u32 fd, u32 follow, u32 path, u32 length, u32 result) {
  struct stat status;
  if (fstatat(descriptor(fd), pathAt(path, length), &status, 0) != 0)
    return error();
  putStatus(result, &status);
  return Success;
}

WASI(path_unlink_file, u32 fd, u32 path, u32 length) {
  return unlinkat(descriptor(fd), pathAt(path, length), 0) == 0 ? Success
                                                                : error();
}

WASI(random_get, u32 bytes, u32 length) {
  return getrandom(at(bytes), length, 0) == (ssize_t)length ? Success : error();
}

WASI(sched_yield) {
  sched_yield();
  return Success;
}

static u32 moved(u32 fd, u32 vectors, u32 count, u64 offset, u32 result,
                 ssize_t (*move)(int, void *, size_t, off_t)) {
  uint32_t total = 0;
  for (u32 i = 0; i < count; ++i) {
    uint32_t length = get32(vectors + 8 * i + 4);
    ssize_t done = move((int)fd, at(get32(vectors + 8 * i)), length,
                        (off_t)(offset + total));
    if (done < 0)
      return error();
    total += (uint32_t)done;
    if ((uint32_t)done < length)
      break;
  }
  put32(result, total);
  return Success;
}

static ssize_t writeAt(int fd, void *bytes, size_t length, off_t offset) {
  return pwrite(fd, bytes, length, offset);
}

WASI(fd_pread, u32 fd, u32 vectors, u32 count, u64 offset, u32 result) {
  return moved(fd, vectors, count, offset, result, pread);
}

WASI(fd_pwrite, u32 fd, u32 vectors, u32 count, u64 offset, u32 result) {
  return moved(fd, vectors, count, offset, result, writeAt);
}

WASI(fd_sync, u32 fd) { return fsync((int)fd) == 0 ? Success : error(); }

WASI(fd_datasync, u32 fd) {
  return fdatasync((int)fd) == 0 ? Success : error();
}

WASI(fd_tell, u32 fd, u32 result) {
  off_t place = lseek((int)fd, 0, SEEK_CUR);
  if (place < 0)
    return error();
  put64(result, (uint64_t)place);
  return Success;
}

WASI(fd_filestat_set_size, u32 fd, u64 size) {
  return ftruncate((int)fd, (off_t)size) == 0 ? Success : error();
}

WASI(path_create_directory, u32 fd, u32 path, u32 length) {
  return mkdirat(descriptor(fd), pathAt(path, length), 0777) == 0 ? Success
                                                                  : error();
}

WASI(path_remove_directory, u32 fd, u32 path, u32 length) {
  return unlinkat(descriptor(fd), pathAt(path, length), AT_REMOVEDIR) == 0
             ? Success
             : error();
}

/* What no benchmark has called yet is there to be linked, and says so. */
WASI(poll_oneoff, u32 in, u32 out, u32 count, u32 result) { return NoSys; }
WASI(fd_advise, u32 a, u64 b, u64 c, u32 d) { return NoSys; }
WASI(fd_allocate, u32 a, u64 b, u64 c) { return NoSys; }
WASI(fd_fdstat_set_rights, u32 a, u64 b, u64 c) { return NoSys; }
WASI(fd_filestat_set_times, u32 a, u64 b, u64 c, u32 d) { return NoSys; }
WASI(fd_readdir, u32 a, u32 b, u32 c, u64 d, u32 e) { return NoSys; }
WASI(fd_renumber, u32 a, u32 b) { return NoSys; }
WASI(path_filestat_set_times, u32 a, u32 b, u32 c, u32 d, u64 e, u64 f, u32 g) {
  return NoSys;
}
WASI(path_link, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f, u32 g) {
  return NoSys;
}
WASI(path_readlink, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f) { return NoSys; }
WASI(path_rename, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f) { return NoSys; }
WASI(path_symlink, u32 a, u32 b, u32 c, u32 d, u32 e) { return NoSys; }
WASI(proc_raise, u32 a) { return NoSys; }
WASI(sock_accept, u32 a, u32 b, u32 c) { return NoSys; }
WASI(sock_recv, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f) { return NoSys; }
WASI(sock_send, u32 a, u32 b, u32 c, u32 d, u32 e) { return NoSys; }
WASI(sock_shutdown, u32 a, u32 b) { return NoSys; }

WASI_VOID(proc_exit, u32 code) {
  fflush(NULL);
  _exit((int)code);
}

#ifdef HOST_W2C2
void trap(Trap code) {
  fprintf(stderr, "trap %d\n", (int)code);
  exit(134);
}

wasmMemory *wasiMemory(void *instance) { return guest_memory(instance); }
#endif

int main(int argc, char **argv) {
  arguments = argv;
  argumentCount = argc;
  /* Keeps 3 from the files that are opened later. */
  int null = open("/dev/null", O_RDONLY);
  if (null >= 0 && null < Folder)
    dup2(null, Folder);
#ifdef HOST_WASM2C
  static struct Z_wasi_snapshot_preview1_instance_t host;
  wasm_rt_init();
  int code = wasm_rt_impl_try();
  if (code != 0) {
    fprintf(stderr, "trap: %s\n", wasm_rt_strerror((wasm_rt_trap_t)code));
    return 134;
  }
  Z_guest_init_module();
  Z_guest_instantiate(&guest, &host);
  Z_guestZ__start(&guest);
#else
  guestInstantiate(&guest, NULL);
  guest__start(&guest);
#endif
  return 0;
}

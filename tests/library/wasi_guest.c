// A reactor whose host tests what it is given of WASI. Text goes both ways by
// `text`; results are lengths, or minus an errno.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wasi/api.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

char text[65536];

char *EXPORT(text_address)(void) { return text; }

int EXPORT(argument_count)(void) {
  size_t count, byteLength;
  return __wasi_args_sizes_get(&count, &byteLength) == 0 ? (int)count : -1;
}

int EXPORT(argument)(int index) {
  uint8_t *pointers[64];
  static uint8_t bytes[4096];
  if (index >= argument_count() || __wasi_args_get(pointers, bytes) != 0)
    return -1;
  strcpy(text, (char *)pointers[index]);
  return (int)strlen(text);
}

int EXPORT(variable)(void) {
  const char *value = getenv(text);
  if (value == NULL)
    return -1;
  strcpy(text, value);
  return (int)strlen(text);
}

int EXPORT(read_file)(void) {
  int fd = open(text, O_RDONLY);
  if (fd < 0)
    return -errno;
  ssize_t length = read(fd, text, sizeof text);
  close(fd);
  return length < 0 ? -errno : (int)length;
}

int EXPORT(make_file)(int size) {
  int fd = open(text, O_CREAT | O_TRUNC | O_RDWR, 0666);
  if (fd < 0)
    return -errno;
  int result = ftruncate(fd, size) < 0 ? -errno : 0;
  close(fd);
  return result;
}

int EXPORT(keep_open)(int count) {
  int opened = 0;
  while (opened < count && open(text, O_RDONLY) >= 0)
    ++opened;
  return opened;
}

int EXPORT(entry_count)(void) {
  DIR *directory = opendir(text);
  if (directory == NULL)
    return -errno;
  int count = 0;
  while (readdir(directory) != NULL)
    ++count;
  closedir(directory);
  return count;
}

int EXPORT(write_text)(int fd) {
  ssize_t length = write(fd, text, strlen(text));
  return length < 0 ? -errno : (int)length;
}

int EXPORT(append_at)(int fd, long long offset) {
  return pwrite(fd, "x", 1, offset) < 0 ? -errno : 1;
}

int EXPORT(read_text)(int fd) {
  ssize_t length = read(fd, text, sizeof text);
  return length < 0 ? -errno : (int)length;
}

int EXPORT(close_descriptor)(int fd) { return close(fd) < 0 ? -errno : 0; }

int EXPORT(make_nonblocking)(int fd) {
  return __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_NONBLOCK);
}

int EXPORT(preopen_count)(void) {
  __wasi_prestat_t prestat;
  int count = 0;
  while (__wasi_fd_prestat_get(3 + count, &prestat) == 0)
    ++count;
  return count;
}

int EXPORT(clocks_tick)(void) {
  struct timespec before, after, epoch;
  clock_gettime(CLOCK_MONOTONIC, &before);
  clock_gettime(CLOCK_REALTIME, &epoch);
  struct timespec pause = {0, 2000000};
  nanosleep(&pause, NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  long long passed = (after.tv_sec - before.tv_sec) * 1000000000LL +
                     after.tv_nsec - before.tv_nsec;
  return passed >= 2000000 && epoch.tv_sec > 1700000000;
}

int EXPORT(random_bytes)(void) {
  return getentropy(text, 32) < 0 ? -errno : 32;
}

__attribute__((import_module("wasi_snapshot_preview1"),
               import_name("proc_raise"))) int
raise_in_host(int signal);
int EXPORT(raise_signal)(int signal) { return raise_in_host(signal); }

__attribute__((noinline)) static void leave(int status) {
  __wasi_proc_exit((uint32_t)status);
}
void EXPORT(quit)(int status) { leave(status); }

/// An address that is no pointer of this guest's.
int EXPORT(write_out_of_bounds)(void) {
  __wasi_ciovec_t vector = {(const uint8_t *)0xfffffff0u, 32};
  size_t written;
  return __wasi_fd_write(1, &vector, 1, &written);
}

/// The memory may move: more is asked for between two calls.
int EXPORT(grow_and_read)(void) {
  static char path[256];
  strcpy(path, text);
  if (__builtin_wasm_memory_grow(0, 100) == (size_t)-1)
    return -1;
  char *end = (char *)(__builtin_wasm_memory_size(0) * 65536 - 16);
  int fd = open(path, O_RDONLY);
  if (fd < 0)
    return -errno;
  ssize_t length = read(fd, end, 16);
  close(fd);
  memcpy(text, end, 16);
  return (int)length;
}

// One measurement a run: io WHAT DIRECTORY. Built natively and as Wasm, and the
// same loops in both. Times are taken by whoever starts it.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { gibibyte = 1 << 30, writeCount = 1000000, openCount = 300000 };

// Where in a page it lies decides how fast the kernel copies to it, by as much
// as a factor of two: alike for both.
static _Alignas(4096) char buffer[65536];

static int fail(const char *what) {
  perror(what);
  exit(1);
}

static int openIn(const char *directory, const char *name, int flags) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  int fd = open(path, flags, 0644);
  return fd < 0 ? fail(path) : fd;
}

static void writeAll(const char *directory, size_t length, long total) {
  int fd = openIn(directory, "big", O_WRONLY | O_CREAT | O_TRUNC);
  for (long done = 0; done != total; done += (long)length)
    if (write(fd, buffer, length) != (ssize_t)length)
      fail("write");
  close(fd);
}

static void readAll(const char *directory, size_t length) {
  int fd = openIn(directory, "big", O_RDONLY);
  long total = 0;
  for (ssize_t count; (count = read(fd, buffer, length)) != 0; total += count)
    if (count < 0)
      fail("read");
  if (total != gibibyte)
    fail("a file of another size");
  close(fd);
}

// Each name's status, directory by directory.
static long walk(const char *path) {
  DIR *directory = opendir(path);
  if (!directory)
    fail(path);
  long count = 0;
  for (struct dirent *entry; (entry = readdir(directory));) {
    if (entry->d_name[0] == '.')
      continue;
    struct stat status;
    if (fstatat(dirfd(directory), entry->d_name, &status,
                AT_SYMLINK_NOFOLLOW) != 0)
      fail(entry->d_name);
    if (S_ISDIR(status.st_mode)) {
      char inner[512];
      snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
      count += walk(inner);
    } else {
      ++count;
    }
  }
  closedir(directory);
  return count;
}

static void openClose(const char *directory) {
  char path[256];
  snprintf(path, sizeof path, "%s/small", directory);
  for (int number = 0; number != openCount; ++number) {
    int fd = open(path, O_RDONLY);
    if (fd < 0)
      fail(path);
    close(fd);
  }
}

int main(int argc, char **argv) {
  if (argc != 3)
    return 2;
  const char *what = argv[1], *directory = argv[2];
  if (!strcmp(what, "write-4k"))
    writeAll(directory, 4096, gibibyte);
  else if (!strcmp(what, "write-64k"))
    writeAll(directory, 65536, gibibyte);
  else if (!strcmp(what, "read-4k"))
    readAll(directory, 4096);
  else if (!strcmp(what, "read-64k"))
    readAll(directory, 65536);
  else if (!strcmp(what, "small-writes"))
    writeAll(directory, 16, 16L * writeCount);
  else if (!strcmp(what, "open-close"))
    openClose(directory);
  else if (!strcmp(what, "walk"))
    printf("%ld files\n", walk(directory));
  else
    return 2;
  return 0;
}

// Files and directories through the C library: create, append, seek, truncate,
// rename, list, stat and the errors of each. The tree that is left is compared
// too.
// build: --dir .
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *errorName(int error) {
  switch (error) {
  case 0:
    return "ok";
  case ENOENT:
    return "ENOENT";
  case EEXIST:
    return "EEXIST";
  case ENOTDIR:
    return "ENOTDIR";
  case EISDIR:
    return "EISDIR";
  case ENOTEMPTY:
    return "ENOTEMPTY";
  case EBADF:
    return "EBADF";
  case EINVAL:
    return "EINVAL";
  }
  return "other";
}

static void report(const char *what, int result) {
  printf("%s: %d %s\n", what, result, result < 0 ? errorName(errno) : "ok");
}

static int compareNames(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list(const char *path) {
  DIR *directory = opendir(path);
  if (!directory) {
    report("opendir", -1);
    return;
  }
  char *names[4096];
  size_t count = 0;
  for (struct dirent *entry; (entry = readdir(directory));)
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
      names[count++] = strdup(entry->d_name);
  closedir(directory);
  qsort(names, count, sizeof *names, compareNames);
  printf("%s holds %zu\n", path, count);
  for (size_t i = 0; i < count; ++i) {
    if (count < 20 || i % 97 == 0)
      printf("  %s\n", names[i]);
    free(names[i]);
  }
}

static void writeAndSeek(void) {
  FILE *file = fopen("data.txt", "w+");
  for (int i = 0; i < 1000; ++i)
    fprintf(file, "line %04d\n", i);
  fseek(file, 500 * 10, SEEK_SET);
  char line[64];
  fgets(line, sizeof line, file);
  printf("middle: %s", line);
  fseek(file, -10, SEEK_END);
  fgets(line, sizeof line, file);
  printf("last: %s", line);
  printf("at %ld\n", ftell(file));
  fseek(file, 30, SEEK_SET);
  fputs("LINE", file);
  fclose(file);

  file = fopen("data.txt", "a");
  fputs("appended\n", file);
  fclose(file);

  struct stat status;
  report("stat", stat("data.txt", &status));
  printf("size %lld, regular %d\n", (long long)status.st_size,
         S_ISREG(status.st_mode));
  int fd = open("data.txt", O_RDWR);
  report("ftruncate", ftruncate(fd, 45));
  char bytes[64];
  printf("pread %zd\n", pread(fd, bytes, sizeof bytes, 28));
  printf("pwrite %zd\n", pwrite(fd, "xyz", 3, 50));
  printf("lseek %lld\n", (long long)lseek(fd, 0, SEEK_END));
  report("close", close(fd));
  report("close again", close(fd));
}

static void directories(void) {
  report("mkdir", mkdir("tree", 0755));
  report("mkdir twice", mkdir("tree", 0755));
  report("mkdir nested", mkdir("tree/inner", 0755));
  report("mkdir without parent", mkdir("none/inner", 0755));
  for (int i = 0; i < 300; ++i) {
    char name[64];
    snprintf(name, sizeof name, "tree/a file with a long name, number %03d", i);
    FILE *file = fopen(name, "w");
    fprintf(file, "%d", i * i);
    fclose(file);
  }
  list("tree");
  list("missing");
  report("rmdir full", rmdir("tree"));
  report("unlink missing", unlink("tree/none"));
  report("rename", rename("data.txt", "tree/inner/moved.txt"));
  report("rename missing", rename("data.txt", "elsewhere"));
  report("rmdir of a file", rmdir("tree/inner/moved.txt"));
  report("through a file", open("tree/inner/moved.txt/x", O_RDONLY));
  report("exclusive",
         open("tree/inner/moved.txt", O_CREAT | O_EXCL | O_RDWR, 0644));
  list("tree/inner");
  for (int i = 0; i < 300; ++i) {
    char name[64];
    snprintf(name, sizeof name, "tree/a file with a long name, number %03d", i);
    if (i % 50 && unlink(name))
      report("unlink", -1);
  }
  list("tree");
}

static void links(void) {
  report("symlink", symlink("inner/moved.txt", "tree/link"));
  char target[64];
  ssize_t length = readlink("tree/link", target, sizeof target);
  printf("readlink %.*s\n", (int)length, target);
  struct stat status;
  report("lstat", lstat("tree/link", &status));
  printf("link %d\n", S_ISLNK(status.st_mode));
  FILE *file = fopen("tree/link", "r");
  char line[16];
  printf("through link: %s",
         file && fgets(line, sizeof line, file) ? line : "-");
  if (file)
    fclose(file);
  report("link", link("tree/inner/moved.txt", "tree/hard"));
  report("stat hard", stat("tree/hard", &status));
  printf("links %d\n", (int)status.st_nlink);
}

int main(void) {
  writeAndSeek();
  directories();
  links();
  return 0;
}

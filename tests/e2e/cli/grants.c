// Says what it may do: read, write and list in the directory of its argument,
// and what it sees of the environment.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv) {
  char path[256], line[64] = "";
  const char *directory = argc > 1 ? argv[1] : ".";
  snprintf(path, sizeof path, "%s/secret.txt", directory);
  FILE *file = fopen(path, "r");
  printf("read: %s\n", file && fgets(line, sizeof line, file) ? line : "no");
  snprintf(path, sizeof path, "%s/written.txt", directory);
  file = fopen(path, "w");
  printf("write: %s\n", file && fputs("x", file) >= 0 ? "yes" : "no");
  printf("list: %s\n", opendir(directory) ? "yes" : "no");
  snprintf(path, sizeof path, "%s/../outside.txt", directory);
  printf("outside: %s\n", fopen(path, "r") ? "yes" : "no");
  snprintf(path, sizeof path, "%s/way-out/outside.txt", directory);
  printf("through a link: %s\n", fopen(path, "r") ? "yes" : "no");
  printf("WORD: %s\n", getenv("WORD") ? getenv("WORD") : "unset");
  printf("name: %s\n", argv[0]);
  return 0;
}

// Reads standard input to its end: lines, words and bytes, and the longest
// word; through stdio and, with the argument "raw", by read().
// run: {"stdin": ""}
// run: {"stdin": "one two\nthree  four five\n\nlast line without end"}
// run: {"stdin-repeat": ["lorem ipsum dolor sit amet, ", 20000]}
// run: {"args": ["raw"], "stdin-repeat": ["0123456789abcdef\n", 30000]}
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int raw(void) {
  static unsigned char buffer[10007];
  uint32_t sum = 1;
  size_t total = 0;
  for (ssize_t got; (got = read(0, buffer, sizeof buffer)) > 0; total += got)
    for (ssize_t i = 0; i < got; ++i)
      sum = sum * 31 + buffer[i];
  printf("%zu %u\n", total, sum);
  return 0;
}

int main(int argc, char **argv) {
  if (argc > 1 && !strcmp(argv[1], "raw"))
    return raw();
  unsigned lines = 0, words = 0, bytes = 0, length = 0, longest = 0;
  for (int c; (c = getchar()) != EOF;) {
    ++bytes;
    lines += c == '\n';
    if (isspace(c)) {
      length = 0;
      continue;
    }
    words += length++ == 0;
    if (length > longest)
      longest = length;
  }
  printf("%u %u %u %u\n", lines, words, bytes, longest);
  fprintf(stderr, "done\n");
  return ferror(stdin) || !feof(stdin);
}

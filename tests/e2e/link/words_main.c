// The main module of a C program in two: it shares its memory with words.c.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FROM_WORDS(name)                                                       \
  __attribute__((import_module("words"), import_name(#name)))

FROM_WORDS(count) uint32_t count(const char *text, uint32_t length);
FROM_WORDS(upper) void upper(char *text, uint32_t length);
FROM_WORDS(checksum) uint64_t checksum(const void *bytes, uint32_t length);
FROM_WORDS(calls) const uint32_t *calls(void);

int main(int argc, char **argv) {
  char *text = malloc(1 << 20);
  if (text == NULL)
    return 1;
  size_t length = 0;
  for (int i = 0; i < 20000; ++i)
    length += (size_t)sprintf(text + length, "word %d of many\n", i);
  printf("%zu bytes, %u words, checksum %016llx\n", length,
         count(text, (uint32_t)length),
         (unsigned long long)checksum(text, (uint32_t)length));
  upper(text, 40);
  printf("%.14s\n", text);
  printf("%u calls\n", *calls());
  free(text);
  return argc == 1 && argv[0] != NULL ? 0 : 2;
}

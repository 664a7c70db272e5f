// memcpy, memmove, memset and memcmp of all small lengths and alignments, and
// of large blocks; compiled with bulk memory, so that memory.copy and
// memory.fill are used.
// wasm-flags: -mbulk-memory
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t hash(const unsigned char *bytes, size_t length) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < length; ++i)
    h = (h ^ bytes[i]) * 1099511628211u;
  return h;
}

int main(void) {
  enum { Size = 4096 };
  static unsigned char buffer[Size], other[Size];
  for (int i = 0; i < Size; ++i)
    buffer[i] = (unsigned char)(i * 7 + (i >> 8));
  uint64_t total = 0;
  for (volatile size_t length = 0; length < 130; ++length)
    for (volatile size_t from = 0; from < 17; ++from) {
      memset(other, 0xee, 400);
      memcpy(other + 16 - from % 16, buffer + from, length);
      total = total * 31 + hash(other, 400);
      memmove(buffer + 200 + from, buffer + 190, length);
      memmove(buffer + 590, buffer + 600 + from, length);
      memset(buffer + 1000 + from, (int)(length + from), length);
      total = total * 31 + (memcmp(buffer + from, other + 16, length) < 0);
    }
  printf("%016llx %016llx\n", (unsigned long long)total,
         (unsigned long long)hash(buffer, Size));

  const size_t large = 32u << 20;
  unsigned char *block = malloc(large);
  for (size_t i = 0; i < large; ++i)
    block[i] = (unsigned char)(i >> 3 ^ i);
  for (volatile int round = 0; round < 8; ++round) {
    memmove(block + 1 + round, block, large - 100);
    memcpy(block, block + large / 2, large / 2 - 13);
    memset(block + round * 1000000, round, 999999);
  }
  printf("%016llx\n", (unsigned long long)hash(block, large));
  printf("%d\n", (int)((unsigned char *)memchr(block, 3, large) - block));
  memset(block, 'x', 5000000);
  block[5000000] = 0;
  printf("%zu\n", strlen((char *)block));
  free(block);
  return 0;
}

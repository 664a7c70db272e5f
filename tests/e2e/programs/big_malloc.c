// Allocations up to hundreds of megabytes, grown by realloc; every page is
// touched, so memory.grow and the pages behind it are real.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t checksum(const unsigned char *bytes, size_t length,
                         size_t step) {
  uint64_t sum = 14695981039346656037u;
  for (size_t i = 0; i < length; i += step)
    sum = (sum ^ bytes[i]) * 1099511628211u;
  return sum;
}

int main(void) {
  static const size_t sizes[] = {1, 10, 100, 400};
  for (int k = 0; k < 4; ++k) {
    size_t megabytes = sizes[k], length = megabytes << 20;
    unsigned char *block = malloc(length);
    if (!block) {
      printf("%zu MB: none\n", megabytes);
      continue;
    }
    for (size_t i = 0; i < length; i += 4096)
      block[i] = (unsigned char)(i >> 12);
    memset(block + length / 2, 0x5a, 1000);
    printf("%zu MB: %016llx\n", megabytes,
           (unsigned long long)checksum(block, length, 4096));
    free(block);
  }
  size_t length = 1000;
  unsigned char *block = malloc(length);
  memset(block, 1, length);
  while (length < 300u << 20) {
    size_t next = length * 3;
    unsigned char *bigger = realloc(block, next);
    if (!bigger)
      return 1;
    memset(bigger + length, (int)(next & 0xff), next - length);
    block = bigger;
    length = next;
  }
  printf("grown to %zu: %016llx\n", length,
         (unsigned long long)checksum(block, length, 509));
  free(block);
  unsigned char *zeroed = calloc(64 << 20, 1);
  uint64_t sum = 0;
  for (size_t i = 0; i < 64u << 20; ++i)
    sum += zeroed[i];
  printf("calloc sum %llu\n", (unsigned long long)sum);
  printf("huge %s\n", malloc(SIZE_MAX / 2 - 100) ? "granted" : "refused");
  enum { Many = 50000 };
  static void *pointers[Many];
  uint32_t state = 7;
  for (int i = 0; i < 4 * Many; ++i) {
    state = state * 1664525 + 1013904223;
    int slot = state % Many;
    free(pointers[slot]);
    pointers[slot] = malloc(1 + (state >> 16) % 300);
    memset(pointers[slot], i, 1);
  }
  int live = 0;
  for (int i = 0; i < Many; ++i)
    live += pointers[i] != NULL;
  printf("live %d\n", live);
  return 0;
}

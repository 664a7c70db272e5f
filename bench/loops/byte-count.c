/* byte-count: how often a byte occurs, and the largest one. */
#include "program.h"

enum { N = 16384, Times = SIZE(4, 200, 5000, 60000, 400000) };
static uint8_t *bytes;
static uint32_t total;

static void prepare(void) {
  uint32_t seed = 1;
  bytes = allocate(N, 1);
  for (int i = 0; i < N; ++i)
    bytes[i] = (uint8_t)(randomWord(&seed) >> 9);
}

static uint32_t __attribute__((noinline)) count(int n, const uint8_t *values,
                                                uint8_t wanted) {
  uint32_t found = 0;
  for (int i = 0; i < n; ++i)
    found += values[i] == wanted;
  return found;
}

static uint8_t __attribute__((noinline)) most(int n, const uint8_t *values) {
  uint8_t largest = 0;
  for (int i = 0; i < n; ++i)
    largest = values[i] > largest ? values[i] : largest;
  return largest;
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    total += count(N, bytes, (uint8_t)time) + most(N, bytes);
    --bytes[time % N];
  }
}

static void finish(void) { addBits(total); }

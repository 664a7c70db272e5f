/* int-dot: the scalar product of 16-bit numbers in 32 bits. */
#include "program.h"

enum { N = 4096, Times = SIZE(10, 1000, 20000, 300000, 1000000) };
static int16_t *a, *b;
static uint32_t total;

static void prepare(void) {
  uint32_t seed = 1;
  a = allocate(N, sizeof *a);
  b = allocate(N, sizeof *b);
  for (int i = 0; i < N; ++i) {
    a[i] = (int16_t)randomWord(&seed);
    b[i] = (int16_t)randomWord(&seed);
  }
}

static uint32_t __attribute__((noinline)) dot(int n, const int16_t *one,
                                              const int16_t *other) {
  uint32_t sum = 0;
  for (int i = 0; i < n; ++i)
    sum += (uint32_t)(one[i] * other[i]);
  return sum;
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    total += dot(N, a, b);
    a[time % N] ^= 1;
  }
}

static void finish(void) { addBits(total); }

/* convert: bytes to double precision, scaled and offset. */
#include "program.h"

enum { N = 8192, Times = SIZE(4, 200, 4000, 40000, 200000) };
static uint8_t *bytes;
static double *reals;

static void prepare(void) {
  uint32_t seed = 1;
  bytes = allocate(N, 1);
  reals = matrix(1, N, 2);
  for (int i = 0; i < N; ++i)
    bytes[i] = (uint8_t)(randomWord(&seed) >> 9);
}

static void __attribute__((noinline)) convert(int n, const uint8_t *from,
                                              double *to) {
  for (int i = 0; i < n; ++i)
    to[i] = 0.5 * to[i] + (from[i] - 128) * (1.0 / 128);
}

static void compute(void) {
  for (int time = 0; time < Times; ++time)
    convert(N, bytes, reals);
}

static void finish(void) { addReals(reals, N); }

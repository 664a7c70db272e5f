/* float-axpy: y = a x + y in single precision. */
#include "program.h"

enum { N = 4096, Times = SIZE(10, 1000, 20000, 200000, 1000000) };
static float *x, *y;

static void prepare(void) {
  uint32_t seed = 1;
  x = allocate(N, sizeof *x);
  y = allocate(N, sizeof *y);
  for (int i = 0; i < N; ++i) {
    x[i] = (float)(randomWord(&seed) >> 8) / 16777216.0f;
    y[i] = (float)(randomWord(&seed) >> 8) / 16777216.0f;
  }
}

static void __attribute__((noinline)) axpy(int n, float by, const float *from,
                                           float *to) {
  for (int i = 0; i < n; ++i)
    to[i] += by * from[i];
}

static void compute(void) {
  for (int time = 0; time < Times; ++time)
    axpy(N, time & 1 ? 0.5f : -0.4f, x, y);
}

static void finish(void) { addBytes(y, N * sizeof *y); }

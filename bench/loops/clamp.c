/* clamp: 32-bit samples scaled, rounded and cut to 16 bits. */
#include "program.h"

enum { N = 8192, Times = SIZE(4, 200, 8000, 60000, 400000) };
static int32_t *samples;
static int16_t *out;

static void prepare(void) {
  uint32_t seed = 1;
  samples = allocate(N, sizeof *samples);
  out = allocate(N, sizeof *out);
  for (int i = 0; i < N; ++i)
    samples[i] = (int32_t)randomWord(&seed) >> 4;
}

static void __attribute__((noinline)) clamp(int n, const int32_t *from,
                                            int16_t *to) {
  for (int i = 0; i < n; ++i) {
    int32_t value = (from[i] + (1 << 11)) >> 12;
    value = value < -32768 ? -32768 : value > 32767 ? 32767 : value;
    to[i] = (int16_t)value;
  }
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    clamp(N, samples, out);
    samples[time % N] += out[(time + 1) % N];
  }
}

static void finish(void) { addBytes(out, N * sizeof *out); }

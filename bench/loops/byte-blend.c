/* byte-blend: two pictures of bytes mixed by a third. */
#include "program.h"

enum { N = 16384, Times = SIZE(4, 200, 5000, 30000, 200000) };
static uint8_t *front, *back, *alpha, *mixed;

static uint8_t *bytes(uint32_t seed) {
  uint8_t *values = allocate(N, 1);
  for (int i = 0; i < N; ++i)
    values[i] = (uint8_t)(randomWord(&seed) >> 9);
  return values;
}

static void prepare(void) {
  front = bytes(1);
  back = bytes(2);
  alpha = bytes(3);
  mixed = bytes(4);
}

static void __attribute__((noinline)) blend(int n, const uint8_t *one,
                                            const uint8_t *other,
                                            const uint8_t *share, uint8_t *to) {
  for (int i = 0; i < n; ++i)
    to[i] =
        (uint8_t)((one[i] * share[i] + other[i] * (255 - share[i]) + 128) >> 8);
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    blend(N, front, back, alpha, mixed);
    uint8_t *swapped = back;
    back = mixed;
    mixed = swapped;
  }
}

static void finish(void) { addBytes(back, N); }

/* int-add: sums of 32-bit integers, element by element. */
#include "program.h"

enum { N = 4096, Times = SIZE(10, 1000, 20000, 200000, 1000000) };
static uint32_t *a, *b, *c;

static uint32_t *integers(uint32_t seed) {
  uint32_t *values = allocate(N, sizeof *values);
  for (int i = 0; i < N; ++i)
    values[i] = randomWord(&seed);
  return values;
}

static void prepare(void) {
  a = integers(1);
  b = integers(2);
  c = integers(3);
}

static void __attribute__((noinline))
add(int n, const uint32_t *one, const uint32_t *other, uint32_t *sums) {
  for (int i = 0; i < n; ++i)
    sums[i] = one[i] + (other[i] ^ sums[i]);
}

static void compute(void) {
  for (int time = 0; time < Times; ++time)
    add(N, a, b, c);
}

static void finish(void) { addIntegers((int32_t *)c, N); }

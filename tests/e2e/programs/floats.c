// Floating point where IEEE 754 fixes every bit: rounding, minimum, maximum,
// conversions, comparisons with NaN, subnormals, signed zero.
// flags: -ffp-contract=off
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t bits64(double v) {
  uint64_t u;
  memcpy(&u, &v, 8);
  return v != v ? 0x7ff8000000000000u : u;
}
static uint32_t bits32(float v) {
  uint32_t u;
  memcpy(&u, &v, 4);
  return v != v ? 0x7fc00000u : u;
}

static const double values[] = {
    0.0,    -0.0,     0.5,     -0.5,     1.5,       2.5, -2.5,         1e300,
    1e-300, 5e-324,   3.7,     -3.7,     1e18,      1e9, 4294967295.5, -1e-40,
    1e-46,  16777217, 1.0 / 3, INFINITY, -INFINITY, NAN};
enum { Count = sizeof values / sizeof *values };

static void unary(double volatile v) {
  printf("%016llx:", (unsigned long long)bits64(v));
  double results[] = {floor(v), ceil(v), trunc(v), nearbyint(v), sqrt(v),
                      fabs(v),  -v,      v * v,    1 / v,        v + 1e-320};
  for (unsigned i = 0; i < sizeof results / sizeof *results; ++i)
    printf(" %016llx", (unsigned long long)bits64(results[i]));
  float volatile f = (float)v;
  float floats[] = {floorf(f), ceilf(f), truncf(f), nearbyintf(f),
                    sqrtf(f),  f * f,    1 / f,     f + 1e-42f};
  for (unsigned i = 0; i < sizeof floats / sizeof *floats; ++i)
    printf(" %08x", bits32(floats[i]));
  putchar('\n');
}

static void integers(double volatile v) {
  if (!(fabs(v) < 9e18))
    return;
  printf(" %lld %d", (long long)v, fabs(v) < 2e9 ? (int)v : 0);
  if (v >= 0)
    printf(" %llu %u", (unsigned long long)v, v < 4e9 ? (unsigned)v : 0);
  putchar('\n');
}

int main(void) {
  for (unsigned i = 0; i < Count; ++i)
    unary(values[i]);
  for (unsigned i = 0; i < Count; ++i)
    integers(values[i]);
  for (unsigned i = 0; i < Count; ++i)
    for (unsigned k = 0; k < Count; ++k) {
      double volatile a = values[i], b = values[k];
      printf("%d%d%d%d%d%d", a<b, a <= b, a == b, a != b, a> b, a >= b);
      printf("%x%s", (unsigned)(bits64(a / b) * 0x9e3779b97f4a7c15u >> 44),
             k + 1 == Count ? "\n" : " ");
      if (copysign(a, b) != copysign(fabs(a), b) && a == a)
        return 1;
    }
  double x = 0.1;
  for (int i = 0; i < 100000; ++i)
    x = 3.9 * x * (1 - x);
  printf("%016llx\n", (unsigned long long)bits64(x));
  printf("%.12g %.12g %.12g %.12g\n", sin(1.0), exp(1.5), pow(2.5, 3.5),
         log(10.0));
  return 0;
}

/* float-filter: each output from eight neighbouring inputs. */
#include "program.h"

enum { N = 8192, Taps = 8, Times = SIZE(4, 200, 4000, 20000, 100000) };
static double *in, *out;
static double taps[Taps];

static void prepare(void) {
  in = matrix(1, N + Taps, 1);
  out = matrix(1, N + Taps, 2);
  fillReals(taps, Taps, 3);
  for (int i = 0; i < Taps; ++i)
    taps[i] /= Taps;
}

static void __attribute__((noinline)) filter(int n, const double *from,
                                             double *to) {
  for (int i = 0; i < n; ++i) {
    double sum = 0;
    for (int tap = 0; tap < Taps; ++tap)
      sum += taps[tap] * from[i + tap];
    to[i] = sum;
  }
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    filter(N, in, out);
    double *swapped = in;
    in = out;
    out = swapped;
  }
}

static void finish(void) { addReals(in, N); }

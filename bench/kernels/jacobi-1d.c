/* jacobi-1d: Averages of three neighbours on a line, between two copies. */
#include "program.h"

enum {
  N = SIZE(30, 120, 2000, 20000, 100000),
  Steps = SIZE(20, 40, 2000, 8000, 10000)
};
static double *a, *b;

static void prepare(void) {
  a = matrix(1, N, 1);
  b = matrix(1, N, 2);
}

static void relax(int steps, int n, double *one, double *other) {
  for (int time = 0; time < steps; ++time) {
    for (int i = 1; i < n - 1; ++i)
      other[i] = 0.33333 * (one[i - 1] + one[i] + one[i + 1]);
    for (int i = 1; i < n - 1; ++i)
      one[i] = 0.33333 * (other[i - 1] + other[i] + other[i + 1]);
  }
}

static void compute(void) { relax(Steps, N, a, b); }

static void finish(void) { addReals(a, N); }

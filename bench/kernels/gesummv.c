/* gesummv: y = alpha A x + beta B x, many times over. */
#include "program.h"

enum { N = SIZE(30, 90, 250, 900, 1800), Times = SIZE(2, 5, 40, 60, 60) };
static double (*a)[N], (*b)[N], *x, *y;

static void prepare(void) {
  a = matrix(N, N, 1);
  b = matrix(N, N, 2);
  x = matrix(1, N, 3);
  y = matrix(1, N, 4);
}

static void once(int n, double (*first)[N], double (*second)[N],
                 const double *vector, double *result) {
  for (int i = 0; i < n; ++i) {
    double one = 0, other = 0;
    for (int j = 0; j < n; ++j) {
      one += first[i][j] * vector[j];
      other += second[i][j] * vector[j];
    }
    result[i] = 1.5 * one + 1.2 * other;
  }
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    once(N, a, b, x, y);
    for (int i = 0; i < N; ++i)
      x[i] = 0.5 * x[i] + y[i] * 1e-3;
  }
}

static void finish(void) { addReals(y, N); }

/* gemver: Two rank-one updates, then products with vectors. */
#include "program.h"

enum { N = SIZE(40, 120, 400, 1300, 2400), Times = SIZE(2, 5, 15, 15, 25) };
static double (*a)[N], *u1, *v1, *u2, *v2, *w, *x, *y, *z;

static void prepare(void) {
  a = matrix(N, N, 1);
  u1 = matrix(1, N, 2);
  v1 = matrix(1, N, 3);
  u2 = matrix(1, N, 4);
  v2 = matrix(1, N, 5);
  w = matrix(1, N, 6);
  x = matrix(1, N, 7);
  y = matrix(1, N, 8);
  z = matrix(1, N, 9);
}

static void update(int n, double (*values)[N]) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      values[i][j] += u1[i] * v1[j] + u2[i] * v2[j];
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      x[i] += 1e-6 * values[j][i] * y[j];
  for (int i = 0; i < n; ++i)
    x[i] += z[i];
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      w[i] += 1e-6 * values[i][j] * x[j];
}

static void compute(void) {
  for (int time = 0; time < Times; ++time)
    update(N, a);
}

static void finish(void) { addReals(w, N); }

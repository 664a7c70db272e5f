/* mvt: Two products of a matrix with vectors, one transposed. */
#include "program.h"

enum { N = SIZE(40, 120, 400, 1400, 2400), Times = SIZE(2, 5, 15, 20, 30) };
static double (*a)[N], *x, *y, *u, *v;

static void prepare(void) {
  a = matrix(N, N, 1);
  x = matrix(1, N, 2);
  y = matrix(1, N, 3);
  u = matrix(1, N, 4);
  v = matrix(1, N, 5);
}

static void once(int n, double (*values)[N], double *first, double *second,
                 const double *along, const double *down) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      first[i] += values[i][j] * along[j];
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      second[i] += values[j][i] * down[j];
}

static void compute(void) {
  for (int time = 0; time < Times; ++time)
    once(N, a, x, y, u, v);
}

static void finish(void) {
  addReals(x, N);
  addReals(y, N);
}

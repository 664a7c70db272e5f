/* syrk: C = alpha A transposed(A) + beta C, the lower half. */
#include "program.h"

enum { N = SIZE(24, 70, 220, 700, 1600), M = SIZE(20, 60, 200, 640, 1400) };
static double (*a)[M], (*c)[N];

static void prepare(void) {
  a = matrix(N, M, 1);
  c = matrix(N, N, 2);
}

static void update(int n, int m, double (*values)[M], double (*result)[N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j)
      result[i][j] *= 1.2;
    for (int k = 0; k < m; ++k)
      for (int j = 0; j <= i; ++j)
        result[i][j] += 1.5 * values[i][k] * values[j][k];
  }
}

static void compute(void) { update(N, M, a, c); }

static void finish(void) { addReals(&c[0][0], N * N); }

/* syr2k: C = A transposed(B) + B transposed(A) + beta C, the lower half. */
#include "program.h"

enum { N = SIZE(24, 70, 200, 560, 1400), M = SIZE(20, 60, 180, 500, 1200) };
static double (*a)[M], (*b)[M], (*c)[N];

static void prepare(void) {
  a = matrix(N, M, 1);
  b = matrix(N, M, 2);
  c = matrix(N, N, 3);
}

static void update(int n, int m, double (*first)[M], double (*second)[M],
                   double (*result)[N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j)
      result[i][j] *= 1.2;
    for (int k = 0; k < m; ++k)
      for (int j = 0; j <= i; ++j)
        result[i][j] +=
            first[j][k] * 1.5 * second[i][k] + second[j][k] * 1.5 * first[i][k];
  }
}

static void compute(void) { update(N, M, a, b, c); }

static void finish(void) { addReals(&c[0][0], N * N); }

/* trmm: B = alpha transposed(L) B with ones on the diagonal of L. */
#include "program.h"

enum { N = SIZE(24, 70, 220, 600, 1400) };
static double (*l)[N], (*b)[N];

static void prepare(void) {
  l = matrix(N, N, 1);
  b = matrix(N, N, 2);
}

static void multiply(int n, double (*triangle)[N], double (*values)[N]) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      for (int k = i + 1; k < n; ++k)
        values[i][j] += triangle[k][i] * values[k][j];
      values[i][j] *= 1.5;
    }
}

static void compute(void) { multiply(N, l, b); }

static void finish(void) { addReals(&b[0][0], N * N); }

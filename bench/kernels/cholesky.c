/* cholesky: The Cholesky factor of a positive definite matrix, in place. */
#include "program.h"

enum { N = SIZE(40, 120, 400, 1100, 2000) };
static double (*a)[N];

/* Symmetric, with a heavy diagonal, so that it is positive definite. */
static void prepare(void) {
  a = matrix(N, N, 1);
  for (int i = 0; i < N; ++i) {
    for (int j = 0; j < i; ++j)
      a[i][j] = a[j][i];
    a[i][i] += N;
  }
}

static void factor(int n, double (*values)[N]) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < i; ++j) {
      for (int k = 0; k < j; ++k)
        values[i][j] -= values[i][k] * values[j][k];
      values[i][j] /= values[j][j];
    }
    for (int k = 0; k < i; ++k)
      values[i][i] -= values[i][k] * values[i][k];
    values[i][i] = sqrt(values[i][i]);
  }
}

static void compute(void) { factor(N, a); }

static void finish(void) { addReals(&a[0][0], N * N); }

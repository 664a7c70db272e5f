/* lu: The LU factors of a matrix, in place, without pivots. */
#include "program.h"

enum { N = SIZE(40, 120, 350, 800, 1600) };
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
        values[i][j] -= values[i][k] * values[k][j];
      values[i][j] /= values[j][j];
    }
    for (int j = i; j < n; ++j)
      for (int k = 0; k < i; ++k)
        values[i][j] -= values[i][k] * values[k][j];
  }
}

static void compute(void) { factor(N, a); }

static void finish(void) { addReals(&a[0][0], N * N); }

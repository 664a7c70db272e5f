/* ludcmp: Solves a system of equations by LU factors. */
#include "program.h"

enum { N = SIZE(40, 120, 350, 800, 1600) };
static double (*a)[N], *b, *x, *y;

/* Symmetric, with a heavy diagonal, so that it is positive definite. */
static void prepare(void) {
  a = matrix(N, N, 1);
  for (int i = 0; i < N; ++i) {
    for (int j = 0; j < i; ++j)
      a[i][j] = a[j][i];
    a[i][i] += N;
  }
  b = matrix(1, N, 2);
  x = matrix(1, N, 3);
  y = matrix(1, N, 4);
}

static void solve(int n, double (*values)[N], const double *right,
                  double *result, double *between) {
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < i; ++j) {
      double rest = values[i][j];
      for (int k = 0; k < j; ++k)
        rest -= values[i][k] * values[k][j];
      values[i][j] = rest / values[j][j];
    }
    for (int j = i; j < n; ++j) {
      double rest = values[i][j];
      for (int k = 0; k < i; ++k)
        rest -= values[i][k] * values[k][j];
      values[i][j] = rest;
    }
  }
  for (int i = 0; i < n; ++i) {
    double rest = right[i];
    for (int j = 0; j < i; ++j)
      rest -= values[i][j] * between[j];
    between[i] = rest;
  }
  for (int i = n - 1; i >= 0; --i) {
    double rest = between[i];
    for (int j = i + 1; j < n; ++j)
      rest -= values[i][j] * result[j];
    result[i] = rest / values[i][i];
  }
}

static void compute(void) { solve(N, a, b, x, y); }

static void finish(void) { addReals(x, N); }

/* trisolv: Solves a lower triangular system, many times over. */
#include "program.h"

enum { N = SIZE(40, 120, 400, 1500, 3000), Times = SIZE(2, 5, 40, 60, 60) };
static double (*l)[N], *x, *b;

static void prepare(void) {
  l = matrix(N, N, 1);
  x = matrix(1, N, 2);
  b = matrix(1, N, 3);
  for (int i = 0; i < N; ++i)
    l[i][i] += N;
}

static void solve(int n, double (*lower)[N], double *result,
                  const double *right) {
  for (int i = 0; i < n; ++i) {
    result[i] = right[i];
    for (int j = 0; j < i; ++j)
      result[i] -= lower[i][j] * result[j];
    result[i] = result[i] / lower[i][i];
  }
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    solve(N, l, x, b);
    b[time] += x[N - 1];
  }
}

static void finish(void) { addReals(x, N); }

/* 3mm: G = (A B) (C D), in three products. */
#include "program.h"

enum { N = SIZE(16, 45, 160, 460, 1000) };
static double (*a)[N], (*b)[N], (*c)[N], (*d)[N], (*e)[N], (*f)[N], (*g)[N];

static void prepare(void) {
  a = matrix(N, N, 1);
  b = matrix(N, N, 2);
  c = matrix(N, N, 3);
  d = matrix(N, N, 4);
  e = matrix(N, N, 5);
  f = matrix(N, N, 6);
  g = matrix(N, N, 7);
}

static void product(int n, double (*left)[N], double (*right)[N],
                    double (*result)[N]) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      result[i][j] = 0;
      for (int k = 0; k < n; ++k)
        result[i][j] += left[i][k] * right[k][j];
    }
}

static void compute(void) {
  product(N, a, b, e);
  product(N, c, d, f);
  product(N, e, f, g);
}

static void finish(void) { addReals(&g[0][0], N * N); }

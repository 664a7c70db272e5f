/* 2mm: D = alpha A B C + beta D, in two products. */
#include "program.h"

enum { N = SIZE(18, 50, 180, 520, 1200) };
static double (*a)[N], (*b)[N], (*c)[N], (*d)[N], (*product)[N];

static void prepare(void) {
  a = matrix(N, N, 1);
  b = matrix(N, N, 2);
  c = matrix(N, N, 3);
  d = matrix(N, N, 4);
  product = matrix(N, N, 5);
}

static void chain(int n, double (*first)[N], double (*second)[N],
                  double (*third)[N], double (*between)[N],
                  double (*result)[N]) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      double sum = 0;
      for (int k = 0; k < n; ++k)
        sum += 1.5 * first[i][k] * second[k][j];
      between[i][j] = sum;
    }
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      result[i][j] *= 1.2;
      for (int k = 0; k < n; ++k)
        result[i][j] += between[i][k] * third[k][j];
    }
}

static void compute(void) { chain(N, a, b, c, product, d); }

static void finish(void) { addReals(&d[0][0], N * N); }

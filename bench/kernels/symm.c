/* symm: C = alpha A B + beta C, of a symmetric A only the lower half is kept.
 */
#include "program.h"

enum { N = SIZE(20, 60, 200, 560, 1400) };
static double (*a)[N], (*b)[N], (*c)[N];

static void prepare(void) {
  a = matrix(N, N, 1);
  b = matrix(N, N, 2);
  c = matrix(N, N, 3);
}

static void multiply(int n, double (*half)[N], double (*right)[N],
                     double (*result)[N]) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      const double scaled = 1.5 * right[i][j];
      double sum = 0;
      for (int k = 0; k < i; ++k) {
        result[k][j] += scaled * half[i][k];
        sum += right[k][j] * half[i][k];
      }
      result[i][j] = 1.2 * result[i][j] + scaled * half[i][i] + 1.5 * sum;
    }
}

static void compute(void) { multiply(N, a, b, c); }

static void finish(void) { addReals(&c[0][0], N * N); }

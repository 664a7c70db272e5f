/* jacobi-2d: Averages of five neighbours in a plane, between two copies. */
#include "program.h"

enum { N = SIZE(30, 90, 250, 900, 1800), Steps = SIZE(20, 40, 100, 120, 200) };
static double (*a)[N], (*b)[N];

static void prepare(void) {
  a = matrix(N, N, 1);
  b = matrix(N, N, 2);
}

static void step(double (*from)[N], double (*to)[N]) {
  for (int i = 1; i < N - 1; ++i)
    for (int j = 1; j < N - 1; ++j)
      to[i][j] = 0.2 * (from[i][j] + from[i][j - 1] + from[i][j + 1] +
                        from[i + 1][j] + from[i - 1][j]);
}

static void compute(void) {
  for (int time = 0; time < Steps; ++time) {
    step(a, b);
    step(b, a);
  }
}

static void finish(void) { addReals(&a[0][0], N * N); }

/* heat-3d: Heat in a cube, by finite differences, between two copies. */
#include "program.h"

enum { N = SIZE(10, 20, 40, 100, 180), Steps = SIZE(10, 20, 50, 60, 100) };
static double (*a)[N][N], (*b)[N][N];

static void prepare(void) {
  a = matrix(N * N, N, 1);
  b = matrix(N * N, N, 2);
}

static void step(double (*from)[N][N], double (*to)[N][N]) {
  for (int i = 1; i < N - 1; ++i)
    for (int j = 1; j < N - 1; ++j)
      for (int k = 1; k < N - 1; ++k) {
        const double middle = from[i][j][k];
        to[i][j][k] =
            0.125 * (from[i + 1][j][k] - 2 * middle + from[i - 1][j][k]) +
            0.125 * (from[i][j + 1][k] - 2 * middle + from[i][j - 1][k]) +
            0.125 * (from[i][j][k + 1] - 2 * middle + from[i][j][k - 1]) +
            middle;
      }
}

static void compute(void) {
  for (int time = 0; time < Steps; ++time) {
    step(a, b);
    step(b, a);
  }
}

static void finish(void) { addReals(&a[0][0][0], N * N * N); }

/* adi: Alternating directions: a tridiagonal solve along columns, then rows. */
#include "program.h"

enum { N = SIZE(20, 60, 200, 500, 1000), Steps = SIZE(2, 20, 50, 60, 80) };
static double u[N][N], v[N][N], p[N][N], q[N][N];

static void prepare(void) { fillReals(&u[0][0], N * N, 1); }

static void sweep(double a, double b, double d, double f, double (*to)[N],
                  double (*from)[N], int transposed) {
  for (int i = 1; i < N - 1; ++i) {
    p[i][0] = 0;
    q[i][0] = 1;
    for (int j = 1; j < N - 1; ++j) {
      const double west = transposed ? from[j][i - 1] : from[i - 1][j];
      const double here = transposed ? from[j][i] : from[i][j];
      const double east = transposed ? from[j][i + 1] : from[i + 1][j];
      const double divisor = a * p[i][j - 1] + b;
      p[i][j] = -a / divisor;
      q[i][j] = (-d * west + (1 + 2 * d) * here - f * east - a * q[i][j - 1]) /
                divisor;
    }
    double last = 1;
    for (int j = N - 2; j >= 1; --j) {
      last = p[i][j] * last + q[i][j];
      if (transposed)
        to[i][j] = last;
      else
        to[j][i] = last;
    }
  }
}

static void compute(void) {
  for (int step = 0; step < Steps; ++step) {
    sweep(-0.5, 2, 0.25, 0.25, v, u, 1);
    sweep(-0.25, 1.5, 0.5, 0.5, u, v, 0);
  }
}

static void finish(void) { addReals(&u[0][0], N * N); }

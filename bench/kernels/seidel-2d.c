/* seidel-2d: Averages of nine neighbours in a plane, in place. */
#include "program.h"

enum { N = SIZE(40, 120, 300, 800, 1600), Steps = SIZE(5, 10, 30, 40, 60) };
static double a[N][N];

static void prepare(void) { fillReals(&a[0][0], N * N, 1); }

static void compute(void) {
  for (int time = 0; time < Steps; ++time)
    for (int i = 1; i < N - 1; ++i)
      for (int j = 1; j < N - 1; ++j)
        a[i][j] = (a[i - 1][j - 1] + a[i - 1][j] + a[i - 1][j + 1] +
                   a[i][j - 1] + a[i][j] + a[i][j + 1] + a[i + 1][j - 1] +
                   a[i + 1][j] + a[i + 1][j + 1]) /
                  9.0;
}

static void finish(void) { addReals(&a[0][0], N * N); }

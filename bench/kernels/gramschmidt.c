/* gramschmidt: Q and R of a matrix by the modified Gram-Schmidt process. */
#include "program.h"

enum {
  Rows = SIZE(20, 60, 200, 560, 1200),
  Columns = SIZE(24, 50, 180, 520, 1100)
};
static double (*a)[Columns], (*q)[Columns], (*r)[Columns];

static void prepare(void) {
  a = matrix(Rows, Columns, 1);
  q = matrix(Rows, Columns, 2);
  r = allocate(Columns * Columns, sizeof(double));
}

static void orthonormalise(double (*values)[Columns], double (*basis)[Columns],
                           double (*upper)[Columns]) {
  for (int k = 0; k < Columns; ++k) {
    double norm = 0;
    for (int i = 0; i < Rows; ++i)
      norm += values[i][k] * values[i][k];
    upper[k][k] = sqrt(norm);
    for (int i = 0; i < Rows; ++i)
      basis[i][k] = values[i][k] / upper[k][k];
    for (int j = k + 1; j < Columns; ++j) {
      upper[k][j] = 0;
      for (int i = 0; i < Rows; ++i)
        upper[k][j] += basis[i][k] * values[i][j];
      for (int i = 0; i < Rows; ++i)
        values[i][j] -= basis[i][k] * upper[k][j];
    }
  }
}

static void compute(void) { orthonormalise(a, q, r); }

static void finish(void) {
  addReals(&r[0][0], Columns * Columns);
  addReals(&q[0][0], Rows * Columns);
}

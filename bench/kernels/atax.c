/* atax: y = transposed(A) (A x), many times over. */
#include "program.h"

enum {
  Rows = SIZE(38, 116, 390, 1200, 1800),
  Columns = SIZE(42, 124, 410, 1300, 2200),
  Times = SIZE(2, 5, 20, 40, 50)
};
static double (*a)[Columns], *x, *y, *between;

static void prepare(void) {
  a = matrix(Rows, Columns, 1);
  x = matrix(1, Columns, 2);
  y = matrix(1, Columns, 3);
  between = matrix(1, Rows, 4);
}

static void once(double (*left)[Columns], const double *vector, double *result,
                 double *through) {
  for (int j = 0; j < Columns; ++j)
    result[j] = 0;
  for (int i = 0; i < Rows; ++i) {
    through[i] = 0;
    for (int j = 0; j < Columns; ++j)
      through[i] += left[i][j] * vector[j];
    for (int j = 0; j < Columns; ++j)
      result[j] += left[i][j] * through[i];
  }
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    once(a, x, y, between);
    for (int j = 0; j < Columns; ++j)
      x[j] = 0.5 * x[j] + y[j] * 1e-6;
  }
}

static void finish(void) { addReals(y, Columns); }

/* covariance: The covariance of each pair of columns. */
#include "program.h"

enum {
  Points = SIZE(32, 100, 260, 800, 1600),
  Columns = SIZE(28, 80, 240, 700, 1400)
};
static double (*data)[Columns], (*result)[Columns], mean[Columns];

static void prepare(void) {
  data = matrix(Points, Columns, 1);
  result = allocate(Columns * Columns, sizeof(double));
}

static void covary(double (*values)[Columns], double (*pairs)[Columns]) {
  for (int i = 0; i < Points; ++i)
    for (int j = 0; j < Columns; ++j)
      mean[j] += values[i][j];
  for (int j = 0; j < Columns; ++j)
    mean[j] /= Points;
  for (int i = 0; i < Points; ++i)
    for (int j = 0; j < Columns; ++j)
      values[i][j] -= mean[j];
  for (int i = 0; i < Columns; ++i)
    for (int j = i; j < Columns; ++j) {
      pairs[i][j] = 0;
      for (int k = 0; k < Points; ++k)
        pairs[i][j] += values[k][i] * values[k][j];
      pairs[i][j] /= Points - 1.0;
      pairs[j][i] = pairs[i][j];
    }
}

static void compute(void) { covary(data, result); }

static void finish(void) { addReals(&result[0][0], Columns * Columns); }

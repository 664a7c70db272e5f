/* correlation: The correlation of each pair of columns. */
#include "program.h"

enum {
  Points = SIZE(32, 100, 260, 800, 1600),
  Columns = SIZE(28, 80, 240, 700, 1400)
};
static double (*data)[Columns],
    (*result)[Columns], mean[Columns], deviation[Columns];

static void prepare(void) {
  data = matrix(Points, Columns, 1);
  result = allocate(Columns * Columns, sizeof(double));
}

static void correlate(double (*values)[Columns], double (*pairs)[Columns]) {
  for (int j = 0; j < Columns; ++j) {
    mean[j] = 0;
    for (int i = 0; i < Points; ++i)
      mean[j] += values[i][j];
    mean[j] /= Points;
    deviation[j] = 0;
    for (int i = 0; i < Points; ++i)
      deviation[j] += (values[i][j] - mean[j]) * (values[i][j] - mean[j]);
    deviation[j] = sqrt(deviation[j] / Points);
    if (deviation[j] < 0.1)
      deviation[j] = 1;
  }
  for (int i = 0; i < Points; ++i)
    for (int j = 0; j < Columns; ++j)
      values[i][j] = (values[i][j] - mean[j]) / (sqrt(Points) * deviation[j]);
  for (int i = 0; i < Columns; ++i) {
    pairs[i][i] = 1;
    for (int j = i + 1; j < Columns; ++j) {
      pairs[i][j] = 0;
      for (int k = 0; k < Points; ++k)
        pairs[i][j] += values[k][i] * values[k][j];
      pairs[j][i] = pairs[i][j];
    }
  }
}

static void compute(void) { correlate(data, result); }

static void finish(void) { addReals(&result[0][0], Columns * Columns); }

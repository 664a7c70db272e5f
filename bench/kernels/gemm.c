/* gemm: C = alpha A B + beta C. */
#include "program.h"

enum {
  Rows = SIZE(20, 60, 200, 640, 1600),
  Inner = SIZE(24, 70, 220, 680, 1700),
  Columns = SIZE(28, 80, 240, 720, 1800)
};
static double (*a)[Inner], (*b)[Columns], (*c)[Columns];

static void prepare(void) {
  a = matrix(Rows, Inner, 1);
  b = matrix(Inner, Columns, 2);
  c = matrix(Rows, Columns, 3);
}

static void multiply(double alpha, double beta, double (*left)[Inner],
                     double (*right)[Columns], double (*result)[Columns]) {
  for (int row = 0; row < Rows; ++row) {
    for (int column = 0; column < Columns; ++column)
      result[row][column] *= beta;
    for (int k = 0; k < Inner; ++k)
      for (int column = 0; column < Columns; ++column)
        result[row][column] += alpha * left[row][k] * right[k][column];
  }
}

static void compute(void) { multiply(1.5, 1.2, a, b, c); }

static void finish(void) { addReals(&c[0][0], Rows * Columns); }

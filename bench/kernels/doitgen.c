/* doitgen: Each row of a cube times one matrix. */
#include "program.h"

enum {
  R = SIZE(8, 25, 50, 110, 200),
  Q = SIZE(8, 20, 40, 100, 180),
  P = SIZE(12, 30, 60, 130, 220)
};
static double (*cube)[Q][P], (*factor)[P], *row;

static void prepare(void) {
  cube = matrix(R * Q, P, 1);
  factor = matrix(P, P, 2);
  row = matrix(1, P, 3);
}

static void transform(double (*values)[Q][P], double (*by)[P], double *sums) {
  for (int r = 0; r < R; ++r)
    for (int q = 0; q < Q; ++q) {
      for (int p = 0; p < P; ++p) {
        sums[p] = 0;
        for (int s = 0; s < P; ++s)
          sums[p] += values[r][q][s] * by[s][p];
      }
      for (int p = 0; p < P; ++p)
        values[r][q][p] = sums[p];
    }
}

static void compute(void) { transform(cube, factor, row); }

static void finish(void) { addReals(&cube[0][0][0], R * Q * P); }

/* bicg: The two products of a BiCG step: s = r A and q = A p. */
#include "program.h"

enum {
  Rows = SIZE(42, 124, 410, 1300, 2200),
  Columns = SIZE(38, 116, 390, 1200, 1800),
  Times = SIZE(2, 5, 20, 40, 50)
};
static double (*a)[Columns], *p, *q, *r, *s;

static void prepare(void) {
  a = matrix(Rows, Columns, 1);
  p = matrix(1, Columns, 2);
  q = matrix(1, Rows, 3);
  r = matrix(1, Rows, 4);
  s = matrix(1, Columns, 5);
}

static void once(double (*left)[Columns], const double *across,
                 const double *down, double *along, double *below) {
  memset(below, 0, Columns * sizeof *below);
  for (int i = 0; i < Rows; ++i) {
    along[i] = 0;
    for (int j = 0; j < Columns; ++j) {
      below[j] += down[i] * left[i][j];
      along[i] += left[i][j] * across[j];
    }
  }
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    once(a, p, r, q, s);
    for (int j = 0; j < Columns; ++j)
      p[j] = 0.5 * p[j] + s[j] * 1e-3;
  }
}

static void finish(void) {
  addReals(s, Columns);
  addReals(q, Rows);
}

/* durbin: Solves Yule-Walker equations by Durbin's recursion. */
#include "program.h"

enum { N = SIZE(40, 120, 400, 1500, 4000), Times = SIZE(2, 5, 20, 40, 40) };
static double r[N], y[N], next[N];

static void prepare(void) {
  fillReals(r, N, 1);
  for (int i = 0; i < N; ++i)
    r[i] /= N;
}

static void once(void) {
  double alpha = -r[0], beta = 1;
  y[0] = alpha;
  for (int k = 1; k < N; ++k) {
    double sum = 0;
    beta *= 1 - alpha * alpha;
    for (int i = 0; i < k; ++i)
      sum += r[k - 1 - i] * y[i];
    alpha = -(r[k] + sum) / beta;
    for (int i = 0; i < k; ++i)
      next[i] = y[i] + alpha * y[k - 1 - i];
    for (int i = 0; i < k; ++i)
      y[i] = next[i];
    y[k] = alpha;
  }
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    once();
    r[time] += y[N - 1] * 1e-3;
  }
}

static void finish(void) { addReals(y, N); }

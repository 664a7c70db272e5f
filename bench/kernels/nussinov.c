/* nussinov: Folds an RNA sequence: the most pairs of bases, by a table. */
#include "program.h"

enum { N = SIZE(60, 180, 500, 1200, 2500) };
static int8_t bases[N];
static int32_t (*table)[N];

static void prepare(void) {
  uint32_t seed = 1;
  table = allocate(N * N, sizeof(int32_t));
  for (int i = 0; i < N; ++i)
    bases[i] = (int8_t)(randomWord(&seed) >> 7 & 3);
}

static inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

static void fold(int n, const int8_t *sequence, int32_t (*best)[N]) {
  for (int i = n - 2; i >= 0; --i)
    for (int j = i + 1; j < n; ++j) {
      int32_t most = larger(best[i][j - 1], best[i + 1][j]);
      const int32_t pair = i < j - 1 && sequence[i] + sequence[j] == 3;
      most = larger(most, best[i + 1][j - 1] + pair);
      for (int k = i + 1; k < j; ++k)
        most = larger(most, best[i][k] + best[k + 1][j]);
      best[i][j] = most;
    }
}

static void compute(void) { fold(N, bases, table); }

static void finish(void) { addIntegers(&table[0][0], N * N); }

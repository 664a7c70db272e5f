/* floyd-warshall: The lengths of the shortest paths between all pairs. */
#include "program.h"

enum { N = SIZE(40, 120, 320, 720, 1600) };
static int32_t (*paths)[N];

static void prepare(void) {
  uint32_t seed = 1;
  paths = allocate(N * N, sizeof(int32_t));
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j) {
      paths[i][j] = (int32_t)(randomWord(&seed) % 997 + 1);
      if (randomWord(&seed) % 11 == 0)
        paths[i][j] = 9999;
    }
}

static void shorten(int n, int32_t (*lengths)[N]) {
  for (int k = 0; k < n; ++k)
    for (int i = 0; i < n; ++i)
      for (int j = 0; j < n; ++j) {
        const int32_t through = lengths[i][k] + lengths[k][j];
        lengths[i][j] = lengths[i][j] < through ? lengths[i][j] : through;
      }
}

static void compute(void) { shorten(N, paths); }

static void finish(void) { addIntegers(&paths[0][0], N * N); }

/* fdtd-2d: Electric and magnetic fields in a plane, by finite differences. */
#include "program.h"

enum {
  Width = SIZE(20, 60, 200, 600, 1200),
  Height = SIZE(24, 80, 240, 700, 1400),
  Steps = SIZE(10, 30, 60, 120, 200)
};
static double (*ex)[Height], (*ey)[Height], (*hz)[Height];

static void prepare(void) {
  ex = matrix(Width, Height, 1);
  ey = matrix(Width, Height, 2);
  hz = matrix(Width, Height, 3);
}

static void step(double source, double (*x)[Height], double (*y)[Height],
                 double (*z)[Height]) {
  for (int j = 0; j < Height; ++j)
    y[0][j] = source;
  for (int i = 1; i < Width; ++i)
    for (int j = 0; j < Height; ++j)
      y[i][j] -= 0.5 * (z[i][j] - z[i - 1][j]);
  for (int i = 0; i < Width; ++i)
    for (int j = 1; j < Height; ++j)
      x[i][j] -= 0.5 * (z[i][j] - z[i][j - 1]);
  for (int i = 0; i < Width - 1; ++i)
    for (int j = 0; j < Height - 1; ++j)
      z[i][j] -= 0.7 * (x[i][j + 1] - x[i][j] + y[i + 1][j] - y[i][j]);
}

static void compute(void) {
  for (int time = 0; time < Steps; ++time)
    step(time, ex, ey, hz);
}

static void finish(void) {
  addReals(&ex[0][0], Width * Height);
  addReals(&ey[0][0], Width * Height);
  addReals(&hz[0][0], Width * Height);
}

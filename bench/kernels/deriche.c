/* deriche: A recursive filter over an image, along rows and columns, both ways.
 */
#include "program.h"

enum {
  Width = SIZE(64, 192, 720, 2000, 4000),
  Height = SIZE(64, 128, 480, 1400, 2400),
  Times = SIZE(1, 2, 3, 3, 3)
};
static float (*image)[Height], (*forth)[Height], (*back)[Height];

static void prepare(void) {
  uint32_t seed = 1;
  image = allocate(Width * Height, sizeof(float));
  forth = allocate(Width * Height, sizeof(float));
  back = allocate(Width * Height, sizeof(float));
  for (int i = 0; i < Width; ++i)
    for (int j = 0; j < Height; ++j)
      image[i][j] = (float)(randomWord(&seed) >> 16) / 65536.0f;
}

static void rows(float (*in)[Height], float (*one)[Height],
                 float (*other)[Height]) {
  for (int i = 0; i < Width; ++i) {
    float before = 0, y1 = 0, y2 = 0, x1 = 0, x2 = 0;
    for (int j = 0; j < Height; ++j) {
      one[i][j] = 0.19f * in[i][j] - 0.08f * before + 1.2f * y1 - 0.37f * y2;
      before = in[i][j];
      y2 = y1;
      y1 = one[i][j];
    }
    y1 = y2 = 0;
    for (int j = Height - 1; j >= 0; --j) {
      other[i][j] = 0.11f * x1 - 0.05f * x2 + 1.2f * y1 - 0.37f * y2;
      x2 = x1;
      x1 = in[i][j];
      y2 = y1;
      y1 = other[i][j];
    }
    for (int j = 0; j < Height; ++j)
      in[i][j] = 0.6f * (one[i][j] + other[i][j]);
  }
}

static void columns(float (*in)[Height], float (*one)[Height],
                    float (*other)[Height]) {
  for (int j = 0; j < Height; ++j) {
    float before = 0, y1 = 0, y2 = 0;
    for (int i = 0; i < Width; ++i) {
      one[i][j] = 0.19f * in[i][j] - 0.08f * before + 1.2f * y1 - 0.37f * y2;
      before = in[i][j];
      y2 = y1;
      y1 = one[i][j];
    }
  }
  for (int j = 0; j < Height; ++j) {
    float x1 = 0, x2 = 0, y1 = 0, y2 = 0;
    for (int i = Width - 1; i >= 0; --i) {
      other[i][j] = 0.11f * x1 - 0.05f * x2 + 1.2f * y1 - 0.37f * y2;
      x2 = x1;
      x1 = in[i][j];
      y2 = y1;
      y1 = other[i][j];
    }
  }
  for (int i = 0; i < Width; ++i)
    for (int j = 0; j < Height; ++j)
      in[i][j] = 0.6f * (one[i][j] + other[i][j]);
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    rows(image, forth, back);
    columns(image, forth, back);
  }
}

static void finish(void) { addBytes(image, sizeof(float) * Width * Height); }

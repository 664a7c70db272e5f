/* jpeg: a picture through 8 by 8 cosine transforms, quantisation, zigzag runs
   and variable-length bits, and back again. Not the file format, but the same
   work. */
#include "program.h"

enum {
  Width = SIZE(64, 160, 640, 1600, 3200),
  Height = SIZE(48, 120, 480, 1200, 2400),
  Times = SIZE(1, 1, 2, 3, 3)
};
static uint8_t *picture, *decoded, *bits;
static size_t bitCount;

/* cos((2 x + 1) u pi / 16) / 2, with the first row by the root of a half, times
   8192. */
static const int32_t cosines[8][8] = {
    {2896, 2896, 2896, 2896, 2896, 2896, 2896, 2896},
    {4017, 3406, 2276, 799, -799, -2276, -3406, -4017},
    {3784, 1567, -1567, -3784, -3784, -1567, 1567, 3784},
    {3406, -799, -4017, -2276, 2276, 4017, 799, -3406},
    {2896, -2896, -2896, 2896, 2896, -2896, -2896, 2896},
    {2276, -4017, 799, 3406, -3406, -799, 4017, -2276},
    {1567, -3784, 3784, -1567, -1567, 3784, -3784, 1567},
    {799, -2276, 3406, -4017, 4017, -3406, 2276, -799}};
static uint8_t zigzag[64];
static int32_t quantum[64];

static void prepare(void) {
  uint32_t seed = 3;
  picture = allocate(Width * Height, 1);
  decoded = allocate(Width * Height, 1);
  bits = allocate(4 * Width * Height, 1);
  for (int y = 0; y < Height; ++y)
    for (int x = 0; x < Width; ++x) {
      int ring = (x - Width / 2) * (x - Width / 2) +
                 (y - Height / 2) * (y - Height / 2);
      int wave = ((x * 3 + y) & 63) + ((ring >> 6) & 127);
      picture[y * Width + x] = (uint8_t)(wave + (int)(randomWord(&seed) >> 28));
    }
  int at = 0;
  for (int sum = 0; sum < 15; ++sum)
    for (int i = 0; i <= sum; ++i) {
      int row = sum & 1 ? i : sum - i, column = sum - row;
      if (row < 8 && column < 8)
        zigzag[at++] = (uint8_t)(row * 8 + column);
    }
  for (int i = 0; i < 64; ++i)
    quantum[i] = 6 + 2 * (i / 8 + i % 8);
}

static void putBit(int bit) {
  if (bit)
    bits[bitCount >> 3] |= (uint8_t)(1 << (bitCount & 7));
  ++bitCount;
}

static void putNumber(uint32_t value) {
  int length = 31 - __builtin_clz(++value);
  for (int i = 0; i < length; ++i)
    putBit(0);
  for (int i = length; i >= 0; --i)
    putBit((int)(value >> i & 1));
}

static uint32_t getNumber(size_t *at) {
  uint32_t value = 1;
  int length = 0;
  while (!(bits[*at >> 3] >> (*at & 7) & 1)) {
    ++length;
    ++*at;
  }
  ++*at;
  for (; length > 0; --length, ++*at)
    value = 2 * value + (bits[*at >> 3] >> (*at & 7) & 1);
  return value - 1;
}

static void forward(const int32_t *in, int32_t *out) {
  int32_t rows[64];
  for (int y = 0; y < 8; ++y)
    for (int u = 0; u < 8; ++u) {
      int32_t sum = 0;
      for (int x = 0; x < 8; ++x)
        sum += in[y * 8 + x] * cosines[u][x];
      rows[y * 8 + u] = (sum + 1024) >> 11;
    }
  for (int v = 0; v < 8; ++v)
    for (int u = 0; u < 8; ++u) {
      int32_t sum = 0;
      for (int y = 0; y < 8; ++y)
        sum += rows[y * 8 + u] * cosines[v][y];
      out[v * 8 + u] = (sum + 16384) >> 15;
    }
}

static void backward(const int32_t *in, int32_t *out) {
  int32_t columns[64];
  for (int y = 0; y < 8; ++y)
    for (int u = 0; u < 8; ++u) {
      int32_t sum = 0;
      for (int v = 0; v < 8; ++v)
        sum += in[v * 8 + u] * cosines[v][y];
      columns[y * 8 + u] = (sum + 1024) >> 11;
    }
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x) {
      int32_t sum = 0;
      for (int u = 0; u < 8; ++u)
        sum += columns[y * 8 + u] * cosines[u][x];
      out[y * 8 + x] = (sum + 16384) >> 15;
    }
}

static void encodeBlock(int left, int top, int32_t *before) {
  int32_t block[64], values[64];
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x)
      block[y * 8 + x] = picture[(top + y) * Width + left + x] - 128;
  forward(block, values);
  for (int i = 0; i < 64; ++i)
    values[i] /= quantum[i];
  int32_t difference = values[0] - *before;
  *before = values[0];
  putNumber((uint32_t)(difference << 1 ^ difference >> 31));
  uint32_t zeros = 0;
  for (int i = 1; i < 64; ++i) {
    int32_t value = values[zigzag[i]];
    if (value == 0) {
      ++zeros;
      continue;
    }
    putNumber(zeros + 1);
    putNumber((uint32_t)(value << 1 ^ value >> 31));
    zeros = 0;
  }
  putNumber(0);
}

static int32_t folded(uint32_t value) {
  return (int32_t)(value >> 1) ^ -(int32_t)(value & 1);
}

static void decodeBlock(int left, int top, size_t *at, int32_t *before) {
  int32_t block[64], values[64] = {0};
  *before += folded(getNumber(at));
  values[0] = *before * quantum[0];
  for (int i = 1;; ++i) {
    uint32_t run = getNumber(at);
    if (run == 0)
      break;
    i += (int)run - 1;
    values[zigzag[i & 63]] = folded(getNumber(at)) * quantum[zigzag[i & 63]];
  }
  backward(values, block);
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x) {
      int32_t value = block[y * 8 + x] + 128;
      value = value < 0 ? 0 : value > 255 ? 255 : value;
      decoded[(top + y) * Width + left + x] = (uint8_t)value;
    }
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    int32_t before = 0;
    size_t at = 0;
    memset(bits, 0, 4 * Width * Height);
    bitCount = 0;
    for (int y = 0; y < Height; y += 8)
      for (int x = 0; x < Width; x += 8)
        encodeBlock(x, y, &before);
    before = 0;
    for (int y = 0; y < Height; y += 8)
      for (int x = 0; x < Width; x += 8)
        decodeBlock(x, y, &at, &before);
  }
}

static void finish(void) {
  int worst = 0;
  for (int i = 0; i < Width * Height; ++i) {
    int away = abs(picture[i] - decoded[i]);
    worst = away > worst ? away : worst;
  }
  printf("%d bytes, %d away at most\n", (int)(bitCount / 8), worst);
  addBytes(decoded, Width * Height);
}

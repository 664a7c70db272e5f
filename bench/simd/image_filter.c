/* image_filter.c - blurs a grey image by 1 4 6 4 1, down and across. */
#include "simd.h"

enum { Width = 1024, Height = 768, Margin = 16, Stride = Width + 2 * Margin };

static uint8_t source[(Height + 4) * Stride], between[Height * Stride],
    result[Height * Stride];

static uint8_t *row(uint8_t *image, int y) {
  return image + y * Stride + Margin;
}

/* (a + e + 4 (b + d) + 6 c + 8) / 16, which fits 16 bits. */
static inline v128_t weigh(v128_t a, v128_t b, v128_t c, v128_t d, v128_t e) {
  v128_t outer = wasm_i16x8_add(a, e);
  v128_t inner = wasm_i16x8_shl(wasm_i16x8_add(b, d), 2);
  v128_t middle = wasm_i16x8_mul(c, wasm_i16x8_splat(6));
  v128_t sum = wasm_i16x8_add(wasm_i16x8_add(outer, inner),
                              wasm_i16x8_add(middle, wasm_i16x8_splat(8)));
  return wasm_u16x8_shr(sum, 4);
}

static inline v128_t blur16(const uint8_t *p, ptrdiff_t step) {
  v128_t a = wasm_v128_load(p - 2 * step), b = wasm_v128_load(p - step),
         c = wasm_v128_load(p), d = wasm_v128_load(p + step),
         e = wasm_v128_load(p + 2 * step);
  v128_t low =
      weigh(wasm_u16x8_extend_low_u8x16(a), wasm_u16x8_extend_low_u8x16(b),
            wasm_u16x8_extend_low_u8x16(c), wasm_u16x8_extend_low_u8x16(d),
            wasm_u16x8_extend_low_u8x16(e));
  v128_t high =
      weigh(wasm_u16x8_extend_high_u8x16(a), wasm_u16x8_extend_high_u8x16(b),
            wasm_u16x8_extend_high_u8x16(c), wasm_u16x8_extend_high_u8x16(d),
            wasm_u16x8_extend_high_u8x16(e));
  return wasm_u8x16_narrow_i16x8(low, high);
}

static void blur(void) {
  for (int y = 0; y < Height; ++y)
    for (int x = 0; x < Width; x += 16)
      wasm_v128_store(row(between, y) + x,
                      blur16(row(source, y + 2) + x, Stride));
  for (int y = 0; y < Height; ++y)
    for (int x = 0; x < Width; x += 16)
      wasm_v128_store(row(result, y) + x, blur16(row(between, y) + x, 1));
}

static int scalar(const uint8_t *p, ptrdiff_t step) {
  return (p[-2 * step] + p[2 * step] + 4 * (p[-step] + p[step]) + 6 * p[0] +
          8) /
         16;
}

int main(int argc, char **argv) {
  for (size_t i = 0; i < sizeof source; ++i)
    source[i] = (uint8_t)randomWord();
  blur();
  for (int y = 0; y < Height; ++y)
    for (int x = 0; x < Width; ++x) {
      expect(row(between, y)[x] == scalar(row(source, y + 2) + x, Stride),
             "down");
      expect(row(result, y)[x] == scalar(row(between, y) + x, 1), "across");
    }
  const int rounds = roundCount(argc, argv, 1500);
  for (int round = 0; round < rounds; ++round) {
    memcpy(row(source, 2 + round % Height), row(result, round % 7), Width);
    blur();
    barrier(result);
  }
  printf("%08x\n", checksum(result, sizeof result));
}

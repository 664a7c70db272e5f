/* base64.c - encodes and decodes 12 bytes at a time.
 * Source: W. Mula and D. Lemire, "Faster Base64 Encoding and Decoding using
 * AVX2 Instructions", ACM Transactions on the Web 12(3), 2018. */
#include "simd.h"

enum { Length = 12 * 8192, Characters = Length / 3 * 4, Slack = 16 };

static uint8_t plain[Length + Slack], text[Characters + Slack],
    decoded[Length + Slack];

static inline v128_t encode16(v128_t bytes) {
  v128_t in = wasm_i8x16_shuffle(bytes, bytes, 1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8,
                                 7, 10, 9, 11, 10);
  v128_t indices = wasm_v128_or(
      wasm_v128_or(
          wasm_v128_and(wasm_u32x4_shr(in, 10), wasm_i32x4_splat(0x0000003f)),
          wasm_v128_and(wasm_i32x4_shl(in, 4), wasm_i32x4_splat(0x00003f00))),
      wasm_v128_or(
          wasm_v128_and(wasm_u32x4_shr(in, 6), wasm_i32x4_splat(0x003f0000)),
          wasm_v128_and(wasm_i32x4_shl(in, 8), wasm_i32x4_splat(0x3f000000))));
  const v128_t offsets = wasm_i8x16_const(
      'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
      '0' - 52, '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
  v128_t kind = wasm_u8x16_sub_sat(indices, wasm_i8x16_splat(51));
  v128_t isUpper = wasm_i8x16_lt(indices, wasm_i8x16_splat(26));
  kind = wasm_v128_or(kind, wasm_v128_and(isUpper, wasm_i8x16_splat(13)));
  return wasm_i8x16_add(indices, wasm_i8x16_swizzle(offsets, kind));
}

static void encode(void) {
  const uint8_t *from = plain;
  for (uint8_t *to = text; from < plain + Length; from += 12, to += 16)
    wasm_v128_store(to, encode16(wasm_v128_load(from)));
}

/* False where a character is none of the alphabet. */
static int decode(void) {
  const v128_t low =
      wasm_i8x16_const(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                       0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
  const v128_t high =
      wasm_i8x16_const(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10,
                       0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
  const v128_t roll = wasm_i8x16_const(0, 16, 19, 4, -65, -65, -71, -71, 0, 0,
                                       0, 0, 0, 0, 0, 0);
  const v128_t nibble = wasm_i8x16_splat(0x0f);
  v128_t wrong = wasm_i8x16_splat(0);
  uint8_t *to = decoded;
  for (const uint8_t *from = text; from < text + Characters;
       from += 16, to += 12) {
    v128_t in = wasm_v128_load(from);
    v128_t upper = wasm_u8x16_shr(in, 4);
    v128_t isSlash = wasm_i8x16_eq(in, wasm_i8x16_splat('/'));
    wrong = wasm_v128_or(
        wrong, wasm_v128_and(wasm_i8x16_swizzle(low, wasm_v128_and(in, nibble)),
                             wasm_i8x16_swizzle(high, upper)));
    in = wasm_i8x16_add(
        in, wasm_i8x16_swizzle(roll, wasm_i8x16_add(upper, isSlash)));
    v128_t pairs = wasm_v128_or(
        wasm_v128_and(wasm_i16x8_shl(in, 6), wasm_i16x8_splat(0x0fc0)),
        wasm_u16x8_shr(in, 8));
    v128_t words = wasm_i32x4_dot_i16x8(
        pairs, wasm_i16x8_const(0x1000, 1, 0x1000, 1, 0x1000, 1, 0x1000, 1));
    wasm_v128_store(to, wasm_i8x16_shuffle(words, words, 2, 1, 0, 6, 5, 4, 10,
                                           9, 8, 14, 13, 12, 3, 7, 11, 15));
  }
  return !wasm_v128_any_true(wrong);
}

int main(int argc, char **argv) {
  static const char alphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < Length; ++i)
    plain[i] = (uint8_t)randomWord();
  encode();
  for (int i = 0; i < Length / 3; ++i) {
    const uint8_t *p = plain + 3 * i;
    uint32_t word = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    for (int j = 0; j < 4; ++j)
      expect(text[4 * i + j] == alphabet[word >> (18 - 6 * j) & 63], "encoded");
  }
  expect(decode() && memcmp(plain, decoded, Length) == 0, "decoded");
  text[777] = '_';
  expect(!decode(), "refused");
  uint32_t good = 0;
  const int rounds = roundCount(argc, argv, 20000);
  for (int round = 0; round < rounds; ++round) {
    plain[round % Length] += 1;
    encode();
    barrier(text);
    good += (uint32_t)decode();
    barrier(decoded);
  }
  printf("%u %08x\n", good, checksum(decoded, Length));
}

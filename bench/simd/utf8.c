/* utf8.c - tells whether text is UTF-8, 16 bytes at a time.
 * Source: J. Keiser and D. Lemire, "Validating UTF-8 In Less Than One
 * Instruction Per Byte", Software: Practice and Experience 51(5), 2021. */
#include "simd.h"

enum { Length = 1 << 16 };

/* What two bytes in a row may be wrong by. */
enum {
  TooShort = 1 << 0,     /* 11______ 0_______ or 11______ 11______ */
  TooLong = 1 << 1,      /* 0_______ 10______ */
  Overlong3 = 1 << 2,    /* 11100000 100_____ */
  Surrogate = 1 << 4,    /* 11101101 101_____ */
  Overlong2 = 1 << 5,    /* 1100000_ 10______ */
  TwoConts = 1 << 7,     /* 10______ 10______ */
  TooLarge = 1 << 3,     /* 11110100 1001____ and above */
  TooLarge1000 = 1 << 6, /* 11110101 1000____ and above */
  Overlong4 = 1 << 6,    /* 11110000 1000____ */
  Carry = TooShort | TooLong | TwoConts
};

static uint8_t text[Length];

/* Bytes of `in` moved up by n, behind those of `before`. */
#define PREVIOUS(n)                                                            \
  wasm_i8x16_shuffle(before, in, 16 - n, 17 - n, 18 - n, 19 - n, 20 - n,       \
                     21 - n, 22 - n, 23 - n, 24 - n, 25 - n, 26 - n, 27 - n,   \
                     28 - n, 29 - n, 30 - n, 31 - n)

static inline v128_t specialCases(v128_t in, v128_t previous) {
  const v128_t firstHigh = wasm_u8x16_const(
      TooLong, TooLong, TooLong, TooLong, TooLong, TooLong, TooLong, TooLong,
      TwoConts, TwoConts, TwoConts, TwoConts, TooShort | Overlong2, TooShort,
      TooShort | Overlong3 | Surrogate,
      TooShort | TooLarge | TooLarge1000 | Overlong4);
  const v128_t firstLow = wasm_u8x16_const(
      Carry | Overlong3 | Overlong2 | Overlong4, Carry | Overlong2, Carry,
      Carry, Carry | TooLarge, Carry | TooLarge | TooLarge1000,
      Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000,
      Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000,
      Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000,
      Carry | TooLarge | TooLarge1000,
      Carry | TooLarge | TooLarge1000 | Surrogate,
      Carry | TooLarge | TooLarge1000, Carry | TooLarge | TooLarge1000);
  const v128_t secondHigh = wasm_u8x16_const(
      TooShort, TooShort, TooShort, TooShort, TooShort, TooShort, TooShort,
      TooShort,
      TooLong | Overlong2 | TwoConts | Overlong3 | TooLarge1000 | Overlong4,
      TooLong | Overlong2 | TwoConts | Overlong3 | TooLarge,
      TooLong | Overlong2 | TwoConts | Surrogate | TooLarge,
      TooLong | Overlong2 | TwoConts | Surrogate | TooLarge, TooShort, TooShort,
      TooShort, TooShort);
  return wasm_v128_and(
      wasm_v128_and(
          wasm_i8x16_swizzle(firstHigh, wasm_u8x16_shr(previous, 4)),
          wasm_i8x16_swizzle(firstLow,
                             wasm_v128_and(previous, wasm_i8x16_splat(0x0f)))),
      wasm_i8x16_swizzle(secondHigh, wasm_u8x16_shr(in, 4)));
}

/* Third and fourth bytes must be continuations, and nothing else may be two of
 * them in a row. */
static inline v128_t longSequences(v128_t before, v128_t in, v128_t special) {
  v128_t third = wasm_u8x16_sub_sat(PREVIOUS(2), wasm_u8x16_splat(0xe0 - 0x80));
  v128_t fourth =
      wasm_u8x16_sub_sat(PREVIOUS(3), wasm_u8x16_splat(0xf0 - 0x80));
  v128_t mustContinue =
      wasm_v128_and(wasm_v128_or(third, fourth), wasm_u8x16_splat(0x80));
  return wasm_v128_xor(mustContinue, special);
}

static int isUtf8(const uint8_t *bytes, size_t length) {
  v128_t wrong = wasm_i8x16_splat(0), before = wrong, open = wrong;
  const v128_t lastComplete =
      wasm_u8x16_const(255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                       255, 255, 0xf0 - 1, 0xe0 - 1, 0xc0 - 1);
  for (size_t i = 0; i < length; i += 16) {
    v128_t in = wasm_v128_load(bytes + i);
    if (wasm_i8x16_bitmask(in) == 0) {
      wrong = wasm_v128_or(wrong, open);
      open = wasm_i8x16_splat(0);
    } else {
      v128_t special = specialCases(in, PREVIOUS(1));
      wrong = wasm_v128_or(wrong, longSequences(before, in, special));
      open = wasm_u8x16_sub_sat(in, lastComplete);
    }
    before = in;
  }
  return !wasm_v128_any_true(wasm_v128_or(wrong, open));
}

static size_t append(size_t at, uint32_t point) {
  if (point < 0x80) {
    text[at++] = (uint8_t)point;
  } else if (point < 0x800) {
    text[at++] = (uint8_t)(0xc0 | point >> 6);
    text[at++] = (uint8_t)(0x80 | (point & 63));
  } else if (point < 0x10000) {
    text[at++] = (uint8_t)(0xe0 | point >> 12);
    text[at++] = (uint8_t)(0x80 | (point >> 6 & 63));
    text[at++] = (uint8_t)(0x80 | (point & 63));
  } else {
    text[at++] = (uint8_t)(0xf0 | point >> 18);
    text[at++] = (uint8_t)(0x80 | (point >> 12 & 63));
    text[at++] = (uint8_t)(0x80 | (point >> 6 & 63));
    text[at++] = (uint8_t)(0x80 | (point & 63));
  }
  return at;
}

/* Length of the sequence, or 0 where it is wrong. */
static size_t sequence(const uint8_t *p, size_t left) {
  size_t count = p[0] < 0x80   ? 1
                 : p[0] < 0xc2 ? 0
                 : p[0] < 0xe0 ? 2
                 : p[0] < 0xf0 ? 3
                 : p[0] < 0xf5 ? 4
                               : 0;
  if (count > left)
    return 0;
  for (size_t i = 1; i < count; ++i)
    if ((p[i] & 0xc0) != 0x80)
      return 0;
  if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
      (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
    return 0;
  return count;
}

static int isUtf8Scalar(const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length;) {
    size_t count = sequence(bytes + i, length - i);
    if (count == 0)
      return 0;
    i += count;
  }
  return 1;
}

int main(int argc, char **argv) {
  size_t at = 0;
  while (at < Length - 4) {
    uint32_t word = randomWord(), kind = word & 7;
    uint32_t limit = kind < 3   ? 0x80
                     : kind < 5 ? 0x800
                     : kind < 7 ? 0xd800
                                : 0x110000;
    at = append(at, kind == 7 ? 0x10000 + (word >> 8) % 0x100000
                              : (word >> 8) % limit);
  }
  for (; at < Length; ++at)
    text[at] = 'x';
  expect(isUtf8(text, Length) && isUtf8Scalar(text, Length), "good text");
  for (int i = 0; i < 3000; ++i) {
    size_t place = randomWord() % 4096;
    uint8_t old = text[place];
    text[place] = (uint8_t)randomWord();
    expect(isUtf8(text, Length) == isUtf8Scalar(text, Length), "damaged text");
    text[place] = old;
  }
  uint32_t good = 0;
  const int rounds = roundCount(argc, argv, 60000);
  for (int round = 0; round < rounds; ++round) {
    text[Length - 1] ^= 1;
    barrier(text);
    good += (uint32_t)isUtf8(text, Length);
  }
  printf("%u %08x\n", good, checksum(text, Length));
}

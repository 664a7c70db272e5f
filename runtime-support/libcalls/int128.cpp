//===- int128.cpp - Multiplying, dividing, shifting 128-bit integers ------===//
#include "libcalls/libcalls.h"

namespace {

using U128 = unsigned __int128;
using I128 = __int128;

uint64_t high(U128 x) { return static_cast<uint64_t>(x >> 64); }
uint64_t low(U128 x) { return static_cast<uint64_t>(x); }
U128 join(uint64_t high, uint64_t low) { return U128{high} << 64 | low; }

struct Quotient {
  uint64_t quotient;
  uint64_t remainder;
};

/// (high, low) / divisor with high < divisor, so that the quotient fits. In
/// base 2^32 as Knuth's algorithm D does it (TAOCP 2, 4.3.1).
Quotient divideWide(uint64_t high, uint64_t low, uint64_t divisor) {
  int shift = __builtin_clzll(divisor);
  divisor <<= shift;
  uint64_t divisorHigh = divisor >> 32, divisorLow = divisor & 0xffffffff;
  if (shift != 0)
    high = high << shift | low >> (64 - shift);
  low <<= shift;
  uint64_t remainder = high, result = 0;
  for (int digit = 0; digit < 2; ++digit) {
    uint64_t next = digit == 0 ? low >> 32 : low & 0xffffffff;
    uint64_t guess = remainder / divisorHigh;
    uint64_t rest = remainder % divisorHigh;
    while (guess >> 32 != 0 || guess * divisorLow > (rest << 32 | next)) {
      --guess;
      rest += divisorHigh;
      if (rest >> 32 != 0)
        break;
    }
    remainder = (remainder << 32 | next) - guess * divisor;
    result = result << 32 | guess;
  }
  return {result, remainder >> shift};
}

/// Division by zero yields zero; compiled code never asks for it.
U128 divide(U128 x, U128 y, U128 &remainder) {
  if (high(y) == 0) {
    if (low(y) == 0) {
      remainder = x;
      return 0;
    }
    uint64_t top = high(x) / low(y);
    Quotient rest = divideWide(high(x) % low(y), low(x), low(y));
    remainder = rest.remainder;
    return join(top, rest.quotient);
  }
  if (x < y) {
    remainder = x;
    return 0;
  }
  // The quotient has at most 64 bits. Divide by the top 64 bits of the divisor:
  // the guess is right or one too large (Hacker's Delight, 9-5).
  int shift = __builtin_clzll(high(y));
  uint64_t divisor = high(y << shift);
  U128 half = x >> 1;
  uint64_t guess = divideWide(high(half), low(half), divisor).quotient;
  guess >>= 63 - shift;
  if (guess != 0)
    --guess;
  remainder = x - guess * y;
  if (remainder >= y) {
    remainder -= y;
    ++guess;
  }
  return guess;
}

U128 magnitude(I128 x) { return x < 0 ? -static_cast<U128>(x) : x; }
I128 withSign(U128 x, bool isNegative) {
  return static_cast<I128>(isNegative ? -x : x);
}

/// Modulo 2^128, from 64-bit parts so that it does not become a call.
U128 multiply(U128 x, U128 y) {
  U128 result = U128{low(x)} * low(y);
  return result + (U128{high(x) * low(y) + low(x) * high(y)} << 64);
}

} // namespace

extern "C" {

I128 WROUGHT_LIBCALL(__multi3)(I128 x, I128 y) {
  return static_cast<I128>(
      multiply(static_cast<U128>(x), static_cast<U128>(y)));
}

I128 WROUGHT_LIBCALL(__muloti4)(I128 x, I128 y, int *overflow) {
  bool isNegative = (x < 0) != (y < 0);
  U128 a = magnitude(x), b = magnitude(y), product = multiply(a, b);
  U128 remainder;
  U128 limit = (U128{1} << 127) - !isNegative;
  *overflow = b != 0 && a > divide(limit, b, remainder);
  return withSign(product, isNegative);
}

// Shifts are calls only where code is made for the smallest size.
I128 WROUGHT_LIBCALL(__ashlti3)(I128 x, int count) {
  auto bits = static_cast<U128>(x);
  if (count >= 64)
    return static_cast<I128>(join(low(bits) << (count - 64), 0));
  // In two steps: by 0 there are 64 to go.
  uint64_t carried = low(bits) >> 1 >> (63 - count);
  return static_cast<I128>(
      join(high(bits) << count | carried, low(bits) << count));
}

I128 WROUGHT_LIBCALL(__lshrti3)(I128 x, int count) {
  auto bits = static_cast<U128>(x);
  if (count >= 64)
    return static_cast<I128>(join(0, high(bits) >> (count - 64)));
  uint64_t carried = high(bits) << 1 << (63 - count);
  return static_cast<I128>(
      join(high(bits) >> count, low(bits) >> count | carried));
}

I128 WROUGHT_LIBCALL(__ashrti3)(I128 x, int count) {
  auto bits = static_cast<U128>(x);
  auto top = static_cast<int64_t>(high(bits));
  if (count >= 64)
    return static_cast<I128>(join(static_cast<uint64_t>(top >> 63),
                                  static_cast<uint64_t>(top >> (count - 64))));
  uint64_t carried = high(bits) << 1 << (63 - count);
  return static_cast<I128>(
      join(static_cast<uint64_t>(top >> count), low(bits) >> count | carried));
}

U128 WROUGHT_LIBCALL(__udivti3)(U128 x, U128 y) {
  U128 remainder;
  return divide(x, y, remainder);
}

U128 WROUGHT_LIBCALL(__umodti3)(U128 x, U128 y) {
  U128 remainder;
  divide(x, y, remainder);
  return remainder;
}

I128 WROUGHT_LIBCALL(__divti3)(I128 x, I128 y) {
  U128 remainder;
  return withSign(divide(magnitude(x), magnitude(y), remainder),
                  (x < 0) != (y < 0));
}

I128 WROUGHT_LIBCALL(__modti3)(I128 x, I128 y) {
  U128 remainder;
  divide(magnitude(x), magnitude(y), remainder);
  return withSign(remainder, x < 0);
}
}

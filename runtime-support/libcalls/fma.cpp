//===- fma.cpp - x * y + z with one rounding ------------------------------===//
//
// fma works in 128-bit integers: the product has 106 bits, so the sum of two
// aligned terms needs only a sticky bit beyond. fmaf works in double, where the
// product is exact, and rounds the sum to odd before it rounds to float
// (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums").
//
//===----------------------------------------------------------------------===//
#include "libcalls/libcalls.h"

namespace {

using U128 = unsigned __int128;

uint64_t bitsOf(double x) { return __builtin_bit_cast(uint64_t, x); }
double fromBits(uint64_t bits) { return __builtin_bit_cast(double, bits); }
bool isFinite(double x) { return (bitsOf(x) >> 52 & 0x7ff) != 0x7ff; }

/// significand * 2^exponent, of a value that is finite.
struct Parts {
  uint64_t significand;
  int exponent;
};

Parts split(double x) {
  uint64_t bits = bitsOf(x);
  auto exponent = static_cast<int>(bits >> 52 & 0x7ff);
  uint64_t fraction = bits & 0xfffffffffffff;
  if (exponent == 0)
    return {fraction, -1074};
  return {fraction | uint64_t{1} << 52, exponent - 1075};
}

/// A signed value whose top bit is bit 125, or zero.
struct Term {
  U128 significand;
  int exponent;
  bool isNegative;
};

constexpr int topBit = 125;

int bitLength(U128 value) {
  auto high = static_cast<uint64_t>(value >> 64);
  auto low = static_cast<uint64_t>(value);
  if (high != 0)
    return 128 - __builtin_clzll(high);
  return low == 0 ? 0 : 64 - __builtin_clzll(low);
}

/// Shifts right; the lowest bit remembers whether anything was lost.
U128 shiftRightSticky(U128 value, int count) {
  if (count > 127)
    return value != 0;
  U128 result = value >> count;
  return result | ((result << count) != value);
}

Term normalize(U128 significand, int exponent, bool isNegative) {
  int shift = topBit + 1 - bitLength(significand);
  if (significand == 0)
    return {0, exponent, isNegative};
  if (shift >= 0)
    return {significand << shift, exponent - shift, isNegative};
  return {shiftRightSticky(significand, -shift), exponent - shift, isNegative};
}

/// Terms are not zero.
Term add(Term big, Term small) {
  if (big.exponent < small.exponent) {
    Term other = big;
    big = small;
    small = other;
  }
  U128 aligned =
      shiftRightSticky(small.significand, big.exponent - small.exponent);
  if (big.isNegative == small.isNegative)
    return normalize(big.significand + aligned, big.exponent, big.isNegative);
  if (big.significand >= aligned)
    return normalize(big.significand - aligned, big.exponent, big.isNegative);
  return normalize(aligned - big.significand, big.exponent, small.isNegative);
}

/// To nearest, ties to even; subnormal and infinite where it must be.
double round(const Term &term) {
  uint64_t sign = uint64_t{term.isNegative} << 63;
  // The exponent of the result's last place: 53 bits, or as far as 2^-1074.
  int shift = topBit + 1 - 53;
  if (term.exponent + shift < -1074)
    shift = -1074 - term.exponent;
  // Two more bits, of which the lower is sticky.
  auto extended =
      static_cast<uint64_t>(shiftRightSticky(term.significand, shift - 2));
  uint64_t significand = extended >> 2;
  uint64_t rest = extended & 3;
  significand += rest == 3 || (rest == 2 && (significand & 1));
  int exponent = term.exponent + shift + 1075;
  if (exponent >= 0x7ff)
    return fromBits(sign | uint64_t{0x7ff} << 52);
  // The leading bit of a normal number adds one to the exponent field, as does
  // a carry from rounding up; the exponent of subnormals is 1 less than that.
  return fromBits(sign |
                  ((static_cast<uint64_t>(exponent - 1) << 52) + significand));
}

} // namespace

extern "C" {

double WROUGHT_LIBCALL(fma)(double x, double y, double z) {
  if (!isFinite(x) || !isFinite(y))
    return x * y + z;
  // The product may overflow here, but not in the sum.
  if (!isFinite(z))
    return z + z;
  if (x == 0 || y == 0)
    return x * y + z;
  if (z == 0)
    return x * y;
  Parts a = split(x), b = split(y), c = split(z);
  bool isNegative = (bitsOf(x) ^ bitsOf(y)) >> 63;
  Term product = normalize(U128{a.significand} * b.significand,
                           a.exponent + b.exponent, isNegative);
  Term addend = normalize(c.significand, c.exponent, bitsOf(z) >> 63);
  Term sum = add(product, addend);
  // An exact zero is positive (IEEE 754, 6.3).
  return sum.significand == 0 ? 0.0 : round(sum);
}

float WROUGHT_LIBCALL(fmaf)(float x, float y, float z) {
  double product = static_cast<double>(x) * y;
  double addend = z;
  double sum = product + addend;
  uint64_t bits = bitsOf(sum);
  if (!isFinite(sum) || (bits & 1) != 0)
    return static_cast<float>(sum);
  // The error of the sum, exactly (Knuth's TwoSum).
  double part = sum - product;
  double error = (product - (sum - part)) + (addend - part);
  if (error != 0)
    bits += (error > 0) == (sum > 0) ? 1 : uint64_t(-1);
  return static_cast<float>(fromBits(bits));
}
}

//===- rounding.cpp - floor, ceil, trunc, rint and their like -------------===//
//
// A value of at least 2^52 (2^23) is a whole number already, and one below fits
// an integer register. Canonicalizing turns a signalling NaN into a quiet one;
// the optimizer knows x + 0.0 to be x. The rounding mode is to nearest, ties to
// even.
//
//===----------------------------------------------------------------------===//
#include "libcalls/libcalls.h"

namespace {

template <class Float> struct Traits;
template <> struct Traits<double> {
  using Integer = int64_t;
  static constexpr double wholeFrom = 0x1p52;
  static double magnitude(double x) { return __builtin_fabs(x); }
  static double quiet(double x) { return __builtin_canonicalize(x); }
  static double withSign(double x, double sign) {
    return __builtin_copysign(x, sign);
  }
};
template <> struct Traits<float> {
  using Integer = int32_t;
  static constexpr float wholeFrom = 0x1p23f;
  static float magnitude(float x) { return __builtin_fabsf(x); }
  static float quiet(float x) { return __builtin_canonicalizef(x); }
  static float withSign(float x, float sign) {
    return __builtin_copysignf(x, sign);
  }
};

template <class Float> bool isWhole(Float x) {
  // True of NaN as well.
  return !(Traits<Float>::magnitude(x) < Traits<Float>::wholeFrom);
}

template <class Float> Float towardsZero(Float x) {
  return static_cast<Float>(static_cast<typename Traits<Float>::Integer>(x));
}

template <class Float> Float roundDown(Float x) {
  if (isWhole(x))
    return Traits<Float>::quiet(x);
  Float whole = towardsZero(x);
  return Traits<Float>::withSign(whole > x ? whole - 1 : whole, x);
}

template <class Float> Float roundUp(Float x) {
  if (isWhole(x))
    return Traits<Float>::quiet(x);
  Float whole = towardsZero(x);
  return Traits<Float>::withSign(whole < x ? whole + 1 : whole, x);
}

template <class Float> Float roundTowardsZero(Float x) {
  if (isWhole(x))
    return Traits<Float>::quiet(x);
  return Traits<Float>::withSign(towardsZero(x), x);
}

/// Adding 2^52 leaves no bits for a fraction: the sum is rounded as wanted.
template <class Float> Float roundToEven(Float x) {
  if (isWhole(x))
    return Traits<Float>::quiet(x);
  Float big = Traits<Float>::wholeFrom;
  Float whole = (Traits<Float>::magnitude(x) + big) - big;
  return Traits<Float>::withSign(whole, x);
}

} // namespace

extern "C" {

double WROUGHT_LIBCALL(floor)(double x) { return roundDown(x); }
double WROUGHT_LIBCALL(ceil)(double x) { return roundUp(x); }
double WROUGHT_LIBCALL(trunc)(double x) { return roundTowardsZero(x); }
double WROUGHT_LIBCALL(rint)(double x) { return roundToEven(x); }
double WROUGHT_LIBCALL(nearbyint)(double x) { return roundToEven(x); }
double WROUGHT_LIBCALL(roundeven)(double x) { return roundToEven(x); }
float WROUGHT_LIBCALL(floorf)(float x) { return roundDown(x); }
float WROUGHT_LIBCALL(ceilf)(float x) { return roundUp(x); }
float WROUGHT_LIBCALL(truncf)(float x) { return roundTowardsZero(x); }
float WROUGHT_LIBCALL(rintf)(float x) { return roundToEven(x); }
float WROUGHT_LIBCALL(nearbyintf)(float x) { return roundToEven(x); }
float WROUGHT_LIBCALL(roundevenf)(float x) { return roundToEven(x); }
}

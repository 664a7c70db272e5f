//===- libcalls_test.cpp - Libcalls against the C library and the CPU -----===//
#define WROUGHT_LIBCALL(name) test_##name
#include "libcalls/libcalls.h"

#include "gtest/gtest.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

namespace {

constexpr int randomCount = 2'000'000;

/// Any bit pattern, with a preference for exponents near zero.
double randomDouble(std::mt19937_64 &random) {
  uint64_t bits = random();
  if (random() % 4 != 0)
    bits = (bits & 0x800fffffffffffff) | (1023 - 60 + random() % 120) << 52;
  if (random() % 8 == 0)
    bits &= ~uint64_t{0} << random() % 53;
  return std::bit_cast<double>(bits);
}

float randomFloat(std::mt19937_64 &random) {
  auto bits = static_cast<uint32_t>(random());
  if (random() % 4 != 0)
    bits = (bits & 0x807fffff) | static_cast<uint32_t>(127 - 30 + random() % 60)
                                     << 23;
  return std::bit_cast<float>(bits);
}

const std::vector<double> specialDoubles = {
    0.0,
    -0.0,
    0.5,
    -0.5,
    1.5,
    -1.5,
    2.5,
    -2.5,
    0x1p52,
    -0x1p52,
    0x1p52 - 0.5,
    0x1p53 - 1,
    0x1p63,
    0x1p-1074,
    -0x1p-1074,
    0x1p-1022,
    0x1.fffffffffffffp1023,
    0x1.fffffffffffffp-1,
    -0x1.fffffffffffffp-1,
    INFINITY,
    -INFINITY,
    std::bit_cast<double>(0x7ff8000000000000), // quiet
    std::bit_cast<double>(0xfff8000000000123),
    std::bit_cast<double>(0x7ff0000000000001), // signalling
    std::bit_cast<double>(0xfff4000000000000)};

uint64_t bitsOf(double x) { return std::bit_cast<uint64_t>(x); }
uint32_t bitsOf(float x) { return std::bit_cast<uint32_t>(x); }

void checkUnary(double (*actual)(double), double (*expected)(double)) {
  std::mt19937_64 random(1);
  for (int index = 0; index < randomCount; ++index) {
    double x = index < int(specialDoubles.size())
                   ? specialDoubles[size_t(index)]
                   : randomDouble(random);
    // The C library may keep signalling NaNs; the instruction set never does.
    double want = std::isnan(x)
                      ? std::bit_cast<double>(bitsOf(x) | uint64_t{1} << 51)
                      : expected(x);
    ASSERT_EQ(bitsOf(actual(x)), bitsOf(want)) << std::hexfloat << x;
  }
}

void checkUnary(float (*actual)(float), float (*expected)(float)) {
  // Every 1021st float: all exponents, both signs, all kinds of NaN.
  for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 1021) {
    float x = std::bit_cast<float>(static_cast<uint32_t>(bits));
    float want = std::isnan(x)
                     ? std::bit_cast<float>(bitsOf(x) | uint32_t{1} << 22)
                     : expected(x);
    ASSERT_EQ(bitsOf(actual(x)), bitsOf(want)) << std::hexfloat << x;
  }
}

TEST(Libcalls, RoundingOfDoubles) {
  checkUnary(test_floor, static_cast<double (*)(double)>(std::floor));
  checkUnary(test_ceil, static_cast<double (*)(double)>(std::ceil));
  checkUnary(test_trunc, static_cast<double (*)(double)>(std::trunc));
  checkUnary(test_rint, static_cast<double (*)(double)>(std::rint));
  checkUnary(test_nearbyint, static_cast<double (*)(double)>(std::nearbyint));
  checkUnary(test_roundeven, static_cast<double (*)(double)>(std::rint));
}

TEST(Libcalls, RoundingOfFloats) {
  checkUnary(test_floorf, static_cast<float (*)(float)>(std::floor));
  checkUnary(test_ceilf, static_cast<float (*)(float)>(std::ceil));
  checkUnary(test_truncf, static_cast<float (*)(float)>(std::trunc));
  checkUnary(test_rintf, static_cast<float (*)(float)>(std::rint));
  checkUnary(test_nearbyintf, static_cast<float (*)(float)>(std::nearbyint));
  checkUnary(test_roundevenf, static_cast<float (*)(float)>(std::rint));
}

void checkFma(double x, double y, double z) {
  double want = std::fma(x, y, z), got = test_fma(x, y, z);
  if (std::isnan(want))
    ASSERT_TRUE(std::isnan(got) && (bitsOf(got) >> 51 & 1))
        << std::hexfloat << x << " " << y << " " << z;
  else
    ASSERT_EQ(bitsOf(got), bitsOf(want))
        << std::hexfloat << x << " " << y << " " << z;
}

TEST(Libcalls, FmaOfSpecialValues) {
  for (double x : specialDoubles)
    for (double y : specialDoubles)
      for (double z : specialDoubles)
        checkFma(x, y, z);
}

TEST(Libcalls, FmaOfRandomValues) {
  std::mt19937_64 random(2);
  for (int index = 0; index < randomCount; ++index)
    checkFma(randomDouble(random), randomDouble(random), randomDouble(random));
}

TEST(Libcalls, FmaThatCancels) {
  std::mt19937_64 random(3);
  for (int index = 0; index < randomCount; ++index) {
    double x = randomDouble(random), y = randomDouble(random);
    double z = -x * y;
    checkFma(x, y, z);
    checkFma(x, y, std::nextafter(z, INFINITY));
    checkFma(x, y, std::ldexp(z, int(random() % 220) - 110));
  }
}

TEST(Libcalls, FmaNearTheSmallestNumbers) {
  std::mt19937_64 random(4);
  for (int index = 0; index < randomCount; ++index) {
    double x = std::ldexp(randomDouble(random), -500);
    double y = std::ldexp(randomDouble(random), -540);
    double z = std::bit_cast<double>(random() & 0x803fffffffffffff);
    checkFma(x, y, z);
  }
}

TEST(Libcalls, FmafOfRandomValues) {
  std::mt19937_64 random(5);
  for (int index = 0; index < 2 * randomCount; ++index) {
    float x = randomFloat(random), y = randomFloat(random);
    float z = index % 3 == 0 ? std::ldexp(-x * y, int(random() % 60) - 30)
                             : randomFloat(random);
    float want = std::fma(x, y, z), got = test_fmaf(x, y, z);
    if (std::isnan(want))
      ASSERT_TRUE(std::isnan(got));
    else
      ASSERT_EQ(bitsOf(got), bitsOf(want))
          << std::hexfloat << x << " " << y << " " << z;
  }
}

using U128 = unsigned __int128;
using I128 = __int128;

U128 randomU128(std::mt19937_64 &random) {
  U128 value = U128{random()} << 64 | random();
  // All lengths, runs of ones too.
  value >>= random() % 128;
  return random() % 4 == 0 ? ~value : value;
}

TEST(Libcalls, Int128Arithmetic) {
  std::mt19937_64 random(6);
  for (int index = 0; index < randomCount; ++index) {
    U128 x = randomU128(random), y = randomU128(random);
    if (index % 5 == 0 && y != 0)
      x = y * (x >> 64) - index % 2;
    auto a = static_cast<I128>(x), b = static_cast<I128>(y);
    ASSERT_TRUE(test___multi3(a, b) == static_cast<I128>(x * y));
    int overflow = -1;
    I128 product;
    bool overflows = __builtin_mul_overflow(a, b, &product);
    ASSERT_TRUE(test___muloti4(a, b, &overflow) == product);
    ASSERT_EQ(overflow != 0, overflows);
    if (y == 0)
      continue;
    ASSERT_TRUE(test___udivti3(x, y) == x / y);
    ASSERT_TRUE(test___umodti3(x, y) == x % y);
    const int count = static_cast<int>(y % 128);
    const auto wide = static_cast<__int128>(x);
    ASSERT_TRUE(test___ashlti3(wide, count) ==
                static_cast<__int128>(x << count));
    ASSERT_TRUE(test___lshrti3(wide, count) ==
                static_cast<__int128>(x >> count));
    ASSERT_TRUE(test___ashrti3(wide, count) == wide >> count);
    if (x == U128{1} << 127 && b == -1)
      continue;
    ASSERT_TRUE(test___divti3(a, b) == a / b);
    ASSERT_TRUE(test___modti3(a, b) == a % b);
  }
}

/// Bytes that differ from their neighbours.
std::vector<unsigned char> pattern(size_t length) {
  std::vector<unsigned char> bytes(length);
  for (size_t index = 0; index < length; ++index)
    bytes[index] = static_cast<unsigned char>(index * 131 + index / 251);
  return bytes;
}

std::vector<size_t> lengths() {
  std::vector<size_t> result;
  for (size_t length = 0; length < 300; ++length)
    result.push_back(length);
  for (size_t length : {511, 512, 513, 1000, 4095, 4096, 4097, 70001})
    result.push_back(length);
  return result;
}

TEST(Libcalls, MemcpyCopiesExactly) {
  for (size_t length : lengths())
    for (size_t from = 0; from < 20; from += 3)
      for (size_t to = 0; to < 20; ++to) {
        // Exact allocations, for sanitizers to see a byte too much.
        auto source = pattern(from + length);
        std::vector<unsigned char> target(to + length + 16, 0xee);
        auto want = target;
        for (size_t index = 0; index < length; ++index)
          want[to + index] = source[from + index];
        ASSERT_EQ(test_memcpy(target.data() + to, source.data() + from, length),
                  target.data() + to);
        ASSERT_EQ(target, want) << length << " " << from << " " << to;
      }
}

TEST(Libcalls, MemmoveOverlapsEitherWay) {
  for (size_t length : lengths())
    for (size_t to : {0, 1, 7, 15, 16, 17, 31, 63, 64, 65, 99, 128}) {
      auto bytes = pattern(length + 200);
      auto want = bytes;
      std::memmove(want.data() + to, want.data() + 64, length);
      test_memmove(bytes.data() + to, bytes.data() + 64, length);
      ASSERT_EQ(bytes, want) << length << " " << to;
    }
}

TEST(Libcalls, MemsetFillsExactly) {
  for (size_t length : lengths())
    for (size_t to = 0; to < 20; ++to) {
      std::vector<unsigned char> target(to + length + 16, 0xee);
      auto want = target;
      for (size_t index = 0; index < length; ++index)
        want[to + index] = 0x5a;
      test_memset(target.data() + to, 0x15a, length);
      ASSERT_EQ(target, want) << length << " " << to;
    }
}

TEST(Libcalls, MemcmpOrdersByTheFirstDifference) {
  auto sign = [](int value) { return (value > 0) - (value < 0); };
  std::mt19937_64 random(7);
  for (size_t length = 0; length < 100; ++length)
    for (size_t at = 0; at < length; ++at) {
      auto left = pattern(length), right = left;
      ASSERT_EQ(test_memcmp(left.data(), right.data(), length), 0);
      right[at] = static_cast<unsigned char>(random());
      for (size_t index = at + 1; index < length; ++index)
        right[index] = static_cast<unsigned char>(random());
      int want = std::memcmp(left.data(), right.data(), length);
      ASSERT_EQ(sign(test_memcmp(left.data(), right.data(), length)),
                sign(want));
      ASSERT_EQ(test_bcmp(left.data(), right.data(), length) != 0, want != 0);
    }
}

TEST(Libcalls, StrlenCounts) {
  std::string text;
  for (size_t length = 0; length < 100; ++length, text += 'x')
    ASSERT_EQ(test_strlen(text.c_str()), length);
}

} // namespace

#include "text/literals.h"

#include "llvm/ADT/StringExtras.h"

#include <bit>
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>

namespace wrought::text {
namespace {

std::string integer(llvm::StringRef text, unsigned bits) {
  uint64_t value = 0;
  switch (parseInteger(text, bits, value)) {
  case LiteralStatus::Ok:
    return llvm::utohexstr(value, true);
  case LiteralStatus::OutOfRange:
    return "range";
  case LiteralStatus::Malformed:
    return "malformed";
  }
  return "";
}

std::string real(llvm::StringRef text, unsigned bits) {
  uint64_t value = 0;
  switch (parseFloat(text, bits, value)) {
  case LiteralStatus::Ok:
    return llvm::utohexstr(value, true);
  case LiteralStatus::OutOfRange:
    return "range";
  case LiteralStatus::Malformed:
    return "malformed";
  }
  return "";
}

TEST(Integers, Forms) {
  EXPECT_EQ(integer("0", 32), "0");
  EXPECT_EQ(integer("1_000", 32), "3e8");
  EXPECT_EQ(integer("0xAb_cD", 32), "abcd");
  EXPECT_EQ(integer("-1", 32), "ffffffff");
  EXPECT_EQ(integer("+7", 64), "7");
  for (const char *text : {"", "-", "+", "0x", "1_", "_1", "1__0", "0x_1",
                           "0X1", "1a", "0xg", "--1", "1.0", "$1"})
    EXPECT_EQ(integer(text, 32), "malformed") << text;
}

TEST(Integers, Ranges) {
  EXPECT_EQ(integer("4294967295", 32), "ffffffff");
  EXPECT_EQ(integer("4294967296", 32), "range");
  EXPECT_EQ(integer("-2147483648", 32), "80000000");
  EXPECT_EQ(integer("-2147483649", 32), "range");
  EXPECT_EQ(integer("+2147483647", 32), "7fffffff");
  EXPECT_EQ(integer("+2147483648", 32), "range");
  EXPECT_EQ(integer("0xffffffffffffffff", 64), "ffffffffffffffff");
  EXPECT_EQ(integer("0x10000000000000000", 64), "range");
  EXPECT_EQ(integer("-9223372036854775808", 64), "8000000000000000");
  EXPECT_EQ(integer("-9223372036854775809", 64), "range");
  EXPECT_EQ(integer("255", 8), "ff");
  EXPECT_EQ(integer("-128", 8), "80");
  EXPECT_EQ(integer("256", 8), "range");
  EXPECT_EQ(integer("-129", 8), "range");
  EXPECT_EQ(integer(std::string(1000, '9'), 64), "range");
}

TEST(Integers, IndicesHaveNoSign) {
  uint64_t value;
  EXPECT_EQ(parseUnsigned("+1", 32, value), LiteralStatus::Malformed);
  EXPECT_EQ(parseUnsigned("-0", 32, value), LiteralStatus::Malformed);
  EXPECT_EQ(parseUnsigned("0x10", 32, value), LiteralStatus::Ok);
  EXPECT_EQ(value, 16u);
}

TEST(Floats, Forms) {
  EXPECT_EQ(real("0", 32), "0");
  EXPECT_EQ(real("-0", 32), "80000000");
  EXPECT_EQ(real("1.", 32), "3f800000");
  EXPECT_EQ(real("1.5e1", 64), "402e000000000000");
  EXPECT_EQ(real("1_0.2_5E+0_1", 64), "4059a00000000000");
  EXPECT_EQ(real("0x1p-1", 32), "3f000000");
  EXPECT_EQ(real("0xA.8", 64), "4025000000000000");
  EXPECT_EQ(real("0x1_0.0_8P+4", 64), "4070080000000000");
  for (const char *text :
       {"",     "-",    ".5",    "1e",     "1e+",     "1.e_1", "0x",
        "0x.8", "0x1p", "1_.0",  "1._0",   "1.0_",    "1p3",   "infinity",
        "Inf",  "nan:", "nan:1", "nan:0x", "nan:0xg", "1f",    "0x1.8p0x1"})
    EXPECT_EQ(real(text, 64), "malformed") << text;
  // In hexadecimal, e is a digit.
  EXPECT_EQ(real("0x1.0e", 64), "3ff0e00000000000");
}

TEST(Floats, InfinityAndNan) {
  EXPECT_EQ(real("inf", 32), "7f800000");
  EXPECT_EQ(real("-inf", 64), "fff0000000000000");
  EXPECT_EQ(real("nan", 32), "7fc00000");
  EXPECT_EQ(real("-nan", 64), "fff8000000000000");
  EXPECT_EQ(real("nan:0x1", 32), "7f800001");
  EXPECT_EQ(real("+nan:0x7f_ffff", 32), "7fffffff");
  EXPECT_EQ(real("nan:0x800000", 32), "range");
  EXPECT_EQ(real("nan:0x0", 32), "range");
  EXPECT_EQ(real("nan:0xfffffffffffff", 64), "7fffffffffffffff");
  EXPECT_EQ(real("nan:0x10000000000000", 64), "range");
}

TEST(Floats, EdgesOfTheRange) {
  EXPECT_EQ(real("0x1.fffffep127", 32), "7f7fffff");
  EXPECT_EQ(real("0x1.fffffefffffp127", 32), "7f7fffff");
  EXPECT_EQ(real("0x1.ffffffp127", 32), "range");
  EXPECT_EQ(real("3.4028235677973366e38", 32), "7f7fffff");
  EXPECT_EQ(real("3.4028235677973367e38", 32), "range");
  EXPECT_EQ(real("1e309", 64), "range");
  EXPECT_EQ(real("1e999999999999999999999", 64), "range");
  EXPECT_EQ(real("0e999999999999999999999", 64), "0");
  EXPECT_EQ(real("1e-999999999999999999999", 64), "0");
  EXPECT_EQ(real("0x1p-149", 32), "1");
  EXPECT_EQ(real("0x1p-150", 32), "0");
  EXPECT_EQ(real("0x1.8p-150", 32), "1");
  EXPECT_EQ(real("4.9406564584124654e-324", 64), "1");
  EXPECT_EQ(real("2.4703282292062327e-324", 64), "0");
}

TEST(Floats, TiesAndWhatLiesJustBeyond) {
  EXPECT_EQ(real("0x1.00000100000000000p-50", 32), "26800000");
  EXPECT_EQ(real("0x1.00000100000000001p-50", 32), "26800001");
  EXPECT_EQ(real("0x1.00000300000000000p-50", 32), "26800002");
  EXPECT_EQ(real("9007199254740993", 64), "4340000000000000");
  EXPECT_EQ(real("9007199254740993.0000000000000000000001", 64),
            "4340000000000001");
  // The one that decides stands behind more digits than are kept.
  const std::string zeros(5000, '0');
  EXPECT_EQ(real("9007199254740993." + zeros, 64), "4340000000000000");
  EXPECT_EQ(real("9007199254740993." + zeros + "1", 64), "4340000000000001");
  EXPECT_EQ(real("0x1.000001" + zeros + "1", 32), "3f800001");
  EXPECT_EQ(real("0x1.000001" + zeros, 32), "3f800000");
  EXPECT_EQ(real("0." + zeros + "1e5001", 64), "3ff0000000000000");
  EXPECT_EQ(real("1" + zeros + "e-5000", 64), "3ff0000000000000");
}

std::string randomLiteral(std::mt19937 &random) {
  const bool hex = random() % 2;
  std::string text = hex ? "0x" : "";
  auto digits = [&](unsigned most) {
    for (unsigned i = 0, n = 1 + random() % most; i < n; ++i)
      text +=
          (hex ? "0123456789abcdef" : "0123456789")[random() % (hex ? 16 : 10)];
  };
  digits(25);
  if (random() % 4) {
    text += '.';
    digits(30);
  }
  // strtod takes hexadecimal numbers without an exponent too.
  const int range = hex ? 1100 : 330;
  if (random() % 4)
    text += (hex ? "p" : "e") +
            std::to_string(static_cast<int>(random() % (2 * range)) - range);
  return text;
}

TEST(Floats, AgreeWithTheCLibrary) {
  std::mt19937 random(20240701);
  for (int i = 0; i < 100000; ++i) {
    const std::string text = randomLiteral(random);
    const double asDouble = std::strtod(text.c_str(), nullptr);
    const float asFloat = std::strtof(text.c_str(), nullptr);
    ASSERT_EQ(real(text, 64),
              asDouble == HUGE_VAL
                  ? "range"
                  : llvm::utohexstr(std::bit_cast<uint64_t>(asDouble), true))
        << text;
    ASSERT_EQ(real(text, 32),
              asFloat == HUGE_VALF
                  ? "range"
                  : llvm::utohexstr(std::bit_cast<uint32_t>(asFloat), true))
        << text;
  }
}

} // namespace
} // namespace wrought::text

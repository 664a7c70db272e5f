#include "text/literals.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Error.h"

#include <algorithm>
#include <cassert>

namespace wrought::text {

namespace {

/// More significant digits than any halfway case between two doubles has (767
/// decimal, 14 hexadecimal): what follows only says "a little more".
constexpr size_t MaxSignificantDigits = 800;
/// Far outside of any format's range, even after scaling by digit counts.
constexpr int64_t MaxExponent = int64_t{1} << 40;

bool takeSign(llvm::StringRef &text) {
  if (text.consume_front("-"))
    return true;
  text.consume_front("+");
  return false;
}

/// Takes digits with single underscores between them, calling `use` for each;
/// false unless there is at least one.
template <typename Use>
bool takeDigits(llvm::StringRef &text, bool hex, Use use) {
  auto isDigit = [&](char c) {
    return hex ? llvm::isHexDigit(c) : llvm::isDigit(c);
  };
  if (text.empty() || !isDigit(text.front()))
    return false;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    if (isDigit(text[i]))
      use(text[i]);
    else if (text[i] != '_' || i + 1 == text.size() || !isDigit(text[i + 1]))
      break;
  }
  text = text.drop_front(i);
  return true;
}

struct Magnitude {
  uint64_t value = 0;
  bool overflow = false;
};

/// The whole of `text` as an unsigned number of up to 64 bits.
bool parseMagnitude(llvm::StringRef text, Magnitude &magnitude) {
  const bool hex = text.consume_front("0x");
  const uint64_t base = hex ? 16 : 10;
  return takeDigits(
             text, hex,
             [&](char c) {
               const uint64_t digit = llvm::hexDigitValue(c);
               uint64_t scaled;
               magnitude.overflow |=
                   __builtin_mul_overflow(magnitude.value, base, &scaled) ||
                   __builtin_add_overflow(scaled, digit, &magnitude.value);
             }) &&
         text.empty();
}

uint64_t maskOf(unsigned bits) {
  assert(bits >= 1 && bits <= 64);
  return ~uint64_t{0} >> (64 - bits);
}

/// A number as digits without leading zeros and a power of the base (decimal)
/// or of two (hexadecimal).
struct Decomposed {
  llvm::SmallString<64> digits;
  int64_t exponent = 0;
  bool hex = false;
};

class Decomposer {
public:
  explicit Decomposer(Decomposed &out) : out_(out) {}
  void digit(char c, bool fraction) {
    exponent_ -= fraction;
    if (c == '0' && out_.digits.empty())
      return;
    if (out_.digits.size() < MaxSignificantDigits) {
      out_.digits.push_back(c);
      return;
    }
    ++exponent_;
    sticky_ |= c != '0';
  }
  void finish(int64_t written) {
    if (sticky_) {
      out_.digits.push_back('1');
      --exponent_;
    }
    out_.exponent = exponent_ * (out_.hex ? 4 : 1) + written;
  }

private:
  Decomposed &out_;
  int64_t exponent_ = 0;
  bool sticky_ = false;
};

bool takeExponent(llvm::StringRef &text, bool hex, int64_t &exponent) {
  exponent = 0;
  if (text.empty() || llvm::toLower(text.front()) != (hex ? 'p' : 'e'))
    return true;
  text = text.drop_front();
  const bool negative = takeSign(text);
  if (!takeDigits(text, false, [&](char c) {
        exponent = std::min(exponent * 10 + (c - '0'), MaxExponent);
      }))
    return false;
  if (negative)
    exponent = -exponent;
  return true;
}

bool decompose(llvm::StringRef text, Decomposed &out) {
  out.hex = text.consume_front("0x");
  Decomposer decomposer(out);
  if (!takeDigits(text, out.hex, [&](char c) { decomposer.digit(c, false); }))
    return false;
  if (text.consume_front("."))
    takeDigits(text, out.hex, [&](char c) { decomposer.digit(c, true); });
  int64_t exponent;
  if (!takeExponent(text, out.hex, exponent) || !text.empty())
    return false;
  decomposer.finish(exponent);
  return true;
}

/// Rounds through APFloat; the exponent is held in what its parser can take.
LiteralStatus round(const Decomposed &number, unsigned bits, uint64_t &value) {
  value = 0;
  if (number.digits.empty())
    return LiteralStatus::Ok;
  const int64_t exponent = std::clamp<int64_t>(number.exponent, -9999, 9999);
  llvm::SmallString<128> literal(number.hex ? "0x" : "");
  literal += number.digits;
  literal += number.hex ? 'p' : 'e';
  literal += llvm::itostr(exponent);
  llvm::APFloat result(bits == 32 ? llvm::APFloat::IEEEsingle()
                                  : llvm::APFloat::IEEEdouble());
  auto status =
      result.convertFromString(literal, llvm::APFloat::rmNearestTiesToEven);
  if (!status) {
    llvm::consumeError(status.takeError());
    return LiteralStatus::Malformed;
  }
  if (*status & llvm::APFloat::opOverflow)
    return LiteralStatus::OutOfRange;
  value = result.bitcastToAPInt().getZExtValue();
  return LiteralStatus::Ok;
}

/// inf, nan and nan:0x…; `text` has no sign.
LiteralStatus parseSpecial(llvm::StringRef text, unsigned bits,
                           uint64_t &value) {
  const unsigned mantissa = bits == 32 ? 23 : 52;
  const uint64_t infinity = maskOf(bits - 1) & ~maskOf(mantissa);
  if (text == "inf" || text == "nan") {
    value = infinity;
    if (text == "nan")
      value |= uint64_t{1} << (mantissa - 1);
    return LiteralStatus::Ok;
  }
  Magnitude payload;
  if (!text.consume_front("nan:") || !text.starts_with("0x") ||
      !parseMagnitude(text, payload))
    return LiteralStatus::Malformed;
  if (payload.overflow || payload.value == 0 ||
      payload.value > maskOf(mantissa))
    return LiteralStatus::OutOfRange;
  value = infinity | payload.value;
  return LiteralStatus::Ok;
}

} // namespace

LiteralStatus parseUnsigned(llvm::StringRef text, unsigned bits,
                            uint64_t &value) {
  Magnitude magnitude;
  if (!parseMagnitude(text, magnitude))
    return LiteralStatus::Malformed;
  value = magnitude.value;
  return magnitude.overflow || value > maskOf(bits) ? LiteralStatus::OutOfRange
                                                    : LiteralStatus::Ok;
}

LiteralStatus parseInteger(llvm::StringRef text, unsigned bits,
                           uint64_t &value) {
  const bool signedForm = text.starts_with("+") || text.starts_with("-");
  const bool negative = takeSign(text);
  Magnitude magnitude;
  if (!parseMagnitude(text, magnitude))
    return LiteralStatus::Malformed;
  // With a sign the range is that of sN, without one that of uN.
  const uint64_t limit = negative
                             ? uint64_t{1} << (bits - 1)
                             : (signedForm ? maskOf(bits - 1) : maskOf(bits));
  if (magnitude.overflow || magnitude.value > limit)
    return LiteralStatus::OutOfRange;
  value = (negative ? 0 - magnitude.value : magnitude.value) & maskOf(bits);
  return LiteralStatus::Ok;
}

LiteralStatus parseFloat(llvm::StringRef text, unsigned bits, uint64_t &value) {
  const bool negative = takeSign(text);
  LiteralStatus status;
  if (!text.empty() && llvm::isDigit(text.front())) {
    Decomposed number;
    if (!decompose(text, number))
      return LiteralStatus::Malformed;
    status = round(number, bits, value);
  } else {
    status = parseSpecial(text, bits, value);
  }
  if (status == LiteralStatus::Ok && negative)
    value |= uint64_t{1} << (bits - 1);
  return status;
}

} // namespace wrought::text

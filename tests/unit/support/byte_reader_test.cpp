#include "support/byte_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

using namespace wrought;

namespace {

using Bytes = std::vector<uint8_t>;

/// Reads with `read` and expects success and that all bytes were used.
template <typename Read> auto readAll(const Bytes &bytes, Read read) {
  ByteReader reader(bytes);
  auto value = read(reader);
  EXPECT_TRUE(reader.ok()) << reader.message();
  EXPECT_TRUE(reader.atEnd());
  return value;
}

/// Reads with `read` and gives the failure as "message@offset".
template <typename Read> std::string failure(const Bytes &bytes, Read read) {
  ByteReader reader(bytes);
  read(reader);
  if (reader.ok())
    return "ok";
  EXPECT_TRUE(reader.atEnd());
  return std::string(reader.message()) + "@" +
         std::to_string(reader.errorOffset());
}

uint32_t readU32(ByteReader &reader) { return reader.readU32(); }
uint64_t readU64(ByteReader &reader) { return reader.readU64(); }
int32_t readS32(ByteReader &reader) { return reader.readS32(); }
int64_t readS33(ByteReader &reader) { return reader.readS33(); }
int64_t readS64(ByteReader &reader) { return reader.readS64(); }
std::string_view readName(ByteReader &reader) { return reader.readName(); }

Bytes unsignedLeb(uint64_t value) {
  Bytes bytes;
  do {
    bytes.push_back((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>= 7;
  } while (value != 0);
  return bytes;
}

Bytes signedLeb(int64_t value) {
  Bytes bytes;
  for (;;) {
    const uint8_t low = value & 0x7f;
    value >>= 7;
    const bool done = value == (low & 0x40 ? -1 : 0);
    bytes.push_back(low | (done ? 0 : 0x80));
    if (done)
      return bytes;
  }
}

TEST(ByteReader, ReadsUnsignedIntegersOfEveryLength) {
  for (unsigned bit = 0; bit < 64; ++bit)
    for (uint64_t value : {(uint64_t{1} << bit) - 1, uint64_t{1} << bit}) {
      EXPECT_EQ(readAll(unsignedLeb(value), readU64), value);
      if (value <= UINT32_MAX)
        EXPECT_EQ(readAll(unsignedLeb(value), readU32), value);
    }
  EXPECT_EQ(readAll(unsignedLeb(UINT64_MAX), readU64), UINT64_MAX);
}

TEST(ByteReader, ReadsSignedIntegersOfEveryLength) {
  for (unsigned bit = 0; bit < 63; ++bit)
    for (int64_t value : {(int64_t{1} << bit) - 1, -(int64_t{1} << bit)}) {
      EXPECT_EQ(readAll(signedLeb(value), readS64), value);
      if (bit <= 31)
        EXPECT_EQ(readAll(signedLeb(value), readS32), value);
      if (bit <= 32)
        EXPECT_EQ(readAll(signedLeb(value), readS33), value);
    }
  for (int64_t value : {INT64_MIN, INT64_MAX})
    EXPECT_EQ(readAll(signedLeb(value), readS64), value);
}

TEST(ByteReader, AcceptsPaddingUpToTheLongestForm) {
  EXPECT_EQ(readAll({0x82, 0x80, 0x80, 0x80, 0x00}, readU32), 2u);
  EXPECT_EQ(readAll({0xff, 0xff, 0xff, 0xff, 0x7f}, readS32), -1);
  EXPECT_EQ(
      readAll({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
              readS64),
      -1);
}

TEST(ByteReader, RefusesIntegersThatAreTooLong) {
  const std::string tooLong = "integer representation too long@0";
  EXPECT_EQ(failure({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, readU32), tooLong);
  EXPECT_EQ(failure({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, readS32), tooLong);
  EXPECT_EQ(failure({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, readS33), tooLong);
  EXPECT_EQ(failure(Bytes(11, 0x80), readU64), tooLong);
  EXPECT_EQ(failure(Bytes(11, 0xff), readS64), tooLong);
}

TEST(ByteReader, RefusesUnusedBitsInTheLastByte) {
  const std::string tooLarge = "integer too large@0";
  EXPECT_EQ(failure({0x80, 0x80, 0x80, 0x80, 0x10}, readU32), tooLarge);
  EXPECT_EQ(failure({0xff, 0xff, 0xff, 0xff, 0x1f}, readU32), tooLarge);
  // The sign bit of an i32 is bit 3 of the fifth byte.
  EXPECT_EQ(failure({0x80, 0x80, 0x80, 0x80, 0x08}, readS32), tooLarge);
  EXPECT_EQ(failure({0x80, 0x80, 0x80, 0x80, 0x70}, readS32), tooLarge);
  EXPECT_EQ(failure({0xff, 0xff, 0xff, 0xff, 0x0f}, readS32), tooLarge);
  EXPECT_EQ(failure({0xff, 0xff, 0xff, 0xff, 0x4f}, readS32), tooLarge);
  EXPECT_EQ(readAll({0x80, 0x80, 0x80, 0x80, 0x78}, readS32), INT32_MIN);
  Bytes ten(9, 0x80);
  ten.push_back(0x02);
  EXPECT_EQ(failure(ten, readU64), tooLarge);
  ten.back() = 0x7e;
  EXPECT_EQ(failure(ten, readS64), tooLarge);
  ten.back() = 0x7f;
  EXPECT_EQ(readAll(ten, readS64), INT64_MIN);
}

TEST(ByteReader, ReportsTheEndWhereItIs) {
  EXPECT_EQ(failure({}, readU32), "unexpected end@0");
  EXPECT_EQ(failure({0x80}, readU32), "unexpected end@1");
  EXPECT_EQ(failure({0x80, 0x80}, readS64), "unexpected end@2");
  EXPECT_EQ(failure({1, 2, 3}, [](ByteReader &r) { r.readFixedU32(); }),
            "unexpected end@0");
}

TEST(ByteReader, KeepsTheFirstFailure) {
  const Bytes bytes = {0x80};
  ByteReader reader(bytes);
  reader.fail("first", 0);
  reader.fail("second", 1);
  EXPECT_EQ(reader.readU8(), 0);
  EXPECT_EQ(reader.readU32(), 0u);
  EXPECT_STREQ(reader.message(), "first");
  EXPECT_EQ(reader.errorOffset(), 0u);
}

TEST(ByteReader, CountsOffsetsFromTheWholeInput) {
  const Bytes bytes = {9, 9, 0x2a, 9};
  ByteReader reader(bytes, 2, 3);
  EXPECT_EQ(reader.offset(), 2u);
  EXPECT_EQ(reader.readU8(), 0x2a);
  EXPECT_TRUE(reader.atEnd());
  reader.readU8();
  EXPECT_EQ(reader.errorOffset(), 3u);
}

TEST(ByteReader, ReadsFixedWidthLittleEndian) {
  EXPECT_EQ(readAll({0x78, 0x56, 0x34, 0x12},
                    [](ByteReader &r) { return r.readFixedU32(); }),
            0x12345678u);
  EXPECT_EQ(readAll({1, 0, 0, 0, 0, 0, 0, 0x80},
                    [](ByteReader &r) { return r.readFixedU64(); }),
            0x8000000000000001u);
}

TEST(ByteReader, ReadsNames) {
  EXPECT_EQ(readAll({0}, readName), "");
  EXPECT_EQ(readAll({3, 'a', 0, 'b'}, readName), std::string_view("a\0b", 3));
  EXPECT_EQ(failure({3, 'a', 'b'}, readName), "length out of bounds@1");
  EXPECT_EQ(failure({2, 0xc3, 'b'}, readName), "malformed UTF-8 encoding@1");
}

struct Utf8Case {
  const char *text;
  bool valid;
};

TEST(Utf8, KnowsWellFormedSequences) {
  const Utf8Case cases[] = {
      {"", true},
      {"plain ascii, longer than eight bytes", true},
      {"\x7f", true},
      {"\xc2\x80", true},
      {"\xdf\xbf", true},
      {"\xe0\xa0\x80", true},
      {"\xed\x9f\xbf", true},
      {"\xee\x80\x80", true},
      {"\xef\xbf\xbf", true},
      {"\xf0\x90\x80\x80", true},
      {"\xf4\x8f\xbf\xbf", true},
      {"eight by\xf4\x8f\xbf\xbf", true},
      {"\x80", false},                 // continuation alone
      {"\xc0\x80", false},             // overlong
      {"\xc1\xbf", false},             // overlong
      {"\xe0\x9f\xbf", false},         // overlong
      {"\xf0\x8f\xbf\xbf", false},     // overlong
      {"\xed\xa0\x80", false},         // surrogate
      {"\xed\xbf\xbf", false},         // surrogate
      {"\xf4\x90\x80\x80", false},     // above U+10FFFF
      {"\xf8\x88\x80\x80\x80", false}, // five bytes
      {"\xfe", false},
      {"\xff", false},
      {"\xc2", false},         // cut off
      {"\xe1\x80", false},     // cut off
      {"\xf1\x80\x80", false}, // cut off
      {"\xc2z", false},
      {"sixteen bytes ok\xc2", false},
      {"seven b\x80", false},
  };
  for (const Utf8Case &test : cases)
    EXPECT_EQ(isValidUtf8(test.text), test.valid) << test.text;
}

} // namespace

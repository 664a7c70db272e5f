#include "support/byte_reader.h"

#include "llvm/Support/ConvertUTF.h"

namespace wrought {

template <unsigned Bits> uint64_t ByteReader::readUnsigned() {
  constexpr unsigned MaxBytes = (Bits + 6) / 7;
  constexpr unsigned LastBits = Bits - 7 * (MaxBytes - 1);
  uint64_t result = 0;
  const uint8_t *cursor = cursor_;
  for (unsigned i = 0; i < MaxBytes; ++i) {
    if (cursor == end_) {
      fail("unexpected end", endOffset());
      return 0;
    }
    const uint8_t byte = *cursor++;
    result |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte & 0x80)
      continue;
    if (i == MaxBytes - 1 && byte >> LastBits) {
      fail("integer too large");
      return 0;
    }
    cursor_ = cursor;
    return result;
  }
  fail("integer representation too long");
  return 0;
}

template <unsigned Bits> int64_t ByteReader::readSigned() {
  constexpr unsigned MaxBytes = (Bits + 6) / 7;
  constexpr unsigned LastBits = Bits - 7 * (MaxBytes - 1);
  uint64_t result = 0;
  const uint8_t *cursor = cursor_;
  for (unsigned i = 0; i < MaxBytes; ++i) {
    if (cursor == end_) {
      fail("unexpected end", endOffset());
      return 0;
    }
    const uint8_t byte = *cursor++;
    result |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte & 0x80)
      continue;
    // The unused bits of the longest form must all equal the sign bit.
    const int unused = static_cast<int8_t>(byte << 1) >> LastBits;
    if (i == MaxBytes - 1 && unused != 0 && unused != -1) {
      fail("integer too large");
      return 0;
    }
    if ((byte & 0x40) && 7 * (i + 1) < 64)
      result |= ~uint64_t{0} << (7 * (i + 1));
    cursor_ = cursor;
    return static_cast<int64_t>(result);
  }
  fail("integer representation too long");
  return 0;
}

template uint64_t ByteReader::readUnsigned<32>();
template uint64_t ByteReader::readUnsigned<64>();
template int64_t ByteReader::readSigned<32>();
template int64_t ByteReader::readSigned<33>();
template int64_t ByteReader::readSigned<64>();

std::string_view ByteReader::readName() {
  const uint32_t length = readU32();
  if (length > remaining()) {
    fail("length out of bounds");
    return {};
  }
  const size_t start = offset();
  auto bytes = readBytes(length);
  std::string_view name(reinterpret_cast<const char *>(bytes.data()),
                        bytes.size());
  if (!isValidUtf8(name)) {
    fail("malformed UTF-8 encoding", start);
    return {};
  }
  return name;
}

bool isValidUtf8(std::string_view text) {
  auto *cursor = reinterpret_cast<const llvm::UTF8 *>(text.data());
  const auto *end = cursor + text.size();
  // Nearly all names are ASCII: eight bytes at a time.
  for (uint64_t word; end - cursor >= 8; cursor += 8) {
    std::memcpy(&word, cursor, 8);
    if (word & 0x8080808080808080)
      break;
  }
  return llvm::isLegalUTF8String(&cursor, end);
}

} // namespace wrought

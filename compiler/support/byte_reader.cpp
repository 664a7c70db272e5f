#include "support/byte_reader.h"

#include "llvm/Support/ConvertUTF.h"

namespace wrought {

uint64_t ByteReader::readUnsigned(unsigned bits) {
  uint64_t result = 0;
  const size_t start = offset();
  for (unsigned shift = 0;; shift += 7) {
    if (cursor_ == end_) {
      fail("unexpected end");
      return 0;
    }
    const uint8_t byte = *cursor_++;
    if (shift + 7 > bits) {
      // The last byte of ceil(bits / 7): only the low bits may be used.
      if (byte & 0x80) {
        fail("integer representation too long", start);
        return 0;
      }
      if (byte >> (bits - shift)) {
        fail("integer too large", start);
        return 0;
      }
    }
    result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return result;
  }
}

int64_t ByteReader::readSigned(unsigned bits) {
  uint64_t result = 0;
  const size_t start = offset();
  for (unsigned shift = 0;; shift += 7) {
    if (cursor_ == end_) {
      fail("unexpected end");
      return 0;
    }
    const uint8_t byte = *cursor_++;
    if (shift + 7 > bits) {
      if (byte & 0x80) {
        fail("integer representation too long", start);
        return 0;
      }
      // The unused bits must all equal the sign bit.
      const unsigned used = bits - shift;
      const int8_t extended = static_cast<int8_t>(byte << 1) >> used;
      if (extended != 0 && extended != -1) {
        fail("integer too large", start);
        return 0;
      }
    }
    result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (!(byte & 0x80)) {
      if ((byte & 0x40) && shift + 7 < 64)
        result |= ~uint64_t{0} << (shift + 7);
      return static_cast<int64_t>(result);
    }
  }
}

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
  auto *begin = reinterpret_cast<const llvm::UTF8 *>(text.data());
  return llvm::isLegalUTF8String(&begin, begin + text.size());
}

} // namespace wrought

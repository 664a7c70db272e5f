//===- byte_reader.h - Bounded reading of the binary format ---------------===//
//
// A cursor over bytes that never reads past its end. A failed read records the
// offset and a message (in the spec suite's words) and leaves the reader in the
// failed state, where each further read returns zero: callers check ok() once
// a construct, not after each byte.
//
// Source: WebAssembly Specification 3.0, "Binary Format / Values".
//
//===----------------------------------------------------------------------===//
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace wrought {

class ByteReader {
public:
  ByteReader() = default;
  /// Reads module bytes [begin, end); offsets in errors count from bytes[0].
  ByteReader(std::span<const uint8_t> bytes, size_t begin, size_t end)
      : base_(bytes.data()), cursor_(base_ + begin), end_(base_ + end) {}
  explicit ByteReader(std::span<const uint8_t> bytes)
      : ByteReader(bytes, 0, bytes.size()) {}

  size_t offset() const { return static_cast<size_t>(cursor_ - base_); }
  size_t endOffset() const { return static_cast<size_t>(end_ - base_); }
  size_t remaining() const { return static_cast<size_t>(end_ - cursor_); }
  bool atEnd() const { return cursor_ == end_; }

  bool ok() const { return message_ == nullptr; }
  /// Null while ok(); otherwise a string literal.
  const char *message() const { return message_; }
  size_t errorOffset() const { return errorOffset_; }
  /// Records the first failure; later ones are consequences.
  void fail(const char *message, size_t offset) {
    if (!message_) {
      message_ = message;
      errorOffset_ = offset;
    }
    cursor_ = end_;
  }
  void fail(const char *message) { fail(message, offset()); }

  uint8_t readU8() {
    if (cursor_ == end_) [[unlikely]] {
      fail("unexpected end");
      return 0;
    }
    return *cursor_++;
  }
  uint8_t peekU8() const { return cursor_ == end_ ? 0 : *cursor_; }

  uint32_t readU32() {
    if (cursor_ != end_ && *cursor_ < 0x80) [[likely]]
      return *cursor_++;
    return static_cast<uint32_t>(readUnsigned<32>());
  }
  uint64_t readU64() {
    if (cursor_ != end_ && *cursor_ < 0x80) [[likely]]
      return *cursor_++;
    return readUnsigned<64>();
  }
  int32_t readS32() {
    if (cursor_ != end_ && *cursor_ < 0x80) [[likely]]
      return signedByte(*cursor_++);
    return static_cast<int32_t>(readSigned<32>());
  }
  int64_t readS33() { return readSigned<33>(); }
  int64_t readS64() {
    if (cursor_ != end_ && *cursor_ < 0x80) [[likely]]
      return signedByte(*cursor_++);
    return readSigned<64>();
  }
  uint32_t readFixedU32() { return readFixed<uint32_t>(); }
  uint64_t readFixedU64() { return readFixed<uint64_t>(); }

  std::span<const uint8_t> readBytes(size_t count) {
    if (count > remaining()) {
      fail("unexpected end");
      return {};
    }
    std::span<const uint8_t> result(cursor_, count);
    cursor_ += count;
    return result;
  }
  void skip(size_t count) { readBytes(count); }

  /// A length-prefixed name, checked to be UTF-8 ("malformed UTF-8 encoding").
  std::string_view readName();

private:
  template <typename T> T readFixed() {
    auto bytes = readBytes(sizeof(T));
    T value = 0;
    if (!bytes.empty())
      std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  /// The value of a LEB128 integer's only byte.
  static int8_t signedByte(uint8_t byte) {
    return static_cast<int8_t>(byte << 1) >> 1;
  }
  /// LEB128 of any length that `Bits` bits allow.
  template <unsigned Bits> uint64_t readUnsigned();
  template <unsigned Bits> int64_t readSigned();

  const uint8_t *base_ = nullptr;
  const uint8_t *cursor_ = nullptr;
  const uint8_t *end_ = nullptr;
  const char *message_ = nullptr;
  size_t errorOffset_ = 0;
};

/// True when `text` is well-formed UTF-8 (no surrogates, no overlong forms).
bool isValidUtf8(std::string_view text);

} // namespace wrought

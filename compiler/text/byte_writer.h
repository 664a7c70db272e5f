//===- byte_writer.h - Building binary modules ----------------------------===//
//
// Bytes with the source positions of some of them. Positions are relative to
// the buffer until it is appended to another.
//
// Source: WebAssembly Specification 3.0, "Binary Format / Values".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "text/wat_parser.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace wrought::text {

class ByteWriter {
public:
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  llvm::ArrayRef<uint8_t> bytes() const { return bytes_; }
  std::vector<uint8_t> &buffer() { return bytes_; }
  std::vector<SourcePosition> &positions() { return positions_; }

  void u8(uint8_t byte) { bytes_.push_back(byte); }
  void unsignedLeb(uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      u8(static_cast<uint8_t>(value | 0x80));
    u8(static_cast<uint8_t>(value));
  }
  void signedLeb(int64_t value) {
    for (; value < -0x40 || value >= 0x40; value >>= 7)
      u8(static_cast<uint8_t>(value | 0x80));
    u8(static_cast<uint8_t>(value & 0x7f));
  }
  /// The low `count` bytes of `value`, little-endian.
  void fixed(uint64_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i)
      u8(static_cast<uint8_t>(value >> 8 * i));
  }
  void raw(llvm::ArrayRef<uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void name(llvm::StringRef text) {
    unsignedLeb(text.size());
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }
  /// Appends the bytes of `other` and its positions, shifted.
  void append(const ByteWriter &other) {
    for (SourcePosition position : other.positions_) {
      position.byteOffset += size();
      positions_.push_back(position);
    }
    raw(other.bytes_);
  }
  void mark(uint32_t line, uint32_t column) {
    positions_.push_back({size(), line, column});
  }
  /// Drops everything from `size` on. Not for buffers with positions there.
  void truncate(size_t size) { bytes_.resize(size); }
  void clear() {
    bytes_.clear();
    positions_.clear();
  }
  BinaryModule take() { return {std::move(bytes_), std::move(positions_)}; }

private:
  std::vector<uint8_t> bytes_;
  std::vector<SourcePosition> positions_;
};

} // namespace wrought::text

//===- message.cpp - Lines for standard error -----------------------------===//
#include "core/message.h"

#include "os/linux/system.h"

namespace wrought {

namespace {

constexpr size_t maxUntrustedLength = 256;

/// Decodes the UTF-8 sequence at the head of [bytes, bytes + length). Returns
/// its length, or 0 when it is malformed.
size_t decodeUtf8(const char *bytes, size_t length, uint32_t &value) {
  auto lead = static_cast<uint8_t>(bytes[0]);
  size_t count = lead < 0x80   ? 1
                 : lead < 0xc2 ? 0
                 : lead < 0xe0 ? 2
                 : lead < 0xf0 ? 3
                 : lead < 0xf5 ? 4
                               : 0;
  if (count == 0 || count > length)
    return 0;
  value = count == 1 ? lead : lead & (0x7fu >> count);
  for (size_t index = 1; index < count; ++index) {
    auto byte = static_cast<uint8_t>(bytes[index]);
    if ((byte & 0xc0) != 0x80)
      return 0;
    value = value << 6 | (byte & 0x3f);
  }
  bool isOverlong = (count == 3 && value < 0x800) ||
                    (count == 4 && (value < 0x10000 || value > 0x10ffff));
  bool isSurrogate = value >= 0xd800 && value < 0xe000;
  return isOverlong || isSurrogate ? 0 : count;
}

/// Control characters, and those that reorder or hide text.
bool isUnprintable(uint32_t value) {
  return value < 0x20 || (value >= 0x7f && value < 0xa0) || value == 0xad ||
         value == 0x61c || (value >= 0x200b && value <= 0x200f) ||
         (value >= 0x2028 && value <= 0x202e) ||
         (value >= 0x2060 && value <= 0x206f) || value == 0xfeff ||
         (value >= 0xfff9 && value <= 0xfffb) || value >= 0xe0000;
}

} // namespace

size_t boundedLength(const char *string, size_t limit) {
  size_t length = 0;
  while (length < limit && string[length] != '\0')
    ++length;
  return length;
}

void Message::put(char byte) {
  if (length_ == sizeof buffer_)
    flush();
  buffer_[length_++] = byte;
}

Message &Message::text(const char *string) {
  for (; *string != '\0'; ++string)
    put(*string);
  return *this;
}

Message &Message::decimal(uint64_t value) {
  char digits[20];
  size_t count = 0;
  do
    digits[count++] = static_cast<char>('0' + value % 10);
  while ((value /= 10) != 0);
  while (count != 0)
    put(digits[--count]);
  return *this;
}

Message &Message::hex(uint64_t value) {
  int shift = 60;
  while (shift != 0 && value >> shift == 0)
    shift -= 4;
  for (; shift >= 0; shift -= 4)
    put("0123456789abcdef"[value >> shift & 15]);
  return *this;
}

Message &Message::byteLength(uint64_t value) {
  static const char units[][8] = {" bytes", " KiB", " MiB", " GiB"};
  unsigned unit = 0;
  for (; unit < 3 && value != 0 && value % 1024 == 0; ++unit)
    value /= 1024;
  return decimal(value).text(units[unit]);
}

void Message::escape(uint32_t value) { text("\\u{").hex(value).put('}'); }

Message &Message::untrusted(const char *bytes, size_t length) {
  size_t limit = length < maxUntrustedLength ? length : maxUntrustedLength;
  for (size_t index = 0; index < limit;) {
    uint32_t value = 0;
    size_t count = decodeUtf8(bytes + index, length - index, value);
    if (count == 0)
      escape(static_cast<uint8_t>(bytes[index]));
    else if (isUnprintable(value))
      escape(value);
    else
      for (size_t offset = 0; offset < count; ++offset)
        put(bytes[index + offset]);
    index += count == 0 ? 1 : count;
  }
  return limit < length ? text("…") : *this;
}

void Message::flush() {
  size_t done = 0;
  while (done < length_) {
    long result = sys::write(2, buffer_ + done, length_ - done);
    if (result == -sys::eIntr)
      continue;
    // Nobody reads: there is no better place to complain to.
    if (result <= 0)
      break;
    done += static_cast<size_t>(result);
  }
  length_ = 0;
}

void exitWith(Message &message) {
  message.flush();
  sys::exit_group(1);
}

} // namespace wrought

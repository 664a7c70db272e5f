//===- address.cpp - Addresses to listen on -------------------------------===//
#include "wasi/address.h"

#include "wasi/text.h"

#include <stddef.h>

namespace wrought::wasi {

namespace {

constexpr uint8_t familyInet = 2, familyInet6 = 10;
// Offsets in sockaddr_in and sockaddr_in6.
constexpr uint32_t portAt = 2, address4At = 4, address6At = 8, byteLength4 = 16,
                   byteLength6 = 28;

/// Reads digits up to `limit` and steps over them; -1 when there are none.
int takeNumber(const char *&text, int base, int limit) {
  const char *begin = text;
  int value = 0;
  for (;; ++text) {
    char byte = *text;
    int digit = byte >= '0' && byte <= '9'   ? byte - '0'
                : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
                : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                             : 16;
    if (digit >= base)
      return text == begin ? -1 : value;
    value = value * base + digit;
    if (value > limit)
      return -1;
  }
}

/// Four numbers with dots between them.
bool takeAddress4(const char *&text, uint8_t *out) {
  for (int index = 0; index != 4; ++index) {
    if (index != 0 && *text++ != '.')
      return false;
    int value = takeNumber(text, 10, 255);
    if (value < 0)
      return false;
    out[index] = static_cast<uint8_t>(value);
  }
  return true;
}

/// RFC 4291, 2.2, forms 1 and 2.
bool takeAddress6(const char *&text, uint8_t *out) {
  constexpr int groupCount = 8;
  int count = 0, gapAt = -1;
  uint8_t groups[groupCount * 2] = {};
  if (text[0] == ':' && text[1] == ':') {
    gapAt = 0;
    text += 2;
  }
  while (*text != ']') {
    int value = takeNumber(text, 16, 0xffff);
    if (value < 0 || count == groupCount)
      return false;
    groups[count * 2] = static_cast<uint8_t>(value >> 8);
    groups[count * 2 + 1] = static_cast<uint8_t>(value);
    ++count;
    if (*text == ']')
      break;
    if (*text++ != ':')
      return false;
    if (*text == ':') {
      if (gapAt >= 0)
        return false;
      gapAt = count;
      ++text;
    } else if (*text == ']') {
      return false;
    }
  }
  bool isWhole = gapAt < 0 ? count == groupCount : count < groupCount;
  if (!isWhole)
    return false;
  for (int index = 0; index != count * 2; ++index) {
    bool isBehindGap = gapAt >= 0 && index >= gapAt * 2;
    int place = isBehindGap ? index + (groupCount - count) * 2 : index;
    out[place] = groups[index];
  }
  return true;
}

} // namespace

bool parseAddress(const char *text, Address &address) {
  address = {};
  uint8_t *out = address.bytes;
  bool is6 = *text == '[';
  // The family is a 16-bit number of the machine's byte order.
  out[0] = is6 ? familyInet6 : familyInet;
  address.byteLength = is6 ? byteLength6 : byteLength4;
  if (is6) {
    ++text;
    if (!takeAddress6(text, out + address6At) || *text++ != ']')
      return false;
  } else if (startsWith(text, "localhost:")) {
    text += lengthOf("localhost");
    out[address4At] = 127;
    out[address4At + 3] = 1;
  } else if (*text == '*') {
    ++text;
  } else if (!takeAddress4(text, out + address4At)) {
    return false;
  }
  if (*text++ != ':')
    return false;
  int port = decimal(text, 0xffff);
  if (port < 0)
    return false;
  out[portAt] = static_cast<uint8_t>(port >> 8);
  out[portAt + 1] = static_cast<uint8_t>(port);
  return true;
}

} // namespace wrought::wasi

//===- text.h - Strings without a libc ------------------------------------===//
#pragma once

#include <stddef.h>

namespace wrought::wasi {

constexpr size_t lengthOf(const char *text) {
  size_t length = 0;
  while (text[length] != '\0')
    ++length;
  return length;
}

constexpr bool startsWith(const char *text, const char *prefix) {
  for (; *prefix != '\0'; ++text, ++prefix)
    if (*text != *prefix)
      return false;
  return true;
}

constexpr bool isEqual(const char *left, const char *right) {
  return startsWith(left, right) && left[lengthOf(right)] == '\0';
}

/// The value of decimal digits, at most `limit`; -1 for anything else.
constexpr int decimal(const char *digits, int limit) {
  int value = 0;
  const char *digit = digits;
  for (; *digit >= '0' && *digit <= '9'; ++digit) {
    value = value * 10 + (*digit - '0');
    if (value > limit)
      return -1;
  }
  return digit == digits || *digit != '\0' ? -1 : value;
}

/// The length of the name in "NAME=VALUE" or "NAME".
constexpr size_t nameLength(const char *entry) {
  size_t length = 0;
  while (entry[length] != '\0' && entry[length] != '=')
    ++length;
  return length;
}

constexpr bool hasSameName(const char *left, const char *right) {
  size_t length = nameLength(left);
  if (length != nameLength(right))
    return false;
  for (size_t index = 0; index != length; ++index)
    if (left[index] != right[index])
      return false;
  return true;
}

} // namespace wrought::wasi

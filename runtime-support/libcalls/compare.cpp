//===- compare.cpp - Comparison of memory ---------------------------------===//
#include "libcalls/compare_calls.h"

#define INLINE __attribute__((always_inline)) inline

namespace {

/// At any address.
template <class T> INLINE T read(const void *from) {
  T value;
  __builtin_memcpy_inline(&value, from, sizeof(T));
  return value;
}

/// Order of the first bytes that differ in two little-endian words.
INLINE int compareWords(uint64_t left, uint64_t right) {
  return __builtin_bswap64(left) < __builtin_bswap64(right) ? -1 : 1;
}

INLINE bool areEqual(const uint8_t *left, const uint8_t *right) {
  using Words __attribute__((vector_size(16))) = uint64_t;
  Words first = read<Words>(left) ^ read<Words>(right);
  Words second = read<Words>(left + 16) ^ read<Words>(right + 16);
  Words all = first | second;
  return (all[0] | all[1]) == 0;
}

int compare(const void *left, const void *right, size_t count) {
  auto *a = static_cast<const uint8_t *>(left);
  auto *b = static_cast<const uint8_t *>(right);
  for (; count >= 32 && areEqual(a, b); a += 32, b += 32)
    count -= 32;
  for (; count >= 8; count -= 8, a += 8, b += 8)
    if (read<uint64_t>(a) != read<uint64_t>(b))
      return compareWords(read<uint64_t>(a), read<uint64_t>(b));
  for (; count != 0; --count, ++a, ++b)
    if (*a != *b)
      return *a < *b ? -1 : 1;
  return 0;
}

} // namespace

//===- compare.cpp - Comparison of memory: riscv64 ------------------------===//
//
// By words where both sides are aligned alike, for CPUs on which an access must
// be aligned (memory.cpp).
//
//===----------------------------------------------------------------------===//
#include "libcalls/compare_calls.h"

#define INLINE __attribute__((always_inline)) inline

namespace {

constexpr size_t wordLength = 8;

INLINE size_t misalignment(const void *address) {
  return reinterpret_cast<uintptr_t>(address) % wordLength;
}

INLINE const uint64_t *words(const char *address) {
  return reinterpret_cast<const uint64_t *>(address);
}

int compare(const void *left, const void *right, size_t count) {
  auto *a = static_cast<const char *>(left);
  auto *b = static_cast<const char *>(right);
  if (misalignment(a) == misalignment(b)) {
    for (; count != 0 && misalignment(a) != 0 && *a == *b; --count, ++a, ++b)
      ;
    if (misalignment(a) == 0)
      for (; count >= 8 && *words(a) == *words(b); count -= 8, a += 8, b += 8)
        ;
  }
  for (; count != 0; --count, ++a, ++b)
    if (*a != *b)
      return static_cast<uint8_t>(*a) < static_cast<uint8_t>(*b) ? -1 : 1;
  return 0;
}

} // namespace

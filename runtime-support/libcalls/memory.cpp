//===- memory.cpp - memcpy, memmove, memset -------------------------------===//
//
// Small sizes by two overlapping accesses of a power of two; larger ones by
// 64 bytes at a time in vectors, with the last 64 bytes taken from the end.
//
// LLVM turns loops of compiled code into these calls, so that a fault of the
// module may happen here: the functions stand in a section of their own, by
// which the signal handler knows them (core/trap.cpp).
//
//===----------------------------------------------------------------------===//
#include "libcalls/libcalls.h"

#define MEMORY_CALL __attribute__((section("wrought_memory_calls")))
#define INLINE __attribute__((always_inline)) inline
#define SYMBOL_OF(name) #name
#define SYMBOL(name) SYMBOL_OF(name)

namespace {

using Vector __attribute__((vector_size(16))) = uint8_t;

// At any address.
template <class T> INLINE T load(const void *from) {
  T value;
  __builtin_memcpy_inline(&value, from, sizeof(T));
  return value;
}
template <class T> INLINE void store(void *to, T value) {
  __builtin_memcpy_inline(to, &value, sizeof(T));
}

/// Copies count bytes, sizeof(T) <= count <= 2 * sizeof(T); may overlap.
template <class T>
INLINE void copyEnds(char *to, const char *from, size_t count) {
  T head = load<T>(from);
  T tail = load<T>(from + count - sizeof(T));
  store<T>(to, head);
  store<T>(to + count - sizeof(T), tail);
}

struct Block {
  Vector parts[4];
};

INLINE Block loadBlock(const char *from) {
  return {{load<Vector>(from), load<Vector>(from + 16), load<Vector>(from + 32),
           load<Vector>(from + 48)}};
}

INLINE void storeBlock(char *to, const Block &block) {
  store<Vector>(to, block.parts[0]);
  store<Vector>(to + 16, block.parts[1]);
  store<Vector>(to + 32, block.parts[2]);
  store<Vector>(to + 48, block.parts[3]);
}

/// At most 64 bytes; may overlap.
INLINE void copySmall(char *to, const char *from, size_t count) {
  if (count > 32) {
    Vector a = load<Vector>(from), b = load<Vector>(from + 16);
    Vector c = load<Vector>(from + count - 32);
    Vector d = load<Vector>(from + count - 16);
    store<Vector>(to, a);
    store<Vector>(to + 16, b);
    store<Vector>(to + count - 32, c);
    store<Vector>(to + count - 16, d);
  } else if (count >= 16) {
    copyEnds<Vector>(to, from, count);
  } else if (count >= 8) {
    copyEnds<uint64_t>(to, from, count);
  } else if (count >= 4) {
    copyEnds<uint32_t>(to, from, count);
  } else if (count >= 2) {
    copyEnds<uint16_t>(to, from, count);
  } else if (count == 1) {
    *to = *from;
  }
}

/// More than 64 bytes; where they overlap, `to` is the lower address.
INLINE void copyAscending(char *to, const char *from, size_t count) {
  Vector first = load<Vector>(from);
  Block last = loadBlock(from + count - 64);
  char *end = to + count - 64;
  // Stores in the loop are aligned.
  size_t skip = 16 - (reinterpret_cast<uintptr_t>(to) & 15);
  char *next = to + skip;
  for (from += skip; next < end; next += 64, from += 64)
    storeBlock(next, loadBlock(from));
  store<Vector>(to, first);
  storeBlock(end, last);
}

/// More than 64 bytes, `to` at a higher address.
INLINE void copyDescending(char *to, const char *from, size_t count) {
  Block first = loadBlock(from);
  while (count > 64) {
    count -= 64;
    storeBlock(to + count, loadBlock(from + count));
  }
  storeBlock(to, first);
}

} // namespace

extern "C" {

MEMORY_CALL void *WROUGHT_LIBCALL(memmove)(void *to, const void *from,
                                           size_t count) {
  auto *target = static_cast<char *>(to);
  auto *source = static_cast<const char *>(from);
  uintptr_t distance =
      reinterpret_cast<uintptr_t>(to) - reinterpret_cast<uintptr_t>(from);
  if (count <= 64)
    copySmall(target, source, count);
  else if (distance >= count)
    copyAscending(target, source, count);
  else
    copyDescending(target, source, count);
  return to;
}

// One of the two is enough: they differ by one comparison.
void *WROUGHT_LIBCALL(memcpy)(void *__restrict to, const void *__restrict from,
                              size_t count)
    __attribute__((alias(SYMBOL(WROUGHT_LIBCALL(memmove)))));

MEMORY_CALL void *WROUGHT_LIBCALL(memset)(void *to, int byte, size_t count) {
  auto *target = static_cast<char *>(to);
  uint64_t word = 0x0101010101010101u * static_cast<uint8_t>(byte);
  if (count >= 16) {
    auto value = static_cast<uint8_t>(byte);
    Vector vector = {value, value, value, value, value, value, value, value,
                     value, value, value, value, value, value, value, value};
    char *end = target + count - 16;
    store<Vector>(target, vector);
    char *next = target + 16 - (reinterpret_cast<uintptr_t>(target) & 15);
    for (; end - next > 48; next += 64)
      storeBlock(next, {{vector, vector, vector, vector}});
    for (; next < end; next += 16)
      store<Vector>(next, vector);
    store<Vector>(end, vector);
  } else if (count >= 8) {
    store<uint64_t>(target, word);
    store<uint64_t>(target + count - 8, word);
  } else if (count >= 4) {
    store<uint32_t>(target, static_cast<uint32_t>(word));
    store<uint32_t>(target + count - 4, static_cast<uint32_t>(word));
  } else {
    for (size_t index = 0; index < count; ++index)
      target[index] = static_cast<char>(byte);
  }
  return to;
}
}

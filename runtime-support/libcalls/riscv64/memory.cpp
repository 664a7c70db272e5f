//===- memory.cpp - memcpy, memmove, memset: riscv64 ----------------------===//
//
// For CPUs on which an access must be aligned: the baseline's compiler would
// make each unaligned word of bytes. The target is aligned by single bytes; a
// source that lies otherwise is read in aligned words, of which two at a time
// are shifted together. No word is read that holds none of the bytes asked for,
// so that nothing faults that would not fault by bytes.
//
// As in libcalls/memory.cpp, a fault of the module may happen here.
//
//===----------------------------------------------------------------------===//
#include "libcalls/libcalls.h"

#define MEMORY_CALL __attribute__((section("wrought_memory_calls")))
#define INLINE __attribute__((always_inline)) inline

namespace {

constexpr size_t wordLength = 8;
// Below this the loops by word do not pay.
constexpr size_t smallLength = 24;

INLINE size_t misalignment(const void *address) {
  return reinterpret_cast<uintptr_t>(address) % wordLength;
}

INLINE uint64_t *words(char *address) {
  return reinterpret_cast<uint64_t *>(address);
}
INLINE const uint64_t *words(const char *address) {
  return reinterpret_cast<const uint64_t *>(address);
}

/// All of them are read before any is written.
INLINE void copyEightWords(uint64_t *to, const uint64_t *from) {
  uint64_t a = from[0], b = from[1], c = from[2], d = from[3], e = from[4],
           f = from[5], g = from[6], h = from[7];
  to[0] = a;
  to[1] = b;
  to[2] = c;
  to[3] = d;
  to[4] = e;
  to[5] = f;
  to[6] = g;
  to[7] = h;
}

/// Where they overlap, `to` is the lower address.
INLINE void copyAscending(char *to, const char *from, size_t count) {
  if (count >= smallLength) {
    for (; misalignment(to) != 0; --count)
      *to++ = *from++;
    const size_t skew = misalignment(from);
    if (skew == 0) {
      for (; count >= 64; count -= 64, to += 64, from += 64)
        copyEightWords(words(to), words(from));
      for (; count >= 8; count -= 8, to += 8, from += 8)
        *words(to) = *words(from);
    } else {
      const uint64_t *next = words(from - skew);
      uint64_t low = *next++;
      for (; count >= 8; count -= 8, to += 8, from += 8) {
        uint64_t high = *next++;
        *words(to) = low >> 8 * skew | high << (64 - 8 * skew);
        low = high;
      }
    }
  }
  for (; count != 0; --count)
    *to++ = *from++;
}

/// `to` is the higher address.
INLINE void copyDescending(char *to, const char *from, size_t count) {
  to += count;
  from += count;
  if (count >= smallLength) {
    for (; misalignment(to) != 0; --count)
      *--to = *--from;
    const size_t skew = misalignment(from);
    if (skew == 0) {
      for (; count >= 64; count -= 64)
        copyEightWords(words(to -= 64), words(from -= 64));
      for (; count >= 8; count -= 8)
        *words(to -= 8) = *words(from -= 8);
    } else {
      const uint64_t *next = words(from - skew);
      uint64_t high = *next;
      for (; count >= 8; count -= 8, from -= 8) {
        uint64_t low = *--next;
        *words(to -= 8) = low >> 8 * skew | high << (64 - 8 * skew);
        high = low;
      }
    }
  }
  for (; count != 0; --count)
    *--to = *--from;
}

} // namespace

extern "C" {

MEMORY_CALL void *WROUGHT_LIBCALL(memcpy)(void *__restrict to,
                                          const void *__restrict from,
                                          size_t count) {
  copyAscending(static_cast<char *>(to), static_cast<const char *>(from),
                count);
  return to;
}

MEMORY_CALL void *WROUGHT_LIBCALL(memmove)(void *to, const void *from,
                                           size_t count) {
  auto *target = static_cast<char *>(to);
  auto *source = static_cast<const char *>(from);
  uintptr_t distance =
      reinterpret_cast<uintptr_t>(to) - reinterpret_cast<uintptr_t>(from);
  if (distance >= count)
    copyAscending(target, source, count);
  else
    copyDescending(target, source, count);
  return to;
}

MEMORY_CALL void *WROUGHT_LIBCALL(memset)(void *to, int byte, size_t count) {
  auto *target = static_cast<char *>(to);
  if (count >= smallLength) {
    const uint64_t word = 0x0101010101010101u * static_cast<uint8_t>(byte);
    for (; misalignment(target) != 0; --count)
      *target++ = static_cast<char>(byte);
    for (; count >= 64; count -= 64, target += 64) {
      uint64_t *block = words(target);
      block[0] = block[1] = block[2] = block[3] = word;
      block[4] = block[5] = block[6] = block[7] = word;
    }
    for (; count >= 8; count -= 8, target += 8)
      *words(target) = word;
  }
  for (; count != 0; --count)
    *target++ = static_cast<char>(byte);
  return to;
}
}

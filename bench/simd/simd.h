/* simd.h - what the programs share. Each works on data of its own making,
 * compares one round with scalar code, repeats, and prints a checksum. */
#ifndef SIMD_H
#define SIMD_H

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#else
#include "native_simd128.h"
#endif
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t randomState = 2463534242u;
static inline uint32_t randomWord(void) {
  randomState ^= randomState << 13;
  randomState ^= randomState >> 17;
  randomState ^= randomState << 5;
  return randomState;
}

static inline uint32_t checksum(const void *bytes, size_t length) {
  const uint8_t *byte = (const uint8_t *)bytes;
  uint32_t sum = 2166136261u;
  for (size_t i = 0; i < length; ++i)
    sum = (sum ^ byte[i]) * 16777619u;
  return sum;
}

static inline void expect(int holds, const char *what) {
  if (!holds) {
    fprintf(stderr, "wrong: %s\n", what);
    exit(1);
  }
}

static inline int roundCount(int argc, char **argv, int usual) {
  return argc > 1 ? atoi(argv[1]) : usual;
}

/* Not before the memory is as the code says. */
static inline void barrier(const void *memory) {
  __asm__ volatile("" : : "r"(memory) : "memory");
}

#endif

/* program.h - what the suites' own programs share: sizes, data of their own
   making, a checksum of every bit, and main. A program defines prepare(),
   compute() and finish(); only compute() is the region of interest. */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include "phases.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PICK_0(mini, small, medium, large, extra) mini
#define PICK_1(mini, small, medium, large, extra) small
#define PICK_2(mini, small, medium, large, extra) medium
#define PICK_3(mini, small, medium, large, extra) large
#define PICK_4(mini, small, medium, large, extra) extra
#define PICK(size) PICK_##size
#define PICKED(size) PICK(size)
#define SIZE PICKED(BENCH_SIZE)

static uint64_t checksum = 0x9e3779b97f4a7c15u;

static inline void addBits(uint64_t bits) {
  checksum = (checksum ^ bits) * 0xff51afd7ed558ccdu;
  checksum ^= checksum >> 32;
}

/* The bits of NaNs are not determined, so all count as one. */
static inline void addReals(const double *values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    uint64_t bits = 0x7ff8000000000000u;
    if (values[i] == values[i])
      memcpy(&bits, &values[i], sizeof bits);
    addBits(bits);
  }
}

static inline void addIntegers(const int32_t *values, size_t count) {
  for (size_t i = 0; i < count; ++i)
    addBits((uint64_t)(int64_t)values[i]);
}

static inline void addBytes(const void *bytes, size_t count) {
  const uint8_t *byte = (const uint8_t *)bytes;
  for (size_t i = 0; i < count; ++i)
    addBits(byte[i]);
}

static inline uint32_t randomWord(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

/* Numbers in [0, 1), exact in double, so that every machine makes the same. */
static inline void fillReals(double *values, size_t count, uint32_t seed) {
  for (size_t i = 0; i < count; ++i)
    values[i] = (double)(randomWord(&seed) >> 8) / 16777216.0;
}

static inline void *allocate(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (memory == NULL) {
    fprintf(stderr, "no memory for %zu times %zu bytes\n", count, size);
    exit(1);
  }
  return memory;
}

/* A matrix of rows of the given type, filled with numbers. */
static inline void *matrix(size_t rows, size_t columns, uint32_t seed) {
  double *values = allocate(rows * columns, sizeof(double));
  fillReals(values, rows * columns, seed);
  return values;
}

static void prepare(void);
static void compute(void) __attribute__((noinline));
static void finish(void);

int main(void) {
  prepare();
  benchRegionBegin();
  compute();
  benchRegionEnd();
  finish();
  printf("checksum %016llx\n", (unsigned long long)checksum);
  return 0;
}

#endif

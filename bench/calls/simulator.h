/* The simulator's own part: requests whose popularity falls as their rank
 * (Zipf), sizes with a long tail, and what a policy made of them. */
#include "policy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *const policyNames[POLICIES] = {"FIFO", "LRU", "LFU",
                                                  "GD-Size"};

static double cumulative[OBJECTS];
static int32_t sizes[OBJECTS];
static int64_t capacity;
static uint64_t seed;

static double randomFraction(void) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (double)(seed >> 11) / 9007199254740992.0;
}

static void makeObjects(void) {
  double sum = 0;
  int64_t all = 0;
  seed = 1;
  for (int32_t i = 0; i < OBJECTS; ++i) {
    sum += pow(i + 1, -0.8);
    cumulative[i] = sum;
    sizes[i] = (int32_t)fmin(4000 * pow(1 - randomFraction(), -1 / 1.3), 1e7);
    all += sizes[i];
  }
  for (int32_t i = 0; i < OBJECTS; ++i)
    cumulative[i] /= sum;
  capacity = all / 10;
}

static int32_t nextObject(void) {
  const double at = randomFraction();
  int32_t low = 0, high = OBJECTS - 1;
  while (low < high) {
    const int32_t middle = (low + high) / 2;
    if (cumulative[middle] < at)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static int32_t drawn[REQUESTS];

static void drawAll(void) {
  seed = 2;
  for (int32_t i = 0; i < REQUESTS; ++i)
    drawn[i] = nextObject();
}

/* The same requests for those who cannot include this file: pairs of object and
 * size, after the cache's size. */
static int writeRequests(const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file)
    return 1;
  int failed = fwrite(&capacity, sizeof capacity, 1, file) != 1;
  for (int32_t i = 0; i < REQUESTS && !failed; ++i) {
    const int32_t pair[] = {drawn[i], sizes[drawn[i]]};
    failed = fwrite(pair, sizeof pair, 1, file) != 1;
  }
  return fclose(file) != 0 || failed;
}

struct outcome {
  int64_t hits, bytes;
  double seconds; /* of the fastest run */
};

static double cpuSeconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Runs over all requests, which `draw` gives as i_ counts; `call`, over object
 * and size, tells whether they hit. */
#define SIMULATE(outcome, draw, begin, call)                                   \
  do {                                                                         \
    const double start_ = cpuSeconds();                                        \
    int64_t hits_ = 0, bytes_ = 0;                                             \
    seed = 2;                                                                  \
    begin;                                                                     \
    for (int32_t i_ = 0; i_ < REQUESTS; ++i_) {                                \
      const int32_t object = draw, size = sizes[object];                       \
      if (call) {                                                              \
        ++hits_;                                                               \
        bytes_ += size;                                                        \
      }                                                                        \
    }                                                                          \
    const double spent_ = cpuSeconds() - start_;                               \
    if ((outcome).seconds == 0 || spent_ < (outcome).seconds)                  \
      (outcome).seconds = spent_;                                              \
    (outcome).hits = hits_, (outcome).bytes = bytes_;                          \
  } while (0)

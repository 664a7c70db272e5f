/* Time stamps of a program's phases, linked into each program: before main, at
   the region of interest's ends (where the program says so), and after main.
   Each has the real time, so that it can be laid beside what the launcher saw,
   and the processor time, which is 0 where the host has no such clock. They are
   written to standard error at the end, as

     bench-phase NAME REAL-NS CPU-NS */
#include "phases.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifdef __wasi__
#include <wasi/api.h>

static uint64_t readClock(__wasi_clockid_t clock) {
  __wasi_timestamp_t time = 0;
  return __wasi_clock_time_get(clock, 1, &time) == 0 ? time : 0;
}
#define REAL __WASI_CLOCKID_REALTIME
#define PROCESSOR __WASI_CLOCKID_PROCESS_CPUTIME_ID
#else
#include <time.h>

static uint64_t readClock(clockid_t clock) {
  struct timespec time = {0, 0};
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}
#define REAL CLOCK_REALTIME
#define PROCESSOR CLOCK_PROCESS_CPUTIME_ID
#endif

enum { Before, Begin, End, After, StampCount };
static const char *const names[StampCount] = {"before-main", "region-begin",
                                              "region-end", "after-main"};
static struct {
  uint64_t real, processor;
} stamps[StampCount];

static void stamp(int which) {
  stamps[which].real = readClock(REAL);
  stamps[which].processor = readClock(PROCESSOR);
}

void benchRegionBegin(void) { stamp(Begin); }
void benchRegionEnd(void) { stamp(End); }

/* Without stdio's formats: a program that prints nothing stays small. */
static char *decimal(char *to, uint64_t value) {
  char digits[20];
  int count = 0;
  do
    digits[count++] = (char)('0' + value % 10);
  while ((value /= 10) != 0);
  while (count > 0)
    *to++ = digits[--count];
  return to;
}

__attribute__((constructor)) static void start(void) { stamp(Before); }

__attribute__((destructor)) static void finish(void) {
  char text[512], *to = text;
  stamp(After);
  for (int i = 0; i < StampCount; ++i) {
    if (stamps[i].real == 0)
      continue;
    to = stpcpy(stpcpy(stpcpy(to, "bench-phase "), names[i]), " ");
    to = decimal(to, stamps[i].real);
    *to++ = ' ';
    to = decimal(to, stamps[i].processor);
    *to++ = '\n';
  }
  ssize_t written = write(2, text, (size_t)(to - text));
  (void)written;
}

// Clocks move forwards, sleeping takes time, and random bytes differ.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t))
    return -1;
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int main(void) {
  double start = now(CLOCK_MONOTONIC), wall = now(CLOCK_REALTIME);
  printf("after 2020: %d, before 2100: %d\n", wall > 1577836800.0,
         wall < 4102444800.0);
  struct timespec pause = {0, 30 * 1000 * 1000};
  printf("nanosleep %d\n", nanosleep(&pause, NULL));
  double slept = now(CLOCK_MONOTONIC) - start;
  printf("slept: %d %d\n", slept >= 0.03, slept < 10);
  double last = start;
  int forwards = 1;
  for (int i = 0; i < 100000; ++i) {
    double t = now(CLOCK_MONOTONIC);
    forwards &= t >= last;
    last = t;
  }
  printf("forwards: %d\n", forwards);
  struct timespec resolution;
  printf("resolution: %d\n", clock_getres(CLOCK_MONOTONIC, &resolution) == 0 &&
                                 resolution.tv_sec == 0);
  unsigned char bytes[256] = {0}, again[256] = {0};
  printf("getentropy %d %d\n", getentropy(bytes, 256), getentropy(again, 256));
  printf("differ: %d\n", memcmp(bytes, again, 256) != 0);
  unsigned seen[256] = {0}, distinct = 0;
  for (int i = 0; i < 256; ++i)
    distinct += seen[bytes[i]]++ == 0;
  printf("varied: %d\n", distinct > 100);
  time_t moment = 1000000000;
  char text[64];
  strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %j", gmtime(&moment));
  puts(text);
  return 0;
}

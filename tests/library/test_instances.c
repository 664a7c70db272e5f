/* Many instances of image.wat: how many, how fast, and what they leave. CPU times are
 * printed, not judged: the machine may have other things to do. */
#include "image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LIVE = 10000, ROUNDS = 1000000 };

static void require(int condition, const char *what) {
  if (condition)
    return;
  printf("failed: %s\n", what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static long statusOf(const char *key) {
  char line[256];
  long value = -1;
  FILE *file = fopen("/proc/self/status", "r");
  while (file && fgets(line, sizeof line, file))
    if (!strncmp(line, key, strlen(key)))
      value = atol(line + strlen(key));
  if (file)
    fclose(file);
  return value;
}

static image_instance *make(void) {
  image_instance *instance;
  require(!image_instantiate(WROUGHT_ABI, NULL, NULL, &instance).code,
          "instantiate");
  return instance;
}

static int at(image_instance *instance, int address) {
  int32_t value = -1;
  require(!image_load(instance, address, &value).code, "load");
  return value;
}

static void live(int count) {
  static image_instance *instances[LIVE];
  double start = now();
  for (int i = 0; i < count; ++i)
    instances[i] = make();
  printf("%d instances live, %.2f us each\n", count, (now() - start) / count);
  for (int i = 0; i < count; ++i)
    require(at(instances[i], 255 * 4096) == 255, "the image");
  start = now();
  for (int i = 0; i < count; ++i)
    require(!image_free(instances[i]).code, "free");
  printf("freed, %.2f us each\n", (now() - start) / count);
}

static void churn(int rounds) {
  image_free(make());
  const long before = statusOf("VmSize:");
  const double start = now();
  for (int i = 0; i < rounds; ++i)
    require(!image_free(make()).code, "free");
  printf("%d times instantiate and free, %.2f us each\n", rounds,
         (now() - start) / rounds);
  require(statusOf("VmSize:") == before, "address space grows");
}

static int compare(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return a < b ? -1 : a > b;
}

static void reset(int rounds) {
  image_instance *instance = make();
  static double spent[1000];
  for (int i = 0; i < rounds; ++i) {
    require(!image_touch(instance, 7).code, "touch");
    require(at(instance, 4096) == 7, "touched");
    const double start = now();
    require(!image_reset(instance).code, "reset");
    spent[i] = now() - start;
    require(at(instance, 4096) == 1, "fresh after reset");
  }
  qsort(spent, (size_t)rounds, sizeof *spent, compare);
  printf("reset after 1 MiB was touched, %.2f us\n", spent[rounds / 2]);
  image_free(instance);
}

static void calls(int rounds) {
  image_instance *instance = make();
  const double start = now();
  for (int i = 0; i < rounds; ++i)
    image_nothing(instance);
  printf("a call, %.2f ns\n", (now() - start) * 1e3 / rounds);
  image_free(instance);
}

int main(int count, char **arguments) {
  const int divisor = count > 1 ? atoi(arguments[1]) : 1;
  live(LIVE / divisor);
  churn(ROUNDS / divisor);
  reset(1000 / divisor);
  calls(10000000 / divisor);
  return 0;
}

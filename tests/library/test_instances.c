#define _GNU_SOURCE
/* Many instances of image.wat (and one of blank.wat): how many, how fast, and what they leave. CPU times are
 * printed, not judged: the machine may have other things to do. */
#include "blank.h"
#include "image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

static double spent[1000];

static void report(const char *what, int rounds) {
  qsort(spent, (size_t)rounds, sizeof *spent, compare);
  printf("%s: least %.2f us, median %.2f, 9 of 10 within %.2f\n", what, spent[0],
         spent[rounds / 2], spent[rounds * 9 / 10]);
}

static void reset(int rounds) {
  image_instance *instance = make();
  for (int i = 0; i < rounds; ++i) {
    require(!image_touch(instance, 7).code, "touch");
    require(at(instance, 4096) == 7, "touched");
    const double start = now();
    require(!image_reset(instance).code, "reset");
    spent[i] = now() - start;
    require(at(instance, 4096) == 1, "fresh after reset");
  }
  report("reset after 1 MiB was touched, with data in each page", rounds);
  image_free(instance);
}

static void resetZeros(int rounds) {
  blank_instance *instance;
  require(!blank_instantiate(WROUGHT_ABI, NULL, NULL, &instance).code,
          "instantiate");
  for (int i = 0; i < rounds; ++i) {
    int32_t touched = 0, fresh = -1;
    require(!blank_touch(instance, 7).code, "touch");
    require(!blank_load(instance, 1044480, &touched).code && touched == 7,
            "touched");
    const double start = now();
    require(!blank_reset(instance).code, "reset");
    spent[i] = now() - start;
    require(!blank_load(instance, 1044480, &fresh).code && fresh == 0,
            "fresh after reset");
  }
  report("reset after 1 MiB of zeros was touched", rounds);
  blank_free(instance);
}

/* Its times are of acquire, then of the cleaning that somebody does later. */
static void pool(int rounds) {
  static double cleaning[1000];
  image_pool *pool;
  require(!image_pool_new(WROUGHT_ABI, 2, NULL, NULL, &pool).code, "pool");
  for (int i = 0; i < rounds; ++i) {
    image_instance *instance;
    double start = now();
    require(!image_pool_acquire(pool, NULL, &instance).code, "acquire");
    spent[i] = now() - start;
    require(at(instance, 4096) == 1, "fresh from the pool");
    require(!image_touch(instance, 7).code, "touch");
    require(!image_pool_release(pool, instance).code, "release");
    start = now();
    require(!image_pool_clean(pool, 1, NULL).code, "clean");
    cleaning[i] = now() - start;
  }
  report("acquire", rounds);
  memcpy(spent, cleaning, sizeof spent);
  report("clean after 1 MiB was touched", rounds);
  require(!image_pool_free(pool).code, "free");
}

/* What the machine takes for as much memory. */
static void compareWithMachine(int rounds) {
  enum { SIZE = 1 << 20 };
  char *from = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *to = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  require(from != MAP_FAILED && to != MAP_FAILED, "mmap");
  memset(from, 1, SIZE);
  static const char *const names[] = {"memcpy of 1 MiB", "memset of 1 MiB",
                                      "madvise(MADV_DONTNEED) of 1 MiB"};
  for (int way = 0; way < 3; ++way) {
    for (int i = 0; i < rounds; ++i) {
      for (int page = 0; page < SIZE; page += 4096)
        ((volatile char *)to)[page] = 7;
      const double start = now();
      if (way == 0)
        memcpy(to, from, SIZE);
      else if (way == 1)
        memset(to, 0, SIZE);
      else
        madvise(to, SIZE, MADV_DONTNEED);
      spent[i] = now() - start;
    }
    report(names[way], rounds);
  }
  munmap(from, SIZE);
  munmap(to, SIZE);
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
  resetZeros(1000 / divisor);
  pool(1000 / divisor);
  compareWithMachine(1000 / divisor);
  calls(10000000 / divisor);
  return 0;
}

/* Calls the module's functions, and the same ones natively through pointers:
 * nanoseconds a call, the best of several rounds. */
#include "multiply.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#ifdef WASM2C
#include "multiply.wasm2c.h"
#endif

int32_t pair(int32_t, int32_t);
int32_t encoded(int64_t);
void *arguments_address(void);
int32_t in_struct(void);

enum { CALLS = 100000, ROUNDS = 50 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static volatile int32_t sink;

#define MEASURE(name, call)                                                    \
  do {                                                                         \
    double best = 1e18;                                                        \
    for (int round = 0; round < ROUNDS; ++round) {                             \
      int32_t sum = 0, product = 0;                                            \
      const double start = now();                                              \
      for (int32_t i = 0; i < CALLS; ++i) {                                    \
        call;                                                                  \
        sum += product;                                                        \
      }                                                                        \
      const double spent = now() - start;                                      \
      best = spent < best ? spent : best;                                      \
      sink = sum;                                                              \
    }                                                                          \
    printf("%-18s %7.2f ns\n", name, best / CALLS);                            \
  } while (0)

int main(void) {
  int32_t (*volatile pairPointer)(int32_t, int32_t) = pair;
  int32_t (*volatile encodedPointer)(int64_t) = encoded;
  int32_t (*volatile structPointer)(void) = in_struct;
  int32_t *own = arguments_address();
  MEASURE("native pair", product = pairPointer(i, 3));
  MEASURE("native encoded", product = encodedPointer((int64_t)i << 32 | 3));
  MEASURE("native struct", (own[0] = i, own[1] = 3, product = structPointer()));

  multiply_instance *instance;
  int32_t address = 0;
  if (multiply_instantiate(WROUGHT_ABI, NULL, NULL, &instance).code ||
      multiply_arguments_address(instance, &address).code)
    return 1;
  int32_t *theirs =
      (int32_t *)((char *)multiply_memory_data(instance) + address);
  MEASURE("wrought pair", multiply_pair(instance, i, 3, &product));
  MEASURE("wrought encoded",
          multiply_encoded(instance, (int64_t)i << 32 | 3, &product));
  MEASURE("wrought struct", (theirs[0] = i, theirs[1] = 3,
                             multiply_in_struct(instance, &product)));
#ifdef WASM2C
  /* Without wasm_rt_impl_try around the call: a trap would not come back. */
  static Z_multiply_instance_t translated;
  wasm_rt_init();
  Z_multiply_init_module();
  Z_multiply_instantiate(&translated);
  int32_t *its = (int32_t *)(Z_multiplyZ_memory(&translated)->data +
                             Z_multiplyZ_arguments_address(&translated));
  MEASURE("wasm2c pair",
          product = (int32_t)Z_multiplyZ_pair(&translated, (u32)i, 3));
  MEASURE("wasm2c encoded", product = (int32_t)Z_multiplyZ_encoded(
                                &translated, (u64)(u32)i << 32 | 3));
  MEASURE("wasm2c struct",
          (its[0] = i, its[1] = 3,
           product = (int32_t)Z_multiplyZ_in_struct(&translated)));
#endif
  return multiply_free(instance).code != 0;
}

/* What calls cost, which is the same for all targets and ways to build, and
 * that they stop when it is spent. */
#include "fuel.h"
#include "check.h"

#include <string.h>

static fuel_instance *instance;
static uint64_t seen, given;
static int calls;

static void host(void *user_data) {
  (void)user_data;
  ++calls;
  seen = fuel_fuel(instance);
  if (given != 0)
    OK(fuel_set_fuel(instance, given));
}

/* Exactly so much is needed: less stops it, and is gone. */
#define COSTS(fuel, call)                                                      \
  do {                                                                         \
    OK(fuel_set_fuel(instance, 1000000000));                                   \
    OK(call);                                                                  \
    CHECK(1000000000 - fuel_fuel(instance) == (fuel));                         \
    OK(fuel_set_fuel(instance, (fuel)));                                       \
    OK(call);                                                                  \
    CHECK(fuel_fuel(instance) == 0);                                           \
    if ((fuel) != 0) {                                                         \
      OK(fuel_set_fuel(instance, (uint64_t)(fuel) - 1));                       \
      CHECK(isOutOfFuel(call));                                                \
      CHECK(fuel_fuel(instance) == 0);                                         \
    }                                                                          \
  } while (0)

#define ENDS(call)                                                             \
  do {                                                                         \
    OK(fuel_set_fuel(instance, 5000));                                         \
    CHECK(isOutOfFuel(call));                                                  \
    CHECK(fuel_fuel(instance) == 0);                                           \
    int32_t seven_ = 0;                                                        \
    CHECK(isOutOfFuel(fuel_seven(instance, &seven_)));                         \
    OK(fuel_set_fuel(instance, 1));                                            \
    CHECK(fuel_seven(instance, &seven_).code == WROUGHT_OK && seven_ == 7);    \
  } while (0)

static int isOutOfFuel(wrought_result result) {
  return result.code == WROUGHT_OUT_OF_FUEL && result.error &&
         result.error->code == WROUGHT_OUT_OF_FUEL &&
         !strcmp(result.error->message, "out of fuel") &&
         result.error->frame_count > 0;
}

static uint64_t costOfFib(int n) {
  return n < 2 ? 5 : 13 + costOfFib(n - 1) + costOfFib(n - 2);
}

int main(void) {
  fuel_imports imports = {.env = {host, NULL}};
  if (fuel_instantiate(WROUGHT_ABI, &imports, NULL, &instance).code)
    return 1;
  int32_t value = 0;
  int64_t wide = 0;
  CHECK(fuel_fuel(instance) == LIMIT);
  COSTS(0, fuel_nothing(instance));
  COSTS(1, fuel_seven(instance, &value));
  COSTS(12 * 1000 + 1, fuel_counting(instance, 1000, &wide));
  CHECK(wide == 1000);
  COSTS(costOfFib(15), fuel_fib(instance, 15, &value));
  CHECK(value == 610);
  COSTS(2 + 4, fuel_ways(instance, 0, &value));
  COSTS(2 + 3 + 5, fuel_ways(instance, 1, &value));
  COSTS(2 + 5, fuel_ways(instance, 2, &value));
  /* Bytes by sixteens, elements and pages one by one. */
  COSTS(4, fuel_fill(instance, 15));
  COSTS(4 + 4096, fuel_fill(instance, 65536));
  COSTS(4 + 2, fuel_copy(instance, 47));
  COSTS(4 + 2, fuel_init(instance, 32));
  COSTS(2 + 0, fuel_grow(instance, 0, &value));
  COSTS(2 + 5, fuel_grow(instance, 5, &value));
  CHECK(value == -1);
  COSTS(4 + 1, fuel_table_init(instance, 1));
  COSTS(4 + 1, fuel_table_fill(instance, 1));
  COSTS(4 + 1, fuel_table_copy(instance, 1));
  COSTS(3 + 1, fuel_table_grow(instance, 1, &value));
  /* A length that the counter cannot hold. */
  OK(fuel_set_fuel(instance, UINT64_MAX));
  CHECK(fuel_fuel(instance) == INT64_MAX);
  FAILS(fuel_fill(instance, -1), WROUGHT_TRAP);

  ENDS(fuel_counting(instance, 0, &wide));
  ENDS(fuel_empty_loop(instance));
  ENDS(fuel_filling(instance));
  ENDS(fuel_recursion(instance));
  ENDS(fuel_tail(instance));
  ENDS(fuel_tail_indirect(instance));
  ENDS(fuel_fib(instance, 90, &value));
  calls = 0;
  ENDS(fuel_calling(instance));
  CHECK(calls == 5000 / 2);

  /* What other traps leave. */
  OK(fuel_set_fuel(instance, 100000));
  FAILS(fuel_trap_after(instance, 100), WROUGHT_TRAP);
  CHECK(fuel_fuel(instance) == 100000 - 12 * 100 - 1 - 4);
  FAILS(fuel_beyond_after(instance, 100, &value), WROUGHT_TRAP);
  CHECK(fuel_fuel(instance) == 0);

  /* In the middle of a call. */
  OK(fuel_set_fuel(instance, 10));
  OK(fuel_host(instance));
  CHECK(seen == 10 - 3 && fuel_fuel(instance) == 10 - 3);
  given = 50;
  OK(fuel_host(instance));
  CHECK(seen == 7 - 3 && fuel_fuel(instance) == 50);
  given = 0;

  /* Each has its own. */
  fuel_instance *other;
  OK(fuel_instantiate(WROUGHT_ABI, &imports, NULL, &other));
  OK(fuel_fib(other, 5, &value));
  CHECK(fuel_fuel(other) == LIMIT - costOfFib(5));
  CHECK(fuel_fuel(instance) == 50);
  OK(fuel_reset(other));
  CHECK(fuel_fuel(other) == LIMIT);
  CHECK(fuel_set_fuel(NULL, 1).code == WROUGHT_INVALID_INSTANCE);
  CHECK(fuel_fuel(NULL) == 0);
  OK(fuel_free(other));
  CHECK(fuel_fuel(other) == 0);
  CHECK(fuel_set_fuel(other, 1).code == WROUGHT_INVALID_INSTANCE);
  return reportChecks();
}

/* Instances with collected objects: what lives, what does not, and what becomes
 * of a host's references. The heap is of 1 MiB. */
#include "objects.h"

#include <stdio.h>
#include <string.h>

static int failures, checks;

#define CHECK(condition)                                                       \
  do {                                                                         \
    ++checks;                                                                  \
    if (!(condition)) {                                                        \
      ++failures;                                                              \
      printf("line %d: %s\n", __LINE__, #condition);                           \
    }                                                                          \
  } while (0)
#define OK(call) CHECK((call).code == WROUGHT_OK)

enum { null = 1, node = 2, i31 = 4, equatable = 8 };

static objects_instance *current;
static int depth;

static int64_t sumTo(int64_t n) { return n * (n + 1) / 2; }

/* Called with a list alive below: fills the heap with others, two calls deep.
 */
static void between(void *user_data) {
  (void)user_data;
  int64_t sum = 0;
  for (int i = 0; i < 20; ++i) {
    OK(objects_waste(current, 5000, &sum));
    CHECK(sum == sumTo(5000));
  }
  if (++depth < 2) {
    OK(objects_hold(current, 2000, &sum));
    CHECK(sum == sumTo(2000));
  }
}

static int kindOf(void *reference) {
  int32_t kind = -1;
  OK(objects_kind_of(current, reference, &kind));
  return kind;
}

static void holdReferences(void) {
  /* Any bits of a host's come back as they were, and are no object. */
  char local[16];
  void *const values[] = {local,
                          local + 1,
                          (void *)1,
                          (void *)7,
                          (void *)-1,
                          (void *)-8,
                          (void *)8,
                          current,
                          (void *)0x7fffffffffff,
                          (void *)(UINT64_C(1) << 63)};
  int64_t sum = 0;
  for (size_t i = 0; i < sizeof values / sizeof *values; ++i) {
    void *back = NULL;
    OK(objects_put(current, 1, values[i]));
    OK(objects_waste(current, 20000, &sum));
    OK(objects_get(current, 1, &back));
    CHECK(back == values[i]);
    CHECK(kindOf(values[i]) == 0);
    CHECK(objects_sum_at(current, 1, &sum).code == WROUGHT_TRAP);
  }
  CHECK(kindOf(NULL) == null);

  /* Objects that went through the host. */
  void *list = NULL, *small = NULL;
  OK(objects_put_own(current, 2, 100));
  OK(objects_get(current, 2, &list));
  CHECK(kindOf(list) == (node | equatable));
  CHECK(kindOf((char *)list + 8) == 0 && kindOf((char *)list + 1) == 0);
  OK(objects_put(current, 3, list));
  OK(objects_put(current, 2, NULL));
  OK(objects_waste(current, 20000, &sum));
  OK(objects_sum_at(current, 3, &sum));
  CHECK(sum == sumTo(100));
  OK(objects_small(current, 5, &small));
  CHECK(kindOf(small) == (i31 | equatable));
  CHECK(kindOf((void *)(UINT64_C(5) << 1 | 1)) == 0);

  /* One that only the host had: whatever it is now, casts look again. */
  OK(objects_put(current, 3, NULL));
  for (int i = 0; i < 10; ++i)
    OK(objects_waste(current, 20000, &sum));
  const int kind = kindOf(list);
  CHECK(kind == 0 || kind == (node | equatable));
}

int main(void) {
  const objects_imports imports = {.host = {.between = between}};
  objects_instance *first = NULL, *second = NULL;
  OK(objects_instantiate(WROUGHT_ABI, &imports, NULL, &first));
  OK(objects_instantiate(WROUGHT_ABI, &imports, NULL, &second));
  current = first;

  int64_t sum = 0;
  OK(objects_keep(first, 3000));
  OK(objects_keep(second, 10));
  for (int i = 0; i < 50; ++i) {
    OK(objects_waste(first, 10000, &sum));
    CHECK(sum == sumTo(10000));
  }
  OK(objects_kept(first, &sum));
  CHECK(sum == sumTo(3000) + 3);
  OK(objects_kept(second, &sum));
  CHECK(sum == sumTo(10) + 3);
  OK(objects_hold(first, 1000, &sum));
  CHECK(sum == sumTo(1000));
  holdReferences();

  /* Too much for one instance, which goes on without it. */
  wrought_result result = objects_keep(first, 1000000);
  CHECK(result.code == WROUGHT_TRAP &&
        result.error->trap == WROUGHT_TRAP_OUT_OF_MEMORY);
  OK(objects_kept(first, &sum));
  CHECK(sum == sumTo(3000) + 3);

  OK(objects_reset(first));
  OK(objects_kept(first, &sum));
  CHECK(sum == 3);
  OK(objects_waste(first, 10000, &sum));
  OK(objects_free(first));
  OK(objects_kept(second, &sum));
  CHECK(sum == sumTo(10) + 3);
  OK(objects_free(second));
  printf("%d checks, %d failures\n", checks, failures);
  return failures != 0;
}

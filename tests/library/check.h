/* Checks of a host: one that fails prints what, and the numbers of both are the
 * last line. Any thread may make them. After the header of a library. */
#ifndef WROUGHT_TESTS_CHECK_H
#define WROUGHT_TESTS_CHECK_H

#include <stdio.h>

static int checks, failures;

#define CHECK(condition)                                                       \
  do {                                                                         \
    __atomic_add_fetch(&checks, 1, __ATOMIC_RELAXED);                          \
    if (!(condition)) {                                                        \
      __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);                      \
      printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                   \
    }                                                                          \
  } while (0)
#define OK(call) CHECK((call).code == WROUGHT_OK)
/* That a call fails with a code, and says why. */
#define FAILS(call, with)                                                      \
  do {                                                                         \
    wrought_result failed_ = (call);                                           \
    CHECK(failed_.code == (with));                                             \
    CHECK(failed_.error && failed_.error->code == (with) &&                    \
          failed_.error->message && failed_.error->message[0]);                \
  } while (0)

/* What main returns. */
static inline int reportChecks(void) {
  printf("%d checks, %d failures\n", checks, failures);
  return failures != 0;
}

#endif

/* Calls that would never end, ended by another thread and by a signal. */
#include "interrupt.h"
#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

static interrupt_instance *volatile current;

static void *stopSoon(void *instance) {
  nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
  interrupt_interrupt(instance, 1);
  return NULL;
}

static void onAlarm(int signal) {
  (void)signal;
  interrupt_interrupt(current, 1);
}

static int wasInterrupted(wrought_result result) {
  return result.code == WROUGHT_INTERRUPTED && result.error &&
         !strcmp(result.error->message, "interrupted") &&
         result.error->frame_count > 0;
}

#define STOPPED(call)                                                          \
  do {                                                                         \
    pthread_t thread;                                                          \
    pthread_create(&thread, NULL, stopSoon, current);                          \
    CHECK(wasInterrupted(call));                                               \
    pthread_join(thread, NULL);                                                \
    setitimer(ITIMER_REAL,                                                     \
              &(struct itimerval){.it_value = {.tv_usec = 20000}}, NULL);      \
    CHECK(wasInterrupted(call));                                               \
    int32_t seven = 0;                                                         \
    CHECK(interrupt_seven(current, &seven).code == WROUGHT_OK && seven == 7);  \
  } while (0)

static int64_t inner;

/* The inner call is stopped; the outer one must then stop too. */
static void callAgain(void *user_data) {
  (void)user_data;
  if (inner == 0)
    inner = interrupt_empty_loop(current).code;
}

int main(void) {
  interrupt_imports imports = {.env = {callAgain, NULL}};
  interrupt_instance *instance, *other;
  if (interrupt_instantiate(WROUGHT_ABI, &imports, NULL, &instance).code ||
      interrupt_instantiate(WROUGHT_ABI, &imports, NULL, &other).code)
    return 1;
  current = instance;
  signal(SIGALRM, onAlarm);
  int32_t value = 0;
  int64_t wide = 0;
  STOPPED(interrupt_loop(instance));
  CHECK(!interrupt_count_get(instance, &wide).code && wide > 0);
  STOPPED(interrupt_empty_loop(instance));
  STOPPED(interrupt_counting(instance, -1, &wide));
  STOPPED(interrupt_filling(instance));
  STOPPED(interrupt_tail(instance));
  STOPPED(interrupt_tail_indirect(instance));
  STOPPED(interrupt_fib(instance, 90, &value));
  inner = 0;
  STOPPED(interrupt_nested(instance));
  CHECK(inner == WROUGHT_INTERRUPTED);
  /* Before the call; taken back; what is of another instance. */
  CHECK(!interrupt_interrupt(instance, 1).code);
  CHECK(wasInterrupted(interrupt_fib(instance, 10, &value)));
  CHECK(!interrupt_fib(instance, 10, &value).code && value == 55);
  CHECK(!interrupt_interrupt(instance, 1).code);
  CHECK(!interrupt_interrupt(instance, 0).code);
  CHECK(!interrupt_counting(instance, 1000, &wide).code);
  CHECK(!interrupt_interrupt(other, 1).code);
  CHECK(!interrupt_fib(instance, 10, &value).code && value == 55);
  CHECK(!interrupt_reset(other).code);
  CHECK(!interrupt_fib(other, 10, &value).code && value == 55);
  CHECK(interrupt_interrupt(NULL, 1).code == WROUGHT_INVALID_INSTANCE);
  CHECK(!interrupt_free(other).code);
  CHECK(interrupt_interrupt(other, 1).code == WROUGHT_INVALID_INSTANCE);
  return reportChecks();
}

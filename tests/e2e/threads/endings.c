// How a program with threads ends. The first argument's first letter says what
// is to happen; the second argument seeds the moments.
#include "threads.h"

IMPORT("wasi_snapshot_preview1", "args_sizes_get")
uint16_t args_sizes_get(size_t *count, size_t *length);
IMPORT("wasi_snapshot_preview1", "args_get")
uint16_t args_get(char **arguments, char *buffer);

enum { thread_count = 16 };

static struct thread threads[thread_max];
static char kind;
static uint32_t seed;
static uint32_t ready, never;
static volatile uint32_t depth_sink;

static uint32_t random_of(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static void wait_for_all(void) {
  if (__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST) == thread_count)
    notify(&ready, UINT32_MAX);
  uint32_t now;
  while ((now = __atomic_load_n(&ready, __ATOMIC_SEQ_CST)) < thread_count)
    wait32(&ready, now, -1);
}

static void delay(uint32_t own) {
  uint32_t state = seed * 977 + own * 31 + 1;
  for (uint32_t yields = random_of(&state) % 8; yields != 0; --yields)
    sched_yield();
}

__attribute__((noinline)) static void trap_here(void) { __builtin_trap(); }

__attribute__((noinline)) static uint32_t recurse(uint32_t depth) {
  depth_sink = depth;
  return recurse(depth + 1) + depth_sink;
}

__attribute__((noinline)) static void store_outside(void) {
  *(volatile uint32_t *)0x7fff0000 = 1;
}

static void busy(void) {
  for (;;)
    __atomic_fetch_add(&never, 0, __ATOMIC_SEQ_CST);
}

static void blocked(void) { wait32(&never, 0, -1); }

static void run(void *argument) {
  uint32_t own = (uint32_t)(uintptr_t)argument;
  wait_for_all();
  delay(own);
  switch (kind) {
  case 't': // one traps, the others are busy or blocked
    if (own == 5)
      trap_here();
    break;
  case 'T': // all trap
    trap_here();
    break;
  case 'e': // one exits
    if (own == 5)
      proc_exit(45);
    break;
  case 'E': // all exit
    proc_exit(100 + own);
    break;
  case 'x': // half of them exit, the others trap
    if (own % 2 == 0)
      proc_exit(100 + own);
    trap_here();
    break;
  case 'o':
    if (own == 5)
      recurse(1);
    break;
  case 'b':
    if (own == 5)
      store_outside();
    break;
  default:
    break;
  }
  if (own % 2 == 0)
    busy();
  blocked();
}

void _start(void) {
  size_t count, length;
  char *arguments[4], buffer[256];
  CHECK(args_sizes_get(&count, &length) == 0);
  CHECK(count == 3 && length <= sizeof buffer);
  CHECK(args_get(arguments, buffer) == 0);
  kind = arguments[1][0];
  for (char *digit = arguments[2]; *digit != '\0'; ++digit)
    seed = seed * 10 + (uint32_t)(*digit - '0');
  for (uint32_t i = 0; i < thread_count; ++i)
    CHECK(start(&threads[i], run, (void *)(uintptr_t)i) > 0);
  if (kind == 'r') { // main returns
    wait_for_all();
    delay(99);
    return;
  }
  blocked();
}

// Threads come and go at any moment, started by threads, while others take
// locks, wait with timeouts, grow the memory and write to it.
//   storm.wasm ROUNDS SEED      or      storm.wasm ROUNDS one-by-one
#include "threads.h"

IMPORT("wasi_snapshot_preview1", "args_sizes_get")
uint16_t args_sizes_get(size_t *count, size_t *length);
IMPORT("wasi_snapshot_preview1", "args_get")
uint16_t args_get(char **arguments, char *buffer);

static struct thread threads[thread_max];
static uint32_t is_taken[thread_max];
static struct mutex mutex;
static uint64_t guarded, guarded_copy;
static uint64_t counted;
static uint32_t to_start, word;
static uint32_t running;
static uint32_t seed;

static uint32_t random_of(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static void child(void *argument);

static struct thread *take_slot(void) {
  for (uint32_t i = 0; i < thread_max; ++i) {
    uint32_t expected = 0;
    if (__atomic_compare_exchange_n(&is_taken[i], &expected, 1, 0,
                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
      return &threads[i];
  }
  return 0;
}

/// Whether there was one left to start, and a place for it.
static int start_one(void) {
  uint32_t left = __atomic_load_n(&to_start, __ATOMIC_SEQ_CST);
  do
    if (left == 0)
      return 0;
  while (!__atomic_compare_exchange_n(&to_start, &left, left - 1, 0,
                                      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
  struct thread *thread = take_slot();
  if (!thread) {
    __atomic_fetch_add(&to_start, 1, __ATOMIC_SEQ_CST);
    return 0;
  }
  __atomic_fetch_add(&running, 1, __ATOMIC_SEQ_CST);
  CHECK(start(thread, child, thread) > 0);
  return 1;
}

static void act(uint32_t *state) {
  switch (random_of(state) % 6) {
  case 0:
    sched_yield();
    break;
  case 1:
    lock(&mutex);
    CHECK(guarded == guarded_copy);
    ++guarded;
    if (random_of(state) % 4 == 0)
      sched_yield();
    ++guarded_copy;
    unlock(&mutex);
    break;
  case 2:
    wait32(&word, __atomic_load_n(&word, __ATOMIC_SEQ_CST),
           random_of(state) % 100000);
    break;
  case 3:
    __atomic_fetch_add(&word, 1, __ATOMIC_SEQ_CST);
    notify(&word, 1 + random_of(state) % 3);
    break;
  case 4:
    if (random_of(state) % 64 == 0)
      __builtin_wasm_memory_grow(0, 1);
    *(volatile uint32_t *)((__builtin_wasm_memory_size(0) << 16) - 4) = 1;
    break;
  default:
    start_one();
    break;
  }
}

static void child(void *argument) {
  uint32_t index = (uint32_t)((struct thread *)argument - threads);
  uint32_t state = seed * 2654435761u + index * 97 + threads[index].id;
  state |= 1;
  for (uint32_t acts = random_of(&state) % 12; acts != 0; --acts)
    act(&state);
  start_one();
  __atomic_fetch_add(&counted, 1, __ATOMIC_SEQ_CST);
}

/// The place is free again when the thread is off its stack, which is after
/// child has returned: only the main thread gives places back.
static uint32_t sweep(void) {
  uint32_t ended = 0;
  for (uint32_t i = 0; i < thread_max; ++i)
    if (is_taken[i] && __atomic_load_n(&threads[i].is_done, __ATOMIC_SEQ_CST)) {
      threads[i].is_done = 0;
      __atomic_store_n(&is_taken[i], 0, __ATOMIC_SEQ_CST);
      ++ended;
    }
  return ended;
}

static void do_nothing(void *argument) { ++*(uint32_t *)argument; }

static uint32_t number_of(const char *text) {
  uint32_t number = 0;
  for (; *text >= '0' && *text <= '9'; ++text)
    number = number * 10 + (uint32_t)(*text - '0');
  return number;
}

void _start(void) {
  size_t count, length;
  char *arguments[4], buffer[256];
  CHECK(args_sizes_get(&count, &length) == 0);
  CHECK(count == 3 && length <= sizeof buffer);
  CHECK(args_get(arguments, buffer) == 0);
  uint32_t rounds = number_of(arguments[1]);
  if (arguments[2][0] == 'o') {
    uint32_t ended = 0;
    for (uint32_t i = 0; i < rounds; ++i) {
      CHECK(start(&threads[i % 2], do_nothing, &ended) > 0);
      join(&threads[i % 2]);
    }
    CHECK(ended == rounds);
    print("done\n");
    return;
  }
  seed = number_of(arguments[2]);
  to_start = rounds;
  uint32_t ended = 0;
  while (ended != rounds) {
    for (uint32_t i = 0; i < 4; ++i)
      start_one();
    uint32_t now = sweep();
    ended += now;
    if (now == 0)
      sched_yield();
  }
  CHECK(to_start == 0);
  CHECK(counted == rounds);
  CHECK(running == rounds);
  CHECK(guarded == guarded_copy);
  print("done\n");
}

// What threads compute together comes out the same each time.
#include "threads.h"

enum { thread_count = 64, number_count = 1 << 16 };

static struct thread threads[thread_max];
static uint32_t numbers[number_count];
// Initialised once, though each thread is an instance of its own.
static uint32_t initialized[4] = {1, 2, 3, 4};
static _Thread_local uint32_t of_each_thread = 7;
static uint64_t total;
static uint32_t narrow_total;
static uint8_t bytes[thread_count];

static void sum_slice(void *argument) {
  uint32_t slice = (uint32_t)(uintptr_t)argument;
  CHECK(of_each_thread == 7);
  uint64_t sum = 0;
  for (uint32_t i = slice; i < number_count; i += thread_count) {
    sum += numbers[i];
    ++of_each_thread;
  }
  CHECK(of_each_thread == 7 + number_count / thread_count);
  __atomic_fetch_add(&total, sum, __ATOMIC_SEQ_CST);
  // Neighbours in one word, by 64 threads.
  for (uint32_t i = 0; i < 100; ++i) {
    __atomic_fetch_add(&bytes[slice], 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add((uint16_t *)&narrow_total + 1, 1, __ATOMIC_SEQ_CST);
  }
}

static void parallel_sum(void) {
  uint64_t expected = 0;
  for (uint32_t i = 0; i < number_count; ++i)
    expected += numbers[i] = i * 2654435761u;
  int32_t ids[thread_count];
  for (uint32_t i = 0; i < thread_count; ++i) {
    ids[i] = start(&threads[i], sum_slice, (void *)(uintptr_t)i);
    CHECK(ids[i] >= 1 && ids[i] <= 0x1fffffff);
  }
  for (uint32_t i = 0; i < thread_count; ++i) {
    join(&threads[i]);
    CHECK(threads[i].id == (uint32_t)ids[i]);
    CHECK(bytes[i] == 100);
    for (uint32_t k = 0; k < i; ++k)
      CHECK(ids[k] != ids[i]);
  }
  CHECK(total == expected);
  CHECK(narrow_total == (uint32_t)(100 * thread_count) << 16);
  CHECK(of_each_thread == 7);
  print("sum ");
  print_number(total);
  print("\n");
}

//===-- Producers and consumers -------------------------------------------===//

enum { queue_capacity = 7, worker_count = 8, item_count = 2000 };

static struct {
  struct mutex mutex;
  struct condition not_empty, not_full;
  uint32_t items[queue_capacity];
  uint32_t begin, count;
  uint32_t open_producers;
} queue;

static uint64_t consumed_sum;
static uint32_t consumed_count;

static void produce(void *argument) {
  for (uint32_t i = 0; i < item_count; ++i) {
    lock(&queue.mutex);
    while (queue.count == queue_capacity)
      await(&queue.not_full, &queue.mutex);
    queue.items[(queue.begin + queue.count++) % queue_capacity] =
        (uint32_t)(uintptr_t)argument * item_count + i;
    unlock(&queue.mutex);
    signal_one(&queue.not_empty);
  }
  lock(&queue.mutex);
  --queue.open_producers;
  unlock(&queue.mutex);
  signal_all(&queue.not_empty);
}

static void consume(void *argument) {
  (void)argument;
  for (;;) {
    lock(&queue.mutex);
    while (queue.count == 0 && queue.open_producers != 0)
      await(&queue.not_empty, &queue.mutex);
    if (queue.count == 0) {
      unlock(&queue.mutex);
      return;
    }
    uint32_t item = queue.items[queue.begin];
    queue.begin = (queue.begin + 1) % queue_capacity;
    --queue.count;
    // The mutex guards these too.
    consumed_sum += item;
    ++consumed_count;
    unlock(&queue.mutex);
    signal_one(&queue.not_full);
  }
}

static void produce_and_consume(void) {
  queue.open_producers = worker_count;
  for (uint32_t i = 0; i < 2 * worker_count; ++i)
    CHECK(start(&threads[i], i % 2 ? consume : produce,
                (void *)(uintptr_t)(i / 2)) > 0);
  for (uint32_t i = 0; i < 2 * worker_count; ++i)
    join(&threads[i]);
  print("consumed ");
  print_number(consumed_count);
  print(" ");
  print_number(consumed_sum);
  print("\n");
}

//===-- Waiting for 64 bits -----------------------------------------------===//

enum { turn_count = 500 };

static uint64_t turn;

static void take_turns(void *argument) {
  uint64_t own = (uint64_t)(uintptr_t)argument;
  for (;;) {
    uint64_t now = __atomic_load_n(&turn, __ATOMIC_SEQ_CST);
    // The upper half tells values apart that are equal in the lower one.
    if ((now >> 32) >= turn_count)
      return;
    if ((now >> 32) % 2 != own) {
      __builtin_wasm_memory_atomic_wait64((int64_t *)&turn, (int64_t)now, -1);
      continue;
    }
    __atomic_fetch_add(&turn, (uint64_t)1 << 32, __ATOMIC_SEQ_CST);
    notify(&turn, 2);
  }
}

static void alternate(void) {
  for (uint32_t i = 0; i < 2; ++i)
    CHECK(start(&threads[i], take_turns, (void *)(uintptr_t)i) > 0);
  for (uint32_t i = 0; i < 2; ++i)
    join(&threads[i]);
  print("turns ");
  print_number(turn >> 32);
  print("\n");
}

//===-- Notifying counts --------------------------------------------------===//

static uint32_t gate, arrived, passed;

static void pass_gate(void *argument) {
  (void)argument;
  __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
  CHECK(wait32(&gate, 0, -1) == 0);
  __atomic_fetch_add(&passed, 1, __ATOMIC_SEQ_CST);
}

static void open_gate(void) {
  for (uint32_t i = 0; i < 10; ++i)
    CHECK(start(&threads[i], pass_gate, 0) > 0);
  // Each waits once, so each is woken once, whenever it gets there.
  uint32_t woken = 0;
  while (woken < 10)
    woken += notify(&gate, 10 - woken);
  CHECK(woken == 10 && arrived == 10);
  for (uint32_t i = 0; i < 10; ++i)
    join(&threads[i]);
  CHECK(notify(&gate, UINT32_MAX) == 0);
  print("passed ");
  print_number(passed);
  print("\n");
}

//===-- Growing -----------------------------------------------------------===//

enum { grower_count = 8, grow_count = 12 };

static void grow(void *argument) {
  uint32_t own = (uint32_t)(uintptr_t)argument;
  for (uint32_t i = 0; i < grow_count; ++i) {
    size_t old = __builtin_wasm_memory_grow(0, 1);
    CHECK(old != (size_t)-1);
    // The page is nobody else's, and reachable at once.
    volatile uint32_t *page = (uint32_t *)(old << 16);
    for (uint32_t k = 0; k < 16384; k += 1024) {
      CHECK(page[k] == 0);
      page[k] = own * grow_count + i;
    }
    CHECK(__builtin_wasm_memory_size(0) > old);
    CHECK(page[15 * 1024] == own * grow_count + i);
  }
}

static void grow_together(void) {
  size_t before = __builtin_wasm_memory_size(0);
  for (uint32_t i = 0; i < grower_count; ++i)
    CHECK(start(&threads[i], grow, (void *)(uintptr_t)i) > 0);
  for (uint32_t i = 0; i < grower_count; ++i)
    join(&threads[i]);
  print("grown by ");
  print_number(__builtin_wasm_memory_size(0) - before);
  print("\n");
}

//===-- One after the other -----------------------------------------------===//

static void count_up(void *argument) { ++*(uint32_t *)argument; }

void _start(void) {
  CHECK(initialized[0] + initialized[3] == 5);
  initialized[0] = 10;
  parallel_sum();
  produce_and_consume();
  alternate();
  open_gate();
  grow_together();
  uint32_t count = 0;
  for (uint32_t i = 0; i < 200; ++i) {
    CHECK(start(&threads[i % thread_max], count_up, &count) > 0);
    join(&threads[i % thread_max]);
  }
  CHECK(count == 200);
  CHECK(initialized[0] == 10 && initialized[3] == 4);
  print("done\n");
}

// Threads by nothing but wasi-threads and the atomic instructions: Debian's C
// library for Wasm is built without. No allocation: stacks lie in an array.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define IMPORT(module, name)                                                   \
  __attribute__((import_module(module), import_name(name)))

IMPORT("wasi", "thread-spawn") int32_t thread_spawn(void *argument);
IMPORT("wasi_snapshot_preview1", "proc_exit")
_Noreturn void proc_exit(uint32_t status);
IMPORT("wasi_snapshot_preview1", "sched_yield") uint16_t sched_yield(void);
IMPORT("wasi_snapshot_preview1", "clock_time_get")
uint16_t clock_time_get(uint32_t clock, uint64_t precision, uint64_t *time);

struct vector {
  const void *bytes;
  size_t length;
};
IMPORT("wasi_snapshot_preview1", "fd_write")
uint16_t fd_write(int fd, const struct vector *vectors, size_t count,
                  size_t *written);

static inline size_t length_of(const char *text) {
  size_t length = 0;
  while (text[length] != '\0')
    ++length;
  return length;
}

static void print(const char *text) {
  struct vector vector = {text, length_of(text)};
  size_t written;
  fd_write(1, &vector, 1, &written);
}

static void print_number(uint64_t number) {
  char digits[24];
  size_t at = sizeof digits - 1;
  digits[at] = '\0';
  do
    digits[--at] = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  print(digits + at);
}

static _Noreturn void fail(const char *what) {
  print("failed: ");
  print(what);
  print("\n");
  proc_exit(1);
}

#define CHECK(condition)                                                       \
  do {                                                                         \
    if (!(condition))                                                          \
      fail(#condition);                                                        \
  } while (0)

//===-- Sleeping and waking -----------------------------------------------===//

static inline int wait32(uint32_t *word, uint32_t expected, int64_t timeout) {
  return __builtin_wasm_memory_atomic_wait32((int32_t *)word, (int32_t)expected,
                                             timeout);
}
static inline uint32_t notify(void *word, uint32_t count) {
  return (uint32_t)__builtin_wasm_memory_atomic_notify((int32_t *)word, count);
}

struct mutex {
  uint32_t state; // free, held, held with others waiting
};

static void lock(struct mutex *mutex) {
  uint32_t expected = 0;
  if (__atomic_compare_exchange_n(&mutex->state, &expected, 1, 0,
                                  __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
    return;
  while (__atomic_exchange_n(&mutex->state, 2, __ATOMIC_SEQ_CST) != 0)
    wait32(&mutex->state, 2, -1);
}

static void unlock(struct mutex *mutex) {
  if (__atomic_exchange_n(&mutex->state, 0, __ATOMIC_SEQ_CST) == 2)
    notify(&mutex->state, 1);
}

struct condition {
  uint32_t sequence;
};

static void await(struct condition *condition, struct mutex *mutex) {
  uint32_t sequence =
      __atomic_load_n(&condition->sequence, __ATOMIC_SEQ_CST);
  unlock(mutex);
  wait32(&condition->sequence, sequence, -1);
  lock(mutex);
}

static void signal_one(struct condition *condition) {
  __atomic_fetch_add(&condition->sequence, 1, __ATOMIC_SEQ_CST);
  notify(&condition->sequence, 1);
}

static void signal_all(struct condition *condition) {
  __atomic_fetch_add(&condition->sequence, 1, __ATOMIC_SEQ_CST);
  notify(&condition->sequence, UINT32_MAX);
}

//===-- Threads -----------------------------------------------------------===//

enum { thread_stack_size = 16384, thread_tls_size = 256, thread_max = 65 };

struct thread {
  void *stack_top; // first: wasi_thread_start reads it
  void (*function)(void *);
  void *argument;
  uint32_t id;
  uint32_t is_done;
  _Alignas(16) char tls[thread_tls_size];
  _Alignas(16) char stack[thread_stack_size];
};

void __wasm_init_tls(void *block);

// There is no stack until the pointer to it is set.
__asm__(".globl wasi_thread_start\n"
        ".export_name wasi_thread_start, wasi_thread_start\n"
        ".type wasi_thread_start,@function\n"
        ".globaltype __stack_pointer, i32\n"
        ".functype run_thread (i32, i32) -> ()\n"
        "wasi_thread_start:\n"
        ".functype wasi_thread_start (i32, i32) -> ()\n"
        "local.get 1\n"
        "i32.load 0\n"
        "global.set __stack_pointer\n"
        "local.get 0\n"
        "local.get 1\n"
        "call run_thread\n"
        "end_function\n");

__attribute__((used)) void run_thread(uint32_t id, struct thread *thread) {
  CHECK(__builtin_wasm_tls_size() <= thread_tls_size);
  __wasm_init_tls(thread->tls);
  thread->id = id;
  thread->function(thread->argument);
  __atomic_store_n(&thread->is_done, 1, __ATOMIC_SEQ_CST);
  notify(&thread->is_done, 1);
}

/// The number of the thread, or an error below 0.
static int32_t start(struct thread *thread, void (*function)(void *),
                     void *argument) {
  thread->stack_top = thread->stack + thread_stack_size;
  thread->function = function;
  thread->argument = argument;
  thread->is_done = 0;
  return thread_spawn(thread);
}

static void join(struct thread *thread) {
  while (!__atomic_load_n(&thread->is_done, __ATOMIC_SEQ_CST))
    wait32(&thread->is_done, 0, -1);
}

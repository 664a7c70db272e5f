// The parts of the runtime that threads meet in, compiled for the host under
// ThreadSanitizer: it reports what is not ordered, and ends with 66.
#include "abi/runtime.h"
#include "core/lock.h"

#include <cstdlib>
#include <thread>
#include <vector>

using namespace wrought;

// Nothing here traps or grows by the runtime's own means.
#define TRAP(Name, message)                                                    \
  extern "C" void wrought_trap_##Name() { abort(); }
#include "abi/traps.def"

static abi::Memory memory;

extern "C" uint64_t wrought_memory_grow(void *pointer, uint64_t pages) {
  auto &grown = *static_cast<abi::Memory *>(pointer);
  const uint64_t old = grown.byteLength;
  __atomic_store_n(&grown.byteLength, old + (pages << 16), __ATOMIC_RELEASE);
  return old >> 16;
}

static void expect(bool holds, const char *what) {
  if (holds)
    return;
  fprintf(stderr, "failed: %s\n", what);
  exit(1);
}

static uint32_t *word(uint64_t address) {
  return reinterpret_cast<uint32_t *>(static_cast<char *>(memory.base) +
                                      address);
}

static void inThreads(unsigned count, void (*run)(unsigned)) {
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < count; ++i)
    threads.emplace_back(run, i);
  for (std::thread &thread : threads)
    thread.join();
}

static Lock lock;
static uint64_t guarded;

static void countUp(unsigned) {
  for (int i = 0; i < 20000; ++i) {
    LockGuard guard(lock);
    ++guarded;
  }
}

/// Turns by wait and notify: what one writes, the next reads, without atomics.
static uint64_t handed;

static void handOver(unsigned own) {
  for (uint32_t round = 0; round < 2000; ++round)
    for (;;) {
      const uint32_t turn = __atomic_load_n(word(64), __ATOMIC_SEQ_CST);
      if (turn % 4 == own) {
        ++handed;
        __atomic_store_n(word(64), turn + 1, __ATOMIC_SEQ_CST);
        wrought_memory_notify(&memory, 60, 4, 3);
        break;
      }
      wrought_memory_wait32(&memory, 64, 0, turn, UINT64_MAX);
    }
}

/// Timeouts against notifies: nobody is counted twice, and none is left.
static uint64_t notified, woken;

static void waitOrTimeOut(unsigned own) {
  for (int i = 0; i < 3000; ++i)
    if (own % 2 == 0) {
      const uint32_t result =
          wrought_memory_wait64(&memory, 128, 0, 0, (i % 50) * 1000);
      expect(result != 1, "the value never changes");
      if (result == 0)
        __atomic_fetch_add(&woken, 1, __ATOMIC_RELAXED);
    } else {
      __atomic_fetch_add(&notified, wrought_memory_notify(&memory, 128, 0, 2),
                         __ATOMIC_RELAXED);
    }
}

static void grow(unsigned) {
  for (int i = 0; i < 500; ++i)
    wrought_memory_grow_shared(&memory, 1);
}

int main() {
  std::vector<uint64_t> bytes(4096);
  memory.base = bytes.data();
  memory.byteLength = bytes.size() * 8;
  memory.isShared = 1;

  inThreads(8, countUp);
  expect(guarded == 8 * 20000, "the lock excludes");
  inThreads(4, handOver);
  expect(handed == 4 * 2000, "each takes its turns");
  inThreads(8, waitOrTimeOut);
  expect(notified == woken, "who is notified is woken, and knows it");
  expect(wrought_memory_notify(&memory, 128, 0, ~0u) == 0, "none is left");
  inThreads(4, grow);
  expect(memory.byteLength == 4096 * 8 + (2000ull << 16), "no growth is lost");
  return 0;
}

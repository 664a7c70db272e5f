//===- shared_memory.cpp - Growing, waiting and notifying -----------------===//
//
// Whoever waits puts itself into a queue that it finds by the host address, and
// sleeps on a word of its own. The value is compared under the queue's lock,
// which notify takes too: a notify after a store is not missed. Waits for 32
// and 64 bits at one address share the queue, first in, first out.
//
// Source: the threads proposal, "Wait and notify operators".
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "core/lock.h"
#include "os/linux/system.h"

namespace wrought {

namespace {

enum WaitResult : uint32_t { Notified, NotEqual, TimedOut };

constexpr uint64_t nanosecondsPerSecond = 1'000'000'000;

/// Lives on the stack of the thread that waits.
struct Waiter {
  const void *address;
  Waiter *previous = nullptr, *next = nullptr;
  uint32_t isNotified = 0;
};

class Queue {
public:
  constexpr Queue() = default;

  Lock lock;

  void append(Waiter &waiter) {
    waiter.previous = last_;
    (last_ != nullptr ? last_->next : first_) = &waiter;
    last_ = &waiter;
  }

  void remove(Waiter &waiter) {
    (waiter.previous ? waiter.previous->next : first_) = waiter.next;
    (waiter.next ? waiter.next->previous : last_) = waiter.previous;
  }

  uint32_t notify(const void *address, uint32_t count) {
    uint32_t woken = 0;
    for (Waiter *waiter = first_; waiter != nullptr && woken != count;) {
      Waiter *next = waiter->next;
      if (waiter->address == address) {
        remove(*waiter);
        uint32_t *word = &waiter->isNotified;
        // From here on the waiter may be gone. The kernel minds no address.
        __atomic_store_n(word, 1, __ATOMIC_RELEASE);
        (void)sys::futexWake(word, 1);
        ++woken;
      }
      waiter = next;
    }
    return woken;
  }

private:
  Waiter *first_ = nullptr, *last_ = nullptr;
};

constexpr unsigned queueCountLog2 = 6;
constinit Queue queues[1 << queueCountLog2];
constinit Lock growLock;

Queue &queueOf(const void *address) {
  // Fibonacci hashing.
  uint64_t hash = reinterpret_cast<uint64_t>(address) * 0x9e3779b97f4a7c15;
  return queues[hash >> (64 - queueCountLog2)];
}

/// A deadline on the monotonic clock, or none.
class Deadline {
public:
  explicit Deadline(int64_t timeout) : isSet_(timeout >= 0) {
    if (!isSet_)
      return;
    sys::clock_gettime(sys::clockMonotonic, &time_);
    auto nanoseconds = static_cast<uint64_t>(time_.nanoseconds) +
                       static_cast<uint64_t>(timeout) % nanosecondsPerSecond;
    time_.seconds += static_cast<int64_t>(static_cast<uint64_t>(timeout) /
                                              nanosecondsPerSecond +
                                          nanoseconds / nanosecondsPerSecond);
    time_.nanoseconds =
        static_cast<int64_t>(nanoseconds % nanosecondsPerSecond);
  }

  const sys::TimeSpec *time() const { return isSet_ ? &time_ : nullptr; }

private:
  bool isSet_;
  sys::TimeSpec time_;
};

/// The host address; traps when it is not aligned or not inside the memory.
void *addressOf(const abi::Memory &memory, uint64_t address, uint64_t offset,
                uint64_t byteLength) {
  uint64_t sum;
  bool wraps = __builtin_add_overflow(address, offset, &sum);
  if ((sum & (byteLength - 1)) != 0)
    wrought_trap_UnalignedAtomic();
  uint64_t length = __atomic_load_n(&memory.byteLength, __ATOMIC_RELAXED);
  if (wraps || length < byteLength || sum > length - byteLength)
    wrought_trap_MemoryOutOfBounds();
  return static_cast<char *>(memory.base) + sum;
}

/// Sleeps until a notify, or until the deadline; the waiter is in the queue.
WaitResult sleep(Queue &queue, Waiter &waiter, const Deadline &deadline) {
  while (__atomic_load_n(&waiter.isNotified, __ATOMIC_ACQUIRE) == 0) {
    if (sys::futexWait(&waiter.isNotified, 0, deadline.time()) !=
        -sys::eTimedout)
      continue;
    LockGuard guard(queue.lock);
    if (__atomic_load_n(&waiter.isNotified, __ATOMIC_ACQUIRE) != 0)
      break;
    queue.remove(waiter);
    return TimedOut;
  }
  return Notified;
}

template <class T>
WaitResult wait(const abi::Memory &memory, uint64_t address, uint64_t offset,
                T expected, int64_t timeout) {
  auto *place = static_cast<T *>(addressOf(memory, address, offset, sizeof(T)));
  if (memory.isShared == 0)
    wrought_trap_WaitOnUnsharedMemory();
  Deadline deadline(timeout);
  Queue &queue = queueOf(place);
  Waiter waiter = {place};
  {
    LockGuard guard(queue.lock);
    if (__atomic_load_n(place, __ATOMIC_SEQ_CST) != expected)
      return NotEqual;
    queue.append(waiter);
  }
  return sleep(queue, waiter, deadline);
}

} // namespace
} // namespace wrought

using namespace wrought;

extern "C" {

uint64_t wrought_memory_grow_shared(void *memory, uint64_t pages) {
  LockGuard guard(growLock);
  return wrought_memory_grow(memory, pages);
}

uint32_t wrought_memory_notify(void *memory, uint64_t address, uint64_t offset,
                               uint32_t count) {
  void *place =
      addressOf(*static_cast<abi::Memory *>(memory), address, offset, 4);
  Queue &queue = queueOf(place);
  LockGuard guard(queue.lock);
  return queue.notify(place, count);
}

uint32_t wrought_memory_wait32(void *memory, uint64_t address, uint64_t offset,
                               uint32_t expected, uint64_t timeout) {
  return wait<uint32_t>(*static_cast<abi::Memory *>(memory), address, offset,
                        expected, static_cast<int64_t>(timeout));
}

uint32_t wrought_memory_wait64(void *memory, uint64_t address, uint64_t offset,
                               uint64_t expected, uint64_t timeout) {
  return wait<uint64_t>(*static_cast<abi::Memory *>(memory), address, offset,
                        expected, static_cast<int64_t>(timeout));
}
}

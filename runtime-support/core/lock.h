//===- lock.h - Mutual exclusion among threads ----------------------------===//
//
// A word of memory, all zero when free; whoever has to wait for it sleeps in
// the kernel. Source: Drepper, "Futexes Are Tricky", mutex 2.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "os/linux/system.h"

#include <stdint.h>

namespace wrought {

class Lock {
public:
  constexpr Lock() = default;
  Lock(const Lock &) = delete;
  Lock &operator=(const Lock &) = delete;

  void acquire() {
    uint32_t expected = Free;
    if (__atomic_compare_exchange_n(&state_, &expected, Held, false,
                                    __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      return;
    while (__atomic_exchange_n(&state_, Contended, __ATOMIC_ACQUIRE) != Free)
      (void)sys::futexWait(&state_, Contended, nullptr);
  }

  void release() {
    if (__atomic_exchange_n(&state_, Free, __ATOMIC_RELEASE) == Contended)
      (void)sys::futexWake(&state_, 1);
  }

private:
  enum : uint32_t { Free, Held, Contended };
  uint32_t state_ = Free;
};

class LockGuard {
public:
  explicit LockGuard(Lock &lock) : lock_(lock) { lock.acquire(); }
  ~LockGuard() { lock_.release(); }
  LockGuard(const LockGuard &) = delete;
  LockGuard &operator=(const LockGuard &) = delete;

private:
  Lock &lock_;
};

} // namespace wrought

//===- lock.h - Exclusion for a few instructions --------------------------===//
#pragma once

#include "os/linux/system.h"

namespace wrought::wasi {

/// What it protects takes less than a system call as a rule, so that whoever
/// waits gives up its turn and does not sleep.
class Lock {
public:
  [[gnu::noinline]] void take() {
    while (__atomic_exchange_n(&isTaken_, true, __ATOMIC_ACQUIRE))
      sys::sched_yield();
  }
  void drop() { __atomic_store_n(&isTaken_, false, __ATOMIC_RELEASE); }

private:
  bool isTaken_ = false;
};

/// Holds the lock while in scope, if there is anyone to keep out.
class Holding {
public:
  Holding(Lock &lock, bool isNeeded) : lock_(isNeeded ? &lock : nullptr) {
    if (lock_ != nullptr) [[unlikely]]
      lock_->take();
  }
  Holding(const Holding &) = delete;
  Holding &operator=(const Holding &) = delete;
  ~Holding() {
    if (lock_ != nullptr) [[unlikely]]
      lock_->drop();
  }

private:
  Lock *lock_;
};

} // namespace wrought::wasi

//===- pool.cpp - Instances made before they are wanted -------------------===//
//
// An instance waits on one of two lists: as new, or used. Who acquires takes
// one as new, and resets a used one only when there is none; a thread that has
// nothing else to do resets used ones. Waiting instances are not live, so that
// a handle that was given back is refused.
//
// The memory of a pool is never unmapped, so that a pool that was freed is
// known.
//
//===----------------------------------------------------------------------===//
#include "abi/library_functions.h"
#include "core/lock.h"
#include "libcalls/libcalls.h"
#include "library/library.h"
#include "os/linux/system.h"

namespace wrought {

struct Pool {
  static constexpr uint64_t poolMagic = 0x6c6f6f70'74677277;

  uint64_t magic, byteLength;
  Pool *nextFree;
  const abi::Library *library;
  Lock lock;
  /// Changes when an instance has been reset; whoever found none waits for it.
  uint32_t resetCount;
  LibraryInstance *fresh, *used;
  /// Instances that the host has, and those that are being reset.
  uint64_t acquiredCount, resettingCount;
  /// What each instance is made with: the host's struct of pointers.
  void *imports[];
};

namespace {

Lock freePoolsLock;
Pool *freePools;

Pool *takePool(uint64_t byteLength) {
  {
    const LockGuard guard(freePoolsLock);
    for (Pool **place = &freePools; *place != nullptr;
         place = &(*place)->nextFree)
      if (Pool *pool = *place; pool->byteLength >= byteLength) {
        *place = pool->nextFree;
        return pool;
      }
  }
  const uint64_t mask = process.pageByteLength - 1;
  byteLength = (byteLength + mask) & ~mask;
  const long address =
      sys::mmap(nullptr, byteLength, sys::protRead | sys::protWrite,
                sys::mapPrivate | sys::mapAnonymous, -1, 0);
  if (sys::isError(address))
    return nullptr;
  auto *pool = reinterpret_cast<Pool *>(address);
  pool->byteLength = byteLength;
  return pool;
}

void push(LibraryInstance *&list, LibraryInstance &self) {
  self.nextFree = list;
  list = &self;
}

LibraryInstance *pop(LibraryInstance *&list) {
  LibraryInstance *self = list;
  if (self != nullptr)
    list = self->nextFree;
  return self;
}

bool isUsable(const Pool *pool) {
  return pool != nullptr && pool->magic == Pool::poolMagic;
}

void freeAll(LibraryInstance *&list) {
  while (LibraryInstance *self = pop(list)) {
    self->pool = nullptr;
    wakeUp(*self);
    (void)wrought_library_free(&self->instance);
  }
}

void destroy(Pool &pool) {
  freeAll(pool.fresh);
  freeAll(pool.used);
  pool.magic = 0;
  const LockGuard guard(freePoolsLock);
  pool.nextFree = freePools;
  freePools = &pool;
}

/// A used one, which is on no list now, back to what it was at first. It is
/// live then. False: it is on the list again, or lost if there is no memory.
wrought_result renew(Pool &pool, LibraryInstance &self) {
  wakeUp(self);
  const wrought_result result = wrought_library_reset(&self.instance);
  if (result.code != WROUGHT_OK && isLive(&self.instance)) {
    putToSleep(self);
    const LockGuard guard(pool.lock);
    push(pool.used, self);
  }
  return result;
}

/// Tells those who wait that one fewer is being reset. The lock is held.
void countReset(Pool &pool) {
  --pool.resettingCount;
  __atomic_store_n(&pool.resetCount, pool.resetCount + 1, __ATOMIC_RELAXED);
  (void)sys::futexWake(&pool.resetCount, INT32_MAX);
}

/// An instance that waits, or null. Where there will be one soon, waits for it.
LibraryInstance *take(Pool &pool, bool &isUsed) {
  for (;;) {
    uint32_t count;
    {
      const LockGuard guard(pool.lock);
      LibraryInstance *self = pop(pool.fresh);
      isUsed = self == nullptr;
      if (isUsed)
        self = pop(pool.used);
      if (self != nullptr || pool.resettingCount == 0) {
        pool.acquiredCount += self != nullptr;
        return self;
      }
      count = pool.resetCount;
    }
    (void)sys::futexWait(&pool.resetCount, count, nullptr);
  }
}

} // namespace

} // namespace wrought

using namespace wrought;

extern "C" {

wrought_result wrought_library_pool_new(const abi::Library *library,
                                        uint32_t abi, uint64_t size,
                                        void *const *imports,
                                        const wrought_limits *limits,
                                        Pool **out) {
  if (out == nullptr)
    return failure(WROUGHT_INVALID_ARGUMENT);
  *out = nullptr;
  if (abi != WROUGHT_ABI)
    return failure(WROUGHT_ABI_MISMATCH);
  if (size == 0)
    return failure(WROUGHT_INVALID_ARGUMENT);
  process.pageByteLength = library->pageByteLength;
  const uint64_t pointerCount = importPointerCount(*library);
  if (!hasImports(*library, imports))
    return failure(WROUGHT_MISSING_IMPORT);
  Pool *pool = takePool(sizeof(Pool) + pointerCount * sizeof(void *));
  if (pool == nullptr)
    return failure(WROUGHT_OUT_OF_MEMORY);
  pool->library = library;
  // All may be ready-made.
  if (imports == nullptr)
    memset(pool->imports, 0, pointerCount * sizeof(void *));
  else
    memcpy(pool->imports, imports, pointerCount * sizeof(void *));
  pool->fresh = pool->used = nullptr;
  pool->acquiredCount = pool->resettingCount = 0;
  for (uint64_t count = 0; count < size; ++count) {
    abi::Instance *instance;
    const wrought_result result =
        wrought_library_instantiate(library, abi, imports, limits, &instance);
    if (result.code != WROUGHT_OK) {
      destroy(*pool);
      return result;
    }
    LibraryInstance &self = LibraryInstance::of(*instance);
    self.pool = pool;
    putToSleep(self);
    push(pool->fresh, self);
  }
  pool->magic = Pool::poolMagic;
  *out = pool;
  return success;
}

wrought_result wrought_library_pool_acquire(void *opaque, void *imports,
                                            void *out) {
  auto *pool = static_cast<Pool *>(opaque);
  if (out == nullptr)
    return failure(WROUGHT_INVALID_ARGUMENT);
  auto &instance = *static_cast<abi::Instance **>(out);
  instance = nullptr;
  if (!isUsable(pool))
    return failure(WROUGHT_INVALID_ARGUMENT);
  auto *pointers = static_cast<void *const *>(imports);
  if (pointers != nullptr && !hasImports(*pool->library, pointers))
    return failure(WROUGHT_MISSING_IMPORT);
  bool isUsed = false;
  LibraryInstance *self = take(*pool, isUsed);
  if (self == nullptr)
    return failure(WROUGHT_POOL_EMPTY);
  if (isUsed) {
    const wrought_result result = renew(*pool, *self);
    if (result.code != WROUGHT_OK) {
      const LockGuard guard(pool->lock);
      --pool->acquiredCount;
      return result;
    }
  } else {
    wakeUp(*self);
  }
  if (pointers != nullptr)
    rebindFunctions(*self, pointers);
  instance = &self->instance;
  return success;
}

wrought_result wrought_library_pool_release(void *opaque,
                                            abi::Instance *instance) {
  auto *pool = static_cast<Pool *>(opaque);
  if (!isUsable(pool))
    return failure(WROUGHT_INVALID_ARGUMENT);
  const LockGuard guard(pool->lock);
  if (!isLive(instance) || LibraryInstance::of(*instance).pool != pool)
    return failure(WROUGHT_INVALID_INSTANCE);
  LibraryInstance &self = LibraryInstance::of(*instance);
  if (self.context.activation != nullptr)
    return failure(WROUGHT_BUSY);
  if (isSharing(self))
    return failure(WROUGHT_BUSY);
  putToSleep(self);
  // Files stay open no longer than they are of use.
  resetWasi(self);
  // The start function is not to see what the last user of it had.
  rebindFunctions(self, pool->imports);
  push(pool->used, self);
  --pool->acquiredCount;
  return success;
}

wrought_result wrought_library_pool_clean(void *opaque, uint64_t atMost,
                                          void *cleaned) {
  auto *pool = static_cast<Pool *>(opaque);
  if (!isUsable(pool))
    return failure(WROUGHT_INVALID_ARGUMENT);
  wrought_result result = success;
  uint64_t count = 0;
  while (count < atMost && result.code == WROUGHT_OK) {
    LibraryInstance *self;
    {
      const LockGuard guard(pool->lock);
      self = pop(pool->used);
      if (self == nullptr)
        break;
      ++pool->resettingCount;
    }
    result = renew(*pool, *self);
    const LockGuard guard(pool->lock);
    if (result.code == WROUGHT_OK) {
      putToSleep(*self);
      push(pool->fresh, *self);
      ++count;
    }
    countReset(*pool);
  }
  if (cleaned != nullptr)
    *static_cast<uint64_t *>(cleaned) = count;
  return result;
}

wrought_result wrought_library_pool_free(void *opaque) {
  auto *pool = static_cast<Pool *>(opaque);
  if (!isUsable(pool))
    return failure(WROUGHT_INVALID_ARGUMENT);
  {
    const LockGuard guard(pool->lock);
    if (pool->acquiredCount != 0 || pool->resettingCount != 0)
      return failure(WROUGHT_BUSY);
    pool->magic = 0;
  }
  destroy(*pool);
  return success;
}
}

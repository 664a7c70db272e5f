//===- library.h - What the runtime keeps of an instance ------------------===//
#pragma once

#include "abi/instance_layout.h"
#include "core/instance.h"
#include "core/process.h"
#include "include/wrought.h"
#include "library/enter.h"
#include "library/renew.h"

namespace wrought {

constexpr uint64_t liveMagic = 0x31636e69'74677277;
/// The thread of instances that are not live: no pointer.
constexpr uint64_t noThread = 1;
constexpr uint64_t maxErrorFrames = 32;
constexpr uint64_t maxErrorMessage = 256;
/// What is remembered of memories is remembered of the first ones only.
constexpr uint64_t maxRenewedMemories = 4;

struct Arena;
struct Pool;
namespace wasi {
struct State;
}

/// The host's handle is the address of `instance`, whose parts follow. What
/// every instance uses lies together, in few pages.
struct LibraryInstance {
  alignas(16) char callArea[abi::CallAreaByteLength];
  WrittenPages written[maxRenewedMemories];
  char message[maxErrorMessage];
  wrought_frame frames[maxErrorFrames];
  wrought_error error;
  /// The first so many frames are of another instance, and complete.
  uint64_t foreignFrameCount;
  Arena *arena;
  uint64_t slot;
  /// Of free slots, or of those that wait in a pool.
  LibraryInstance *nextFree;
  /// Null: the host's own.
  Pool *pool;
  uint64_t memoryLimit, tableLimit;
  /// Its memories and globals that others may use: then it stays as it is.
  uint64_t sharedCount;
  /// Null where the module imports nothing of WASI. Of slots that are free it
  /// is closed.
  wasi::State *wasi;
  /// Of memories without a reservation that are as they were at first.
  void *renewedBases[maxRenewedMemories];
  /// Whether reserved memories have their initial size, and their images as
  /// mappings that come back by themselves.
  bool isOpen, hasMappedImages;
  /// What each call writes, in a cache line of its own.
  alignas(64) abi::Context context;
  alignas(abi::InstanceAlignment) abi::Instance instance;

  static LibraryInstance &of(abi::Instance &instance) {
    return *reinterpret_cast<LibraryInstance *>(
        reinterpret_cast<char *>(&instance) -
        offsetof(LibraryInstance, instance));
  }
  static LibraryInstance &of(abi::Context &context) {
    return *reinterpret_cast<LibraryInstance *>(
        reinterpret_cast<char *>(&context) -
        offsetof(LibraryInstance, context));
  }
};
static_assert(offsetof(abi::Context, heap) < 64);

/// Whether the handle is one that may be used.
inline bool isLive(const abi::Instance *instance) {
  return instance != nullptr && instance->magic == liveMagic;
}

/// Makes calls fail: they only look at the context.
inline void putToSleep(LibraryInstance &self) {
  self.instance.magic = 0;
  self.context.activation = &self;
  self.context.thread = noThread;
}
inline void wakeUp(LibraryInstance &self) {
  self.context.activation = nullptr;
  self.instance.magic = liveMagic;
}

inline bool isSharing(const LibraryInstance &self) {
  return __atomic_load_n(&self.sharedCount, __ATOMIC_ACQUIRE) != 0;
}

inline const abi::Library &libraryOf(const abi::Instance &instance) {
  return *static_cast<const abi::Library *>(instance.library);
}

/// A result for an error that belongs to no instance.
wrought_result failure(int32_t code);
constexpr wrought_result success = {WROUGHT_OK, nullptr};

// Imports (instance.cpp), from the host's struct of pointers, or null.

/// Of the pointers.
uint64_t importPointerCount(const abi::Library &library);
/// Whether no import is missing that is not ready-made.
bool hasImports(const abi::Library &library, void *const *pointers);
/// Other functions for an instance that nobody calls.
void rebindFunctions(LibraryInstance &self, void *const *pointers);

// WASI (guest.cpp).

/// Gives the instance what it is to have of WASI, as the host's config says;
/// for modules that import nothing of it, nothing.
wrought_result openWasi(const abi::Library &library, LibraryInstance &self,
                        void *const *pointers);
/// Closes what the module opened.
void resetWasi(LibraryInstance &self);
void closeWasi(const abi::Library &library, LibraryInstance &self);

// Slots (arena.cpp).

/// A slot that nobody uses, or null.
LibraryInstance *takeSlot(const abi::Library &library);
void giveSlotBack(LibraryInstance &slot);
/// Completes memories that were just copied from their templates: bases, limits
/// and contents. False: out of memory.
[[nodiscard]] bool openMemories(const abi::Library &library,
                                LibraryInstance &slot);
/// Restores their initial contents and gives pages back: all, or, when the same
/// instance is about to use them again, only those beyond a few. False: the
/// slot must not be used again.
enum class Pages : uint8_t { GiveBack, Keep };
[[nodiscard]] bool closeMemories(const abi::Library &library,
                                 LibraryInstance &slot, Pages pages);
/// The instance in whose memories an address lies, or null. For signals.
LibraryInstance *instanceAt(uint64_t address);

// Collected objects (objects.cpp).

/// What the context's heap begins with, so that only code that allocates needs
/// the rest of it.
struct ContextHeap {
  void (*release)(ContextHeap *self);
};

inline void releaseHeap(abi::Context &context) {
  auto *heap = static_cast<ContextHeap *>(context.heap);
  context.heap = nullptr;
  if (heap != nullptr)
    heap->release(heap);
}

// Traps (trap.cpp).

void installHandlers();

} // namespace wrought

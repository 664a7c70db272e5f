//===- memory.h - The guest's memory, as WASI calls see it ----------------===//
//
// The only place where a guest pointer becomes a host pointer: at() checks
// pointer and length once against the memory's present size, in 64 bits, so
// that nothing wraps. Values are little-endian and need not be aligned. In a
// shared memory another thread may change them at any moment: whatever a
// decision hangs on is read once, into a variable of the call's own.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "model/guest.h"
#include "os/linux/system.h"
#include "wasi/preview1.h"

namespace wrought::wasi {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

class GuestMemory {
public:
  /// An empty one when the guest has none.
  explicit GuestMemory(const State &state) {
    const abi::Memory *memory = guestMemory(state);
    if (memory == nullptr)
      return;
    // A shared memory grows meanwhile, but never shrinks or moves.
    byteLength_ = __atomic_load_n(&memory->byteLength, __ATOMIC_RELAXED);
    base_ = static_cast<uint8_t *>(memory->base);
  }

  /// Null unless all of [pointer, pointer + length) lies within the memory.
  uint8_t *at(uint32_t pointer, uint64_t length) const {
    if (length > byteLength_ || pointer > byteLength_ - length)
      return nullptr;
    return base_ + pointer;
  }

private:
  uint8_t *base_ = nullptr;
  uint64_t byteLength_ = 0;
};

template <class T> struct __attribute__((packed)) Unaligned {
  T value;
};

/// Reads each byte exactly once, whatever the compiler thinks of it.
template <class T> T load(const uint8_t *place) {
  return reinterpret_cast<const volatile Unaligned<T> *>(place)->value;
}

/// Copies out of guest memory what is then looked at in the copy only.
inline void copyIn(void *out, const uint8_t *place, size_t byteLength) {
  __builtin_memcpy(out, place, byteLength);
  // So that no later look at the copy becomes one at the original.
  __asm__ volatile("" : : "r"(out) : "memory");
}

template <class T> void store(uint8_t *place, T value) {
  __builtin_memcpy(place, &value, sizeof value);
}

/// Where a call puts a result; checked before the call does anything.
template <class T> class Out {
public:
  Out(const GuestMemory &memory, uint32_t pointer)
      : place_(memory.at(pointer, sizeof(T))) {}
  bool isValid() const { return place_ != nullptr; }
  void set(T value) { store<T>(place_, value); }

private:
  uint8_t *place_;
};

/// Walks a guest's array of (pointer, length) pairs in chunks, leaving out
/// empty ones, so that a result of 0 always means end of file.
class GuestVectors {
public:
  static constexpr int chunkCount = 128;
  using Chunk = sys::IoVector[chunkCount];

  GuestVectors(const GuestMemory &memory, uint32_t pointer, uint32_t count)
      : memory_(memory), next_(memory.at(pointer, uint64_t{count} * 8)),
        left_(next_ == nullptr ? 0 : count) {}

  /// Whether the array itself lies within the memory.
  bool isValid() const { return next_ != nullptr; }

  /// Fills in the next vectors; their number, 0 at the end, or -1 when one
  /// reaches outside the memory.
  int fill(Chunk &chunk, uint64_t &byteLength) {
    int count = 0;
    for (byteLength = 0; left_ != 0 && count != chunkCount; --left_) {
      auto length = load<uint32_t>(next_ + 4);
      uint8_t *base = memory_.at(load<uint32_t>(next_), length);
      if (base == nullptr)
        return -1;
      next_ += 8;
      byteLength += length;
      if (length != 0)
        chunk[count++] = {base, length};
    }
    return count;
  }

private:
  GuestMemory memory_;
  const uint8_t *next_;
  uint32_t left_;
};

} // namespace wrought::wasi

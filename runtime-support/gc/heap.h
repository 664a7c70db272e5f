//===- heap.h - A heap of collected objects ------------------------------===//
//
// Mark and sweep; objects never move. Address space for all of the heap is
// reserved at once, and made accessible from its beginning on, in blocks of
// 64 KiB. A block is cut into cells of one size, or belongs to one object that
// is too large for that. Beside the blocks each has a row that tells which, and
// two bits for each cell: whether it is an object, and whether that is marked.
// So it takes a few instructions to say whether any word points at, or into, an
// object, and words from wherever can be asked about.
//
// A heap is used by one thread at a time.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"
#include "gc/size_classes.h"

#include <stddef.h>
#include <stdint.h>

namespace wrought::gc {

constexpr uint64_t blockByteLength = uint64_t{64} << 10;
constexpr uint64_t defaultHeapByteLength = uint64_t{1} << 30;
constexpr uint64_t minHeapByteLength = uint64_t{1} << 20;
constexpr uint64_t maxHeapByteLength = uint64_t{1} << 38;

using Object = abi::GcObject;

class Heap;

/// Calls markObjects and markAnythingIn with what the owner's stack and
/// registers hold.
using VisitRoots = void (*)(Heap &heap, void *owner);

struct HeapOptions {
  /// Of all blocks. Rounded to whole blocks, within the limits above; 0 is the
  /// default. Where there is not as much address space it becomes less.
  uint64_t byteLength = 0;
  /// Collect before every allocation, and overwrite what is free.
  bool isStressed = false;
  VisitRoots visitRoots = nullptr;
  void *owner = nullptr;
  /// Entries of the mark stack; 0: by the heap's size.
  uint64_t markStackLimit = 0;
};

struct HeapStatistics {
  uint64_t collectionCount;
  /// Bytes of cells and blocks that are objects, dead ones too.
  uint64_t usedByteLength;
  uint64_t objectCount;
  /// Blocks whose memory may be in use.
  uint64_t dirtyBlockCount;
  /// How often the mark stack was too small.
  uint64_t rescanCount;
};

class Heap {
public:
  /// Null when there is no address space.
  static Heap *create(const HeapOptions &options);
  /// Unmaps everything, itself too.
  void release();

  /// A zeroed object with its header filled in, aligned to 8; length counts an
  /// array's elements. May collect. Null: the heap is full.
  Object *allocate(const abi::GcType &type, uint64_t length) {
    uint64_t byteLength = type.byteLength;
    if (type.elementByteLength != 0) {
      uint64_t elements;
      if (__builtin_mul_overflow(length, type.elementByteLength, &elements) ||
          __builtin_add_overflow(byteLength, elements, &byteLength))
        return nullptr;
    }
    Object *object = nullptr;
    if (byteLength <= maxTabledByteLength) {
      Cursor &cursor = cursors_[classOf(byteLength)];
      if (cursor.next != cursor.end) {
        object = reinterpret_cast<Object *>(cursor.next);
        cursor.next += cursor.cellByteLength;
      }
    }
    if (object == nullptr) {
      object = allocateSlowly(byteLength);
      if (object == nullptr)
        return nullptr;
    }
    object->type = const_cast<abi::GcType *>(&type);
    if (type.elementByteLength != 0)
      object->length = length;
    return object;
  }

  void collect();

  /// Cells that hold references as long as the heap lives. False: no memory to
  /// remember them in.
  [[nodiscard]] bool addRoots(const abi::GcRoots &roots);
  /// A table, whose elements may move meanwhile.
  [[nodiscard]] bool addTable(const abi::Table *table);

  /// Whether any word whatever is the address of an object, which may be one
  /// that nothing refers to any more.
  bool isObject(const void *word) const;

  // For VisitRoots, and of use to nobody else.

  /// Words that are references: null, an object's address, or something else.
  void markObjects(const void *words, uint64_t count);
  /// Keeps every object into which, or right behind which, an aligned word of
  /// the range points.
  void markAnythingIn(uintptr_t begin, uintptr_t end);
  /// Where it cannot be told what is in use.
  void markEverything();

  /// Counts, which takes time.
  HeapStatistics statistics() const;

private:
  static constexpr uint32_t none = UINT32_MAX;

  enum class Kind : uint8_t { Free, Small, Large, Continuation };

  struct Block {
    Kind kind;
    uint8_t sizeClass;
    /// No byte of it was ever written, so that all are zero.
    bool isClean;
    /// Small: the next one of its class with free cells, or none. Large: how
    /// many blocks the object has. Continuation: how far away the first is.
    uint32_t link;
  };

  /// Cells that the next objects of a class will have. They are zero, and count
  /// as objects until a collection begins.
  struct Cursor {
    uintptr_t next, end;
    uint64_t cellByteLength;
    /// Where they are, and the first cell of that block not looked at.
    uint32_t block;
    uint32_t firstCell;
    /// The first of the blocks with free cells.
    uint32_t blocks;
  };

  static constexpr uint64_t wordsPerBlock =
      blockByteLength / minCellByteLength / 64;
  struct Bits {
    uint64_t words[wordsPerBlock];
    bool get(uint32_t cell) const {
      return words[cell / 64] >> (cell % 64) & 1;
    }
    void set(uint32_t cell) { words[cell / 64] |= uint64_t{1} << (cell % 64); }
    void clear(uint32_t cell) {
      words[cell / 64] &= ~(uint64_t{1} << (cell % 64));
    }
  };
  struct BlockBits {
    Bits objects, marks;
  };

  struct Place {
    uint32_t block = none;
    uint32_t cell = 0;
  };

  /// An object that is marked, and the first element not yet looked at.
  struct MarkEntry {
    Object *object;
    uint64_t nextElement;
  };

  struct RootList;

  Object *allocateSlowly(uint64_t byteLength);
  Object *tryAllocate(uint64_t byteLength);
  Object *takeCell(unsigned sizeClass);
  bool takeCellsOfBlock(Cursor &cursor, unsigned sizeClass);
  void *allocateLarge(uint64_t byteLength);
  uint32_t takeBlocks(uint64_t count);
  bool commitTo(uint64_t blockCount);

  void retireCursors();
  void clearMarks();
  void visitAllRoots();
  bool find(uintptr_t address, Place &place) const;
  Object *objectAt(Place place) const;
  void mark(Place place);
  void markReference(uint64_t word);
  void markAnything(uintptr_t address);
  void push(Object *object, uint64_t nextElement);
  void scan(MarkEntry entry);
  void drain();
  void rescanBlock(uint32_t block);
  void rescan();
  bool growMarkStack();
  void sweep();
  void sweepSmall(uint32_t index);
  void freeBlocks(uint32_t index, uint32_t count);
  void poison(uint32_t index);
  void giveBackBlocks();
  bool addRootList(const abi::GcRoots &roots, const abi::Table *table);

  uintptr_t blockAddress(uint32_t block) const {
    return begin_ + block * blockByteLength;
  }

  Cursor cursors_[sizeClassCount];
  /// Blocks from here on are not accessible; and their bytes.
  uint64_t blockCount_, usableByteLength_;
  uintptr_t begin_;
  Block *blocks_;
  BlockBits *bits_;
  uint64_t blockLimit_;
  /// No block in front of it is free.
  uint64_t firstFree_;
  uint64_t freeCount_;
  uint64_t usedByteLength_, threshold_;

  MarkEntry *markStack_;
  uint64_t markDepth_, markCapacity_, markLimit_;
  bool hasOverflowed_;
  /// Also after a trap in the middle: the stack may end there.
  bool isCollecting_;

  bool isStressed_;
  VisitRoots visitRoots_;
  void *owner_;
  RootList *roots_;
  uint64_t collectionCount_, rescanCount_;
  uintptr_t mapping_;
  uint64_t mappingByteLength_;
};

} // namespace wrought::gc

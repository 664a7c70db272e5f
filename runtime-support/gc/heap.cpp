//===- heap.cpp - Blocks, cells and what is left of them ------------------===//
#include "gc/heap.h"

#include "core/process.h"
#include "libcalls/libcalls.h"
#include "os/linux/system.h"

namespace wrought::gc {

namespace {

constexpr uint64_t minThreshold = uint64_t{4} << 20;
/// Blocks that become accessible at once.
constexpr uint64_t minBlockStep = 16;
/// Of large objects: from here on the kernel clears pages more cheaply.
constexpr uint64_t minUnmappedByteLength = uint64_t{1} << 20;
constexpr uint64_t initialMarkCapacity = 4096;
constexpr uint8_t freedByte = 0xdb;

constexpr uint64_t roundTo(uint64_t value, uint64_t unit) {
  return (value + unit - 1) & ~(unit - 1);
}

template <class T> T *at(uintptr_t address) {
  return reinterpret_cast<T *>(address);
}

bool makeAccessible(uintptr_t begin, uint64_t byteLength) {
  return byteLength == 0 ||
         !sys::isError(sys::mprotect(at<void>(begin), byteLength,
                                     sys::protRead | sys::protWrite));
}

uint32_t cellCountOf(unsigned sizeClass) {
  return static_cast<uint32_t>(blockByteLength / cellByteLengths[sizeClass]);
}

/// Offsets of what lies in front of the blocks, from a page's start.
struct Layout {
  uint64_t bits, markStack, blocks, end;

  Layout(uint64_t headByteLength, uint64_t bitsByteLength,
         uint64_t markByteLength, uint64_t blockCount) {
    const uint64_t page = process.pageByteLength;
    bits = roundTo(headByteLength, page);
    markStack = bits + roundTo(bitsByteLength, page);
    blocks = roundTo(markStack + roundTo(markByteLength, page), page);
    end = blocks + blockCount * blockByteLength;
  }
};

} // namespace

struct Heap::RootList {
  struct Row {
    abi::GcRoots roots;
    /// Or, when not null, a table.
    const abi::Table *table;
  };
  RootList *next;
  uint64_t count;
  Row rows[170];
};

Heap *Heap::create(const HeapOptions &options) {
  uint64_t byteLength =
      options.byteLength == 0 ? defaultHeapByteLength : options.byteLength;
  if (byteLength < minHeapByteLength)
    byteLength = minHeapByteLength;
  if (byteLength > maxHeapByteLength)
    byteLength = maxHeapByteLength;
  byteLength = roundTo(byteLength, blockByteLength);
  for (; byteLength >= minHeapByteLength; byteLength /= 2) {
    const uint64_t blockCount = byteLength / blockByteLength;
    uint64_t markLimit = options.markStackLimit;
    // A sixteenth of the heap.
    if (markLimit == 0)
      markLimit = byteLength / 16 / sizeof(MarkEntry);
    const Layout layout(sizeof(Heap) + blockCount * sizeof(Block),
                        blockCount * sizeof(BlockBits),
                        markLimit * sizeof(MarkEntry), blockCount);
    // Blocks begin at multiples of their size.
    const uint64_t mappingByteLength = layout.end + blockByteLength;
    const long mapped = sys::mmap(
        nullptr, mappingByteLength, sys::protNone,
        sys::mapPrivate | sys::mapAnonymous | sys::mapNoreserve, -1, 0);
    if (sys::isError(mapped))
      continue;
    const auto mapping = static_cast<uintptr_t>(mapped);
    const uintptr_t begin = roundTo(mapping + layout.blocks, blockByteLength);
    // Without a mark stack nothing could ever be finished.
    const uint64_t markCapacity =
        markLimit < initialMarkCapacity ? markLimit : initialMarkCapacity;
    if (!makeAccessible(mapping, layout.bits) ||
        !makeAccessible(mapping + layout.markStack,
                        markCapacity * sizeof(MarkEntry))) {
      (void)sys::munmap(at<void>(mapping), mappingByteLength);
      return nullptr;
    }
    auto *heap = at<Heap>(mapping);
    heap->mapping_ = mapping;
    heap->mappingByteLength_ = mappingByteLength;
    heap->begin_ = begin;
    heap->blocks_ = at<Block>(mapping + sizeof(Heap));
    heap->bits_ = at<BlockBits>(mapping + layout.bits);
    heap->markStack_ = at<MarkEntry>(mapping + layout.markStack);
    heap->blockLimit_ = byteLength / blockByteLength;
    heap->markLimit_ = markLimit;
    heap->markCapacity_ = markCapacity;
    heap->threshold_ = minThreshold;
    heap->isStressed_ = options.isStressed;
    heap->visitRoots_ = options.visitRoots;
    heap->owner_ = options.owner;
    for (unsigned sizeClass = 0; sizeClass < sizeClassCount; ++sizeClass) {
      Cursor &cursor = heap->cursors_[sizeClass];
      cursor.cellByteLength = cellByteLengths[sizeClass];
      cursor.block = cursor.blocks = none;
    }
    return heap;
  }
  return nullptr;
}

void Heap::release() {
  for (RootList *list = roots_; list != nullptr;) {
    RootList *next = list->next;
    (void)sys::munmap(list, sizeof *list);
    list = next;
  }
  (void)sys::munmap(at<void>(mapping_), mappingByteLength_);
}

bool Heap::addRootList(const abi::GcRoots &roots, const abi::Table *table) {
  constexpr uint64_t capacity = sizeof RootList::rows / sizeof *RootList::rows;
  if (roots_ == nullptr || roots_->count == capacity) {
    const long mapped =
        sys::mmap(nullptr, sizeof(RootList), sys::protRead | sys::protWrite,
                  sys::mapPrivate | sys::mapAnonymous, -1, 0);
    if (sys::isError(mapped))
      return false;
    auto *list = at<RootList>(static_cast<uintptr_t>(mapped));
    list->next = roots_;
    roots_ = list;
  }
  roots_->rows[roots_->count++] = {roots, table};
  return true;
}

bool Heap::addRoots(const abi::GcRoots &roots) {
  return addRootList(roots, nullptr);
}

bool Heap::addTable(const abi::Table *table) {
  return addRootList({nullptr, 0}, table);
}

void Heap::visitAllRoots() {
  for (const RootList *list = roots_; list != nullptr; list = list->next)
    for (uint64_t index = 0; index < list->count; ++index) {
      const RootList::Row &row = list->rows[index];
      if (row.table != nullptr)
        markObjects(row.table->elements, row.table->length);
      else
        markObjects(row.roots.cells, row.roots.count);
    }
  if (visitRoots_ != nullptr)
    visitRoots_(*this, owner_);
}

//===----------------------------------------------------------------------===//
// Allocation
//===----------------------------------------------------------------------===//

Object *Heap::allocateSlowly(uint64_t byteLength) {
  if (byteLength > blockLimit_ * blockByteLength)
    return nullptr;
  if (isStressed_ || usedByteLength_ >= threshold_ ||
      (byteLength > maxCellByteLength &&
       usedByteLength_ + byteLength > threshold_)) {
    collect();
    return tryAllocate(byteLength);
  }
  Object *object = tryAllocate(byteLength);
  if (object == nullptr) {
    collect();
    object = tryAllocate(byteLength);
  }
  return object;
}

Object *Heap::tryAllocate(uint64_t byteLength) {
  if (byteLength > maxCellByteLength)
    return static_cast<Object *>(allocateLarge(byteLength));
  return takeCell(classOfAny(byteLength));
}

Object *Heap::takeCell(unsigned sizeClass) {
  Cursor &cursor = cursors_[sizeClass];
  while (cursor.next == cursor.end) {
    if (cursor.block != none && takeCellsOfBlock(cursor, sizeClass))
      break;
    cursor.firstCell = 0;
    cursor.block = cursor.blocks;
    if (cursor.block != none) {
      cursor.blocks = blocks_[cursor.block].link;
      continue;
    }
    cursor.block = takeBlocks(1);
    if (cursor.block == none)
      return nullptr;
    Block &block = blocks_[cursor.block];
    block.kind = Kind::Small;
    block.sizeClass = static_cast<uint8_t>(sizeClass);
  }
  auto *object = at<Object>(cursor.next);
  cursor.next += cursor.cellByteLength;
  return object;
}

/// The next cells in a row that are free. False: there is none left.
bool Heap::takeCellsOfBlock(Cursor &cursor, unsigned sizeClass) {
  const uint32_t count = cellCountOf(sizeClass);
  Bits &objects = bits_[cursor.block].objects;
  uint32_t first = cursor.firstCell;
  while (first < count && objects.get(first)) {
    // Over full words at once.
    if (first % 64 == 0 && objects.words[first / 64] == UINT64_MAX)
      first += 64;
    else
      ++first;
  }
  if (first >= count)
    return false;
  // One at a time under stress, so that every allocation comes here.
  const uint32_t limit = isStressed_ ? first + 1 : count;
  uint32_t end = first;
  while (end < limit && !objects.get(end))
    objects.set(end++);
  const uintptr_t address = blockAddress(cursor.block);
  cursor.next = address + first * cursor.cellByteLength;
  cursor.end = address + end * cursor.cellByteLength;
  cursor.firstCell = end;
  const uint64_t byteLength = cursor.end - cursor.next;
  usedByteLength_ += byteLength;
  Block &block = blocks_[cursor.block];
  if (!block.isClean)
    memset(at<void>(cursor.next), 0, byteLength);
  return true;
}

void *Heap::allocateLarge(uint64_t byteLength) {
  const uint64_t count = (byteLength + blockByteLength - 1) / blockByteLength;
  const uint32_t first = takeBlocks(count);
  if (first == none)
    return nullptr;
  const uintptr_t address = blockAddress(first);
  bool isUnmapped = byteLength >= minUnmappedByteLength;
  if (isUnmapped)
    isUnmapped = !sys::isError(sys::madvise(
        at<void>(address), count * blockByteLength, sys::madvDontneed));
  for (uint32_t index = 0; index < count; ++index) {
    Block &block = blocks_[first + index];
    if (!isUnmapped && !block.isClean)
      memset(at<void>(address + index * blockByteLength), 0, blockByteLength);
    block.kind = index == 0 ? Kind::Large : Kind::Continuation;
    block.isClean = false;
    block.link = index == 0 ? static_cast<uint32_t>(count) : index;
  }
  bits_[first].objects.set(0);
  usedByteLength_ += count * blockByteLength;
  return at<void>(address);
}

/// The first of so many blocks in a row that were free, or none. They are still
/// marked as free.
uint32_t Heap::takeBlocks(uint64_t count) {
  uint64_t found = 0;
  if (freeCount_ >= count) {
    while (firstFree_ < blockCount_ && blocks_[firstFree_].kind != Kind::Free)
      ++firstFree_;
    for (uint64_t index = firstFree_; index < blockCount_; ++index) {
      found = blocks_[index].kind == Kind::Free ? found + 1 : 0;
      if (found == count) {
        freeCount_ -= count;
        return static_cast<uint32_t>(index + 1 - count);
      }
    }
  } else {
    // What is free at the end of all can be part of it.
    while (found < freeCount_ &&
           blocks_[blockCount_ - 1 - found].kind == Kind::Free)
      ++found;
  }
  const uint64_t first = blockCount_ - found;
  if (count > blockLimit_ - first || !commitTo(first + count))
    return none;
  freeCount_ -= count;
  return static_cast<uint32_t>(first);
}

/// Makes at least so many blocks accessible.
bool Heap::commitTo(uint64_t blockCount) {
  uint64_t step =
      blockCount_ / 4 > minBlockStep ? blockCount_ / 4 : minBlockStep;
  uint64_t wanted =
      blockCount_ + step > blockCount ? blockCount_ + step : blockCount;
  if (wanted > blockLimit_)
    wanted = blockLimit_;
  const uint64_t mask = ~(process.pageByteLength - 1);
  const uintptr_t bitsBegin =
      reinterpret_cast<uintptr_t>(bits_ + blockCount_) & mask;
  const uintptr_t bitsEnd = roundTo(reinterpret_cast<uintptr_t>(bits_ + wanted),
                                    process.pageByteLength);
  if (!makeAccessible(bitsBegin, bitsEnd - bitsBegin) ||
      !makeAccessible(blockAddress(static_cast<uint32_t>(blockCount_)),
                      (wanted - blockCount_) * blockByteLength))
    return false;
  for (uint64_t index = blockCount_; index < wanted; ++index)
    blocks_[index] = {Kind::Free, 0, true, none};
  freeCount_ += wanted - blockCount_;
  blockCount_ = wanted;
  usableByteLength_ = wanted * blockByteLength;
  return true;
}

//===----------------------------------------------------------------------===//
// Collection
//===----------------------------------------------------------------------===//

void Heap::collect() {
  ++collectionCount_;
  if (isCollecting_)
    clearMarks();
  isCollecting_ = true;
  retireCursors();
  markDepth_ = 0;
  hasOverflowed_ = false;
  visitAllRoots();
  drain();
  while (hasOverflowed_)
    rescan();
  sweep();
  threshold_ =
      usedByteLength_ * 2 > minThreshold ? usedByteLength_ * 2 : minThreshold;
  giveBackBlocks();
  isCollecting_ = false;
}

/// Of a collection that was cut short: what it marked may not have been looked
/// at.
void Heap::clearMarks() {
  for (uint64_t index = 0; index < blockCount_; ++index)
    bits_[index].marks = {};
}

/// Cells that were set aside and have no object are none.
void Heap::retireCursors() {
  for (unsigned sizeClass = 0; sizeClass < sizeClassCount; ++sizeClass) {
    Cursor &cursor = cursors_[sizeClass];
    if (cursor.block != none) {
      const uint64_t offset = cursor.next - blockAddress(cursor.block);
      Bits &objects = bits_[cursor.block].objects;
      uint32_t cell = static_cast<uint32_t>(offset / cursor.cellByteLength);
      for (; cursor.next != cursor.end; cursor.next += cursor.cellByteLength)
        objects.clear(cell++);
    }
    cursor.next = cursor.end = 0;
    cursor.block = cursor.blocks = none;
    cursor.firstCell = 0;
  }
}

/// From the marks to what is free. Blocks with free cells are put in lists, the
/// lowest first.
void Heap::sweep() {
  usedByteLength_ = 0;
  for (uint64_t index = blockCount_; index-- != 0;) {
    const auto number = static_cast<uint32_t>(index);
    Block &block = blocks_[number];
    if (block.kind == Kind::Small) {
      sweepSmall(number);
    } else if (block.kind == Kind::Large) {
      BlockBits &bits = bits_[number];
      if (bits.marks.get(0)) {
        bits.marks.clear(0);
        usedByteLength_ += block.link * blockByteLength;
      } else {
        freeBlocks(number, block.link);
      }
    }
  }
}

void Heap::sweepSmall(uint32_t index) {
  Block &block = blocks_[index];
  BlockBits &bits = bits_[index];
  const uint32_t count = cellCountOf(block.sizeClass);
  uint64_t alive = 0;
  if (isStressed_)
    poison(index);
  for (uint32_t word = 0; word * 64 < count; ++word) {
    bits.objects.words[word] = bits.marks.words[word];
    alive +=
        static_cast<uint64_t>(__builtin_popcountll(bits.marks.words[word]));
    bits.marks.words[word] = 0;
  }
  if (alive == 0)
    return freeBlocks(index, 1);
  block.isClean = false;
  usedByteLength_ += alive * cellByteLengths[block.sizeClass];
  if (alive == count)
    return;
  Cursor &cursor = cursors_[block.sizeClass];
  block.link = cursor.blocks;
  cursor.blocks = index;
}

/// Overwrites objects that are about to be free.
void Heap::poison(uint32_t index) {
  const Block &block = blocks_[index];
  const uint64_t cellByteLength = cellByteLengths[block.sizeClass];
  const BlockBits &bits = bits_[index];
  for (uint32_t cell = 0; cell < cellCountOf(block.sizeClass); ++cell)
    if (bits.objects.get(cell) && !bits.marks.get(cell))
      memset(at<void>(blockAddress(index) + cell * cellByteLength), freedByte,
             cellByteLength);
}

void Heap::freeBlocks(uint32_t index, uint32_t count) {
  if (blocks_[index].kind == Kind::Large) {
    bits_[index].objects.clear(0);
    if (isStressed_)
      memset(at<void>(blockAddress(index)), freedByte, count * blockByteLength);
  }
  for (uint32_t next = index; next < index + count; ++next)
    blocks_[next] = {Kind::Free, 0, false, none};
  freeCount_ += count;
  if (index < firstFree_)
    firstFree_ = index;
}

/// Keeps the memory of as many free blocks as are likely to be used before the
/// next collection, and returns that of the rest.
void Heap::giveBackBlocks() {
  uint64_t kept = (threshold_ - usedByteLength_) / blockByteLength;
  uint64_t begin = 0, end = 0;
  auto giveBack = [&] {
    if (begin != end &&
        !sys::isError(
            sys::madvise(at<void>(blockAddress(static_cast<uint32_t>(begin))),
                         (end - begin) * blockByteLength, sys::madvDontneed)))
      for (; begin != end; ++begin)
        blocks_[begin].isClean = true;
  };
  for (uint64_t index = firstFree_; index < blockCount_; ++index) {
    const Block &block = blocks_[index];
    if (block.kind != Kind::Free || block.isClean)
      continue;
    if (kept != 0) {
      --kept;
      continue;
    }
    if (end != index) {
      giveBack();
      begin = index;
    }
    end = index + 1;
  }
  giveBack();
}

HeapStatistics Heap::statistics() const {
  HeapStatistics result = {collectionCount_, usedByteLength_, 0, 0,
                           rescanCount_};
  for (uint64_t index = 0; index < blockCount_; ++index) {
    result.dirtyBlockCount += !blocks_[index].isClean;
    if (blocks_[index].kind == Kind::Free)
      continue;
    for (uint64_t word : bits_[index].objects.words)
      result.objectCount += static_cast<uint64_t>(__builtin_popcountll(word));
  }
  return result;
}

} // namespace wrought::gc

//===- mark.cpp - Finding the objects that can be reached -----------------===//
//
// Objects that are marked and still to be looked at wait on a stack of limited
// size. When it is full they are only marked; then all blocks are gone through
// for marked objects with references to unmarked ones, until nothing is left
// over. Of a long array a slice is looked at at a time, so that it takes one
// entry.
//
//===----------------------------------------------------------------------===//
#include "gc/heap.h"

#include "core/process.h"
#include "os/linux/system.h"

namespace wrought::gc {

namespace {

constexpr uint64_t elementsAtOnce = 128;

bool hasReferences(const abi::GcType &type) {
  return type.referenceCount != 0 || type.elementIsReference != 0;
}

} // namespace

/// The object that has this byte. False: there is none.
bool Heap::find(uintptr_t address, Place &place) const {
  const uint64_t offset = address - begin_;
  if (offset >= usableByteLength_)
    return false;
  auto index = static_cast<uint32_t>(offset / blockByteLength);
  uint32_t cell = 0;
  const Block &block = blocks_[index];
  if (block.kind == Kind::Small)
    cell = cellOf(block.sizeClass, offset % blockByteLength);
  else if (block.kind == Kind::Continuation)
    index -= block.link;
  // A byte behind the last cell is in a cell that nobody ever takes.
  place = {index, cell};
  return bits_[index].objects.get(cell);
}

Object *Heap::objectAt(Place place) const {
  const Block &block = blocks_[place.block];
  const uint64_t offset =
      block.kind == Kind::Small
          ? uint64_t{place.cell} * cellByteLengths[block.sizeClass]
          : 0;
  return reinterpret_cast<Object *>(blockAddress(place.block) + offset);
}

/// Cells that the next objects will have are zero yet.
bool Heap::isObject(const void *word) const {
  const auto address = reinterpret_cast<uintptr_t>(word);
  Place place;
  if (address % 8 != 0 || !find(address, place))
    return false;
  const Object *object = objectAt(place);
  return object == word && object->type != nullptr;
}

void Heap::mark(Place place) {
  Bits &marks = bits_[place.block].marks;
  if (marks.get(place.cell))
    return;
  marks.set(place.cell);
  Object *object = objectAt(place);
  if (hasReferences(*static_cast<const abi::GcType *>(object->type)))
    push(object, 0);
}

void Heap::markReference(uint64_t word) {
  Place place;
  if (word % 8 == 0 && find(word, place) &&
      reinterpret_cast<uintptr_t>(objectAt(place)) == word)
    mark(place);
}

void Heap::markObjects(const void *words, uint64_t count) {
  auto *word = static_cast<const uint64_t *>(words);
  for (uint64_t index = 0; index < count; ++index)
    markReference(word[index]);
}

void Heap::markAnything(uintptr_t address) {
  Place place;
  if (find(address, place))
    mark(place);
}

// Other functions' variables are none of the sanitizers' business here.
__attribute__((no_sanitize("address"))) void
Heap::markAnythingIn(uintptr_t begin, uintptr_t end) {
  for (uintptr_t place = (begin + 7) & ~uintptr_t{7}; place + 8 <= end;
       place += 8) {
    const uintptr_t word = *reinterpret_cast<const volatile uintptr_t *>(place);
    // One byte past what can be an address of ours is enough.
    if (word - begin_ > usableByteLength_)
      continue;
    markAnything(word);
    markAnything(word - 1);
  }
}

void Heap::markEverything() {
  for (uint64_t index = 0; index < blockCount_; ++index)
    bits_[index].marks = bits_[index].objects;
}

void Heap::push(Object *object, uint64_t nextElement) {
  if (markDepth_ == markCapacity_ && !growMarkStack()) {
    hasOverflowed_ = true;
    return;
  }
  markStack_[markDepth_++] = {object, nextElement};
}

bool Heap::growMarkStack() {
  const uint64_t wanted = markCapacity_ * 2;
  const uint64_t capacity = wanted < markLimit_ ? wanted : markLimit_;
  if (capacity == markCapacity_ ||
      sys::isError(sys::mprotect(markStack_, capacity * sizeof(MarkEntry),
                                 sys::protRead | sys::protWrite)))
    return false;
  markCapacity_ = capacity;
  return true;
}

void Heap::scan(MarkEntry entry) {
  const auto &type = *static_cast<const abi::GcType *>(entry.object->type);
  const auto address = reinterpret_cast<uintptr_t>(entry.object);
  if (type.elementByteLength == 0) {
    auto *offsets = static_cast<const uint64_t *>(type.referenceOffsets);
    for (uint64_t index = 0; index < type.referenceCount; ++index)
      markReference(
          *reinterpret_cast<const uint64_t *>(address + offsets[index]));
    return;
  }
  const uint64_t left = entry.object->length - entry.nextElement;
  const uint64_t count = left < elementsAtOnce ? left : elementsAtOnce;
  if (left != count)
    push(entry.object, entry.nextElement + count);
  auto *elements =
      reinterpret_cast<const uint64_t *>(address + type.byteLength);
  markObjects(elements + entry.nextElement, count);
}

void Heap::drain() {
  while (markDepth_ != 0)
    scan(markStack_[--markDepth_]);
}

void Heap::rescanBlock(uint32_t index) {
  const Block &block = blocks_[index];
  if (block.kind != Kind::Small && block.kind != Kind::Large)
    return;
  const Bits &marks = bits_[index].marks;
  for (uint32_t word = 0; word < wordsPerBlock; ++word) {
    // Also what is marked meanwhile.
    uint64_t done = 0;
    while (const uint64_t left = marks.words[word] & ~done) {
      const auto bit = static_cast<uint32_t>(__builtin_ctzll(left));
      done |= (uint64_t{2} << bit) - 1;
      Object *object = objectAt({index, word * 64 + bit});
      if (!hasReferences(*static_cast<const abi::GcType *>(object->type)))
        continue;
      scan({object, 0});
      drain();
    }
  }
}

/// Up and down in turn: a list that runs against one direction runs with the
/// other.
void Heap::rescan() {
  hasOverflowed_ = false;
  const bool isUpward = ++rescanCount_ % 2 != 0;
  for (uint64_t index = 0; index < blockCount_; ++index)
    rescanBlock(
        static_cast<uint32_t>(isUpward ? index : blockCount_ - 1 - index));
}

} // namespace wrought::gc

//===- table.cpp - Tables: growing and bulk operations --------------------===//
//
// A table's first elements lie in the executable, or among a thread's variables,
// where its capacity is 0. Growing beyond its capacity moves it to a mapping of
// its own, of which at least half is in use.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "core/process.h"
#include "libcalls/libcalls.h"
#include "os/linux/system.h"

extern "C" {
// The linker's: the first and the last byte of the image.
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char _end[] __attribute__((visibility("hidden")));
}

namespace wrought {

namespace {

// What engines of the web allow as well.
constexpr uint64_t maxTableLength = 10'000'000;

using Reference = void *;

Reference *elementsOf(const abi::Table &table) {
  return static_cast<Reference *>(table.elements);
}

bool isInside(uint64_t offset, uint64_t count, uint64_t length) {
  return offset <= length && count <= length - offset;
}

bool isInImage(const void *pointer) {
  auto address = reinterpret_cast<uint64_t>(pointer);
  return address >= reinterpret_cast<uint64_t>(__ehdr_start) &&
         address < reinterpret_cast<uint64_t>(_end);
}

uint64_t mappedByteLength(uint64_t capacity) {
  uint64_t mask = process.pageByteLength - 1;
  return (capacity * sizeof(Reference) + mask) & ~mask;
}

/// The new place of the elements, or an error.
long moveElements(const abi::Table &table, uint64_t newByteLength) {
  bool hasMapping = table.elements != nullptr && table.capacity != 0 &&
                    !isInImage(table.elements);
  if (hasMapping)
    return sys::mremap(table.elements, mappedByteLength(table.capacity),
                       newByteLength, sys::mremapMaymove);
  long address =
      sys::mmap(nullptr, newByteLength, sys::protRead | sys::protWrite,
                sys::mapPrivate | sys::mapAnonymous, -1, 0);
  if (!sys::isError(address))
    memcpy(reinterpret_cast<void *>(address), table.elements,
           table.length * sizeof(Reference));
  return address;
}

bool reserve(abi::Table &table, uint64_t length) {
  if (length <= table.capacity)
    return true;
  uint64_t capacity = table.capacity * 2 > length ? table.capacity * 2 : length;
  if (capacity > maxTableLength)
    capacity = maxTableLength;
  uint64_t byteLength = mappedByteLength(capacity);
  long address = moveElements(table, byteLength);
  if (sys::isError(address))
    return false;
  table.elements = reinterpret_cast<void *>(address);
  table.capacity = byteLength / sizeof(Reference);
  return true;
}

void fill(Reference *elements, Reference reference, uint64_t count) {
  for (uint64_t index = 0; index < count; ++index)
    elements[index] = reference;
}

} // namespace
} // namespace wrought

using namespace wrought;

extern "C" {

uint64_t wrought_table_grow(void *pointer, void *reference, uint64_t count) {
  auto &table = *static_cast<abi::Table *>(pointer);
  uint64_t oldLength = table.length;
  uint64_t limit =
      table.maximum < maxTableLength ? table.maximum : maxTableLength;
  if (oldLength > limit || count > limit - oldLength ||
      !reserve(table, oldLength + count))
    return UINT64_MAX;
  fill(elementsOf(table) + oldLength, reference, count);
  table.length = oldLength + count;
  return oldLength;
}

void wrought_table_release(void *pointer) {
  auto &table = *static_cast<abi::Table *>(pointer);
  if (table.capacity != 0 && !isInImage(table.elements))
    (void)sys::munmap(table.elements, mappedByteLength(table.capacity));
}

void wrought_table_fill(void *pointer, uint64_t index, void *reference,
                        uint64_t count) {
  auto &table = *static_cast<abi::Table *>(pointer);
  if (!isInside(index, count, table.length))
    wrought_trap_TableOutOfBounds();
  fill(elementsOf(table) + index, reference, count);
}

void wrought_table_copy(void *destinationTable, void *sourceTable,
                        uint64_t destination, uint64_t source, uint64_t count) {
  auto &to = *static_cast<abi::Table *>(destinationTable);
  auto &from = *static_cast<abi::Table *>(sourceTable);
  if (!isInside(source, count, from.length) ||
      !isInside(destination, count, to.length))
    wrought_trap_TableOutOfBounds();
  memmove(elementsOf(to) + destination, elementsOf(from) + source,
          count * sizeof(Reference));
}

void wrought_table_init(void *pointer, void *segmentPointer,
                        uint64_t destination, uint64_t source, uint64_t count) {
  auto &table = *static_cast<abi::Table *>(pointer);
  auto &segment = *static_cast<abi::Segment *>(segmentPointer);
  if (!isInside(source, count, segment.length) ||
      !isInside(destination, count, table.length))
    wrought_trap_TableOutOfBounds();
  memcpy(elementsOf(table) + destination,
         static_cast<Reference *>(segment.items) + source,
         count * sizeof(Reference));
}
}

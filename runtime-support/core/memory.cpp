//===- memory.cpp - Linear memories: mapping, growing, bulk operations ----===//
//
// Three ways to hold a memory, told apart by two fields (abi/layout.def):
//   guarded      reservedByteLength != 0: everything is reserved without
//   access,
//                and growing is a change of protection.
//   fixed        fixedBase != 0: only what is in use is mapped; it grows by
//                mapping what follows, or fails where something is in the way.
//   movable      neither: one mapping that mremap extends and may move.
// A shared memory with explicit checks is held like a guarded one that reserves
// its maximum. Other threads read its length at any time: it is written last.
//
// Sections refer to the core specification, 4.2.9 and 4.4.7.
//
//===----------------------------------------------------------------------===//
#include "core/memory.h"

#include "abi/runtime.h"
#include "core/message.h"
#include "core/process.h"
#include "core/registry.h"
#include "libcalls/libcalls.h"
#include "os/linux/system.h"

namespace wrought {

namespace {

constexpr int anonymous = sys::mapPrivate | sys::mapAnonymous;
constexpr int readWrite = sys::protRead | sys::protWrite;
// The size of a huge page, or near it, on every target.
constexpr uint64_t hugeGrowth = uint64_t{2} << 20;
/// An initial memory of less is often declared and never used.
constexpr uint64_t hugeInitial = uint64_t{64} << 20;

bool isGuarded(const abi::Memory &memory) {
  return memory.reservedByteLength != 0;
}

bool isMovable(const abi::Memory &memory) {
  return !isGuarded(memory) && memory.fixedBase == 0;
}

uint64_t roundToPage(uint64_t byteLength) {
  uint64_t mask = process.pageByteLength - 1;
  return (byteLength + mask) & ~mask;
}

char *baseOf(const abi::Memory &memory) {
  return static_cast<char *>(memory.base);
}

[[noreturn]] void failToReserve(const abi::Memory &memory) {
  Message message;
  bool hasGuard = memory.reservedByteLength > memory.maximumByteLength;
  message.text("wrought: error: cannot reserve ")
      .byteLength(memory.reservedByteLength)
      .text(" of address space for the linear memory (is there a limit on "
            "virtual memory, as by ulimit -v?); rebuild with ")
      .text(hasGuard ? "--bounds-checks explicit\n"
                     : "a smaller --max-memory\n");
  exitWith(message);
}

[[noreturn]] void failToMap(const abi::Memory &memory) {
  Message message;
  message.text("wrought: error: cannot map the initial ")
      .byteLength(memory.initialByteLength)
      .text(" of the linear memory\n");
  exitWith(message);
}

/// Maps [address, address + byteLength) unless something is there already.
bool mapExactly(uint64_t address, uint64_t byteLength) {
  long result = sys::mmap(reinterpret_cast<void *>(address), byteLength,
                          readWrite, anonymous | sys::mapFixedNoreplace, -1, 0);
  if (sys::isError(result))
    return false;
  if (static_cast<uint64_t>(result) == address)
    return true;
  // Kernels before 4.17 take the address for a hint.
  (void)sys::munmap(reinterpret_cast<void *>(result), byteLength);
  return false;
}

void reserveGuarded(abi::Memory &memory) {
  int flags = anonymous | sys::mapNoreserve |
              (memory.fixedBase != 0 ? sys::mapFixed : 0);
  long base = sys::mmap(reinterpret_cast<void *>(memory.fixedBase),
                        roundToPage(memory.reservedByteLength), sys::protNone,
                        flags, -1, 0);
  if (sys::isError(base))
    failToReserve(memory);
  memory.base = reinterpret_cast<void *>(base);
}

void mapInitial(abi::Memory &memory) {
  uint64_t byteLength = roundToPage(memory.initialByteLength);
  if (memory.fixedBase != 0) {
    memory.base = reinterpret_cast<void *>(memory.fixedBase);
    if (byteLength != 0 && !mapExactly(memory.fixedBase, byteLength))
      failToMap(memory);
    return;
  }
  // mremap cannot extend a mapping without pages, so an empty one has one.
  if (byteLength == 0)
    byteLength = process.pageByteLength;
  long base = sys::mmap(nullptr, byteLength, readWrite, anonymous, -1, 0);
  if (sys::isError(base))
    failToMap(memory);
  memory.base = reinterpret_cast<void *>(base);
}

/// Moves the pages of an image to the memory; they are writable already.
bool moveImage(const abi::Memory &memory, const abi::MemoryImage &image) {
  char *target = baseOf(memory) + image.memoryOffset;
  uint64_t mask = process.pageByteLength - 1;
  if (((reinterpret_cast<uint64_t>(image.bytes) |
        reinterpret_cast<uint64_t>(target) | image.byteLength) &
       mask) != 0)
    return false;
  return !sys::isError(
      sys::mremap(image.bytes, image.byteLength, image.byteLength,
                  sys::mremapMaymove | sys::mremapFixed, target));
}

/// Gives access to the initial size and brings the images there.
void placeImages(abi::Memory &memory) {
  uint64_t byteLength = roundToPage(memory.initialByteLength);
  if (isGuarded(memory) && byteLength != 0 &&
      sys::isError(sys::mprotect(memory.base, byteLength, readWrite)))
    failToMap(memory);
  auto *images = static_cast<const abi::MemoryImage *>(memory.images);
  for (uint64_t index = 0; index < memory.imageCount; ++index) {
    const abi::MemoryImage &image = images[index];
    // A movable memory must stay one mapping.
    if (isMovable(memory) || !moveImage(memory, image))
      memcpy(baseOf(memory) + image.memoryOffset, image.bytes,
             image.byteLength);
  }
}

bool imagesFit(const abi::Memory &memory) {
  auto *images = static_cast<const abi::MemoryImage *>(memory.images);
  uint64_t limit = roundToPage(memory.initialByteLength);
  for (uint64_t index = 0; index < memory.imageCount; ++index)
    if (images[index].memoryOffset > limit ||
        images[index].byteLength > limit - images[index].memoryOffset)
      return false;
  return true;
}

/// Gives access to [oldByteLength, newByteLength), both multiples of a page.
bool extendGuarded(abi::Memory &memory, uint64_t oldByteLength,
                   uint64_t newByteLength) {
  if (newByteLength > memory.reservedByteLength)
    return false;
  return !sys::isError(sys::mprotect(baseOf(memory) + oldByteLength,
                                     newByteLength - oldByteLength, readWrite));
}

bool extendMovable(abi::Memory &memory, uint64_t oldByteLength,
                   uint64_t newByteLength) {
  if (oldByteLength == 0)
    oldByteLength = process.pageByteLength;
  if (oldByteLength == newByteLength)
    return true;
  long base = sys::mremap(memory.base, oldByteLength, newByteLength,
                          sys::mremapMaymove);
  if (sys::isError(base))
    return false;
  memory.base = reinterpret_cast<void *>(base);
  return true;
}

bool extend(abi::Memory &memory, uint64_t oldByteLength,
            uint64_t newByteLength) {
  if (isGuarded(memory))
    return extendGuarded(memory, oldByteLength, newByteLength);
  if (isMovable(memory))
    return extendMovable(memory, oldByteLength, newByteLength);
  uint64_t end = memory.fixedBase + oldByteLength;
  return newByteLength <= UINT64_MAX - memory.fixedBase &&
         mapExactly(end, newByteLength - oldByteLength);
}

void adviseHugePages(abi::Memory &memory, uint64_t oldByteLength,
                     uint64_t newByteLength) {
  if (newByteLength - oldByteLength < hugeGrowth)
    return;
  // Advice for a part would split a movable memory into two mappings.
  uint64_t begin = isMovable(memory) ? 0 : oldByteLength;
  // Only a hint; kernels may lack it.
  (void)sys::madvise(baseOf(memory) + begin, newByteLength - begin,
                     sys::madvHugepage);
}

uint64_t lengthOf(const abi::Memory &memory) {
  return __atomic_load_n(&memory.byteLength, __ATOMIC_RELAXED);
}

bool isInside(uint64_t offset, uint64_t count, uint64_t length) {
  return offset <= length && count <= length - offset;
}

} // namespace

void setUpMemory(abi::Memory &memory) {
  if (memory.initialByteLength > memory.maximumByteLength ||
      memory.initialByteLength > UINT64_MAX / 2 || !imagesFit(memory))
    failToMap(memory);
  if (isGuarded(memory)) {
    if (roundToPage(memory.initialByteLength) > memory.reservedByteLength)
      failToMap(memory);
    reserveGuarded(memory);
  } else {
    mapInitial(memory);
  }
  placeImages(memory);
  memory.byteLength = memory.initialByteLength;
}

} // namespace wrought

using namespace wrought;

extern "C" {

void wrought_setup_module(abi::Module *module) {
  auto **memories = static_cast<abi::Memory **>(module->memories);
  for (uint64_t index = 0; index < module->memoryCount; ++index) {
    abi::Memory &memory = *memories[index];
    setUpMemory(memory);
    if (memory.initialByteLength >= hugeInitial)
      adviseHugePages(memory, 0, roundToPage(memory.initialByteLength));
  }
  if (!registerModule(module)) {
    Message message;
    exitWith(message.text("wrought: error: out of memory at start-up\n"));
  }
}

uint64_t wrought_memory_grow(void *pointer, uint64_t pages) {
  auto &memory = *static_cast<abi::Memory *>(pointer);
  uint64_t oldByteLength = memory.byteLength;
  uint64_t room = memory.maximumByteLength - oldByteLength;
  if (pages > room >> memory.pageSizeLog2)
    return UINT64_MAX;
  uint64_t newByteLength = oldByteLength + (pages << memory.pageSizeLog2);
  // Beyond this no kernel maps anything, and rounding up would wrap.
  if (newByteLength > UINT64_MAX / 2)
    return UINT64_MAX;
  uint64_t oldMapped = roundToPage(oldByteLength);
  uint64_t newMapped = roundToPage(newByteLength);
  if (oldMapped != newMapped) {
    if (!extend(memory, oldMapped, newMapped))
      return UINT64_MAX;
    adviseHugePages(memory, oldMapped, newMapped);
  }
  __atomic_store_n(&memory.byteLength, newByteLength, __ATOMIC_RELEASE);
  return oldByteLength >> memory.pageSizeLog2;
}

void wrought_memory_copy(void *destinationMemory, void *sourceMemory,
                         uint64_t destination, uint64_t source,
                         uint64_t count) {
  auto &to = *static_cast<abi::Memory *>(destinationMemory);
  auto &from = *static_cast<abi::Memory *>(sourceMemory);
  if (!isInside(source, count, lengthOf(from)) ||
      !isInside(destination, count, lengthOf(to)))
    wrought_trap_MemoryOutOfBounds();
  memmove(baseOf(to) + destination, baseOf(from) + source, count);
}

void wrought_memory_fill(void *pointer, uint64_t destination, uint32_t byte,
                         uint64_t count) {
  auto &memory = *static_cast<abi::Memory *>(pointer);
  if (!isInside(destination, count, lengthOf(memory)))
    wrought_trap_MemoryOutOfBounds();
  memset(baseOf(memory) + destination, static_cast<uint8_t>(byte), count);
}

void wrought_memory_init(void *pointer, void *segmentPointer,
                         uint64_t destination, uint64_t source,
                         uint64_t count) {
  auto &memory = *static_cast<abi::Memory *>(pointer);
  auto &segment = *static_cast<abi::Segment *>(segmentPointer);
  if (!isInside(source, count, segment.length) ||
      !isInside(destination, count, lengthOf(memory)))
    wrought_trap_MemoryOutOfBounds();
  memcpy(baseOf(memory) + destination,
         static_cast<const char *>(segment.items) + source, count);
}
}

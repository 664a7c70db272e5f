//===- arena.cpp - Slots for instances and their memories -----------------===//
//
// Slots are reserved many at a time: address space for their memories, and
// pages for the instances. A slot that is given back keeps its mappings, and
// its pages return to the kernel, so that the next instance in it costs one
// call for each memory. Initial contents are private mappings of a file in
// memory, which the kernel copies page by page as they are written.
//
// Memories without a reservation (explicit checks) are mapped one by one.
//
//===----------------------------------------------------------------------===//
#include "core/lock.h"
#include "libcalls/libcalls.h"
#include "library/library.h"
#include "os/linux/system.h"

namespace wrought {

/// Never given back: the handler reads the list at any time.
struct Arena {
  Arena *next;
  char *memories;
  char *instances;
  uint64_t slotCount;
  /// Bytes from slot to slot.
  uint64_t memoryStride, instanceStride;
};

namespace {

constexpr int anonymous =
    sys::mapPrivate | sys::mapAnonymous | sys::mapNoreserve;
constexpr int readWrite = sys::protRead | sys::protWrite;
constexpr uint64_t maxSlots = 64;

Lock lock;
Arena *arenas;
LibraryInstance *freeSlots;

/// The file with all images, in order, each from a page's start.
struct ImageFile {
  enum class State : uint8_t { Untried, Ready, Failed } state;
  int descriptor;
  uint64_t inode;
} imageFile;

uint64_t roundToPage(uint64_t byteLength) {
  const uint64_t mask = process.pageByteLength - 1;
  return (byteLength + mask) & ~mask;
}

const abi::Memory *templates(const abi::Library &library) {
  return static_cast<const abi::Memory *>(library.memories);
}

uint64_t memoryCount(const abi::Library &library) {
  return static_cast<const abi::InstanceCounts *>(library.counts)->memories;
}

/// Of all memories of a slot that are reserved.
uint64_t reservedByteLength(const abi::Library &library) {
  uint64_t sum = 0;
  for (uint64_t index = 0; index < memoryCount(library); ++index)
    sum += roundToPage(templates(library)[index].reservedByteLength);
  return sum;
}

/// Maps an arena of so many slots.
bool addArena(const abi::Library &library, uint64_t slotCount) {
  const uint64_t memoryStride = reservedByteLength(library);
  const uint64_t instanceStride =
      (sizeof(LibraryInstance) - sizeof(abi::Instance) +
       library.instanceByteLength + 63) &
      ~uint64_t{63};
  const uint64_t ownByteLength =
      roundToPage(sizeof(Arena) + slotCount * instanceStride + 64);
  const long own =
      sys::mmap(nullptr, ownByteLength, readWrite, anonymous, -1, 0);
  if (sys::isError(own))
    return false;
  long memories = 0;
  if (memoryStride != 0)
    memories = sys::mmap(nullptr, slotCount * memoryStride, sys::protNone,
                         anonymous, -1, 0);
  if (sys::isError(memories)) {
    (void)sys::munmap(reinterpret_cast<void *>(own), ownByteLength);
    return false;
  }
  auto *arena = reinterpret_cast<Arena *>(own);
  *arena = {arenas,
            reinterpret_cast<char *>(memories),
            reinterpret_cast<char *>((own + sizeof(Arena) + 63) & ~63l),
            slotCount,
            memoryStride,
            instanceStride};
  for (uint64_t slot = slotCount; slot-- != 0;) {
    auto *instance = reinterpret_cast<LibraryInstance *>(arena->instances +
                                                         slot * instanceStride);
    instance->arena = arena;
    instance->slot = slot;
    instance->nextFree = freeSlots;
    freeSlots = instance;
  }
  __atomic_store_n(&arenas, arena, __ATOMIC_RELEASE);
  return true;
}

/// The number of the file, or 0. A host may have closed our descriptor and
/// opened something else in its place.
uint64_t inodeOf(int descriptor) {
  sys::Statx status;
  return sys::isError(sys::fstatx(descriptor, &status)) ? 0 : status.inode;
}

template <class Function>
void forEachImage(const abi::Library &library, Function function) {
  uint64_t fileOffset = 0;
  for (uint64_t index = 0; index < memoryCount(library); ++index) {
    const abi::Memory &memory = templates(library)[index];
    auto *images = static_cast<const abi::MemoryImage *>(memory.images);
    for (uint64_t image = 0; image < memory.imageCount; ++image) {
      function(index, images[image], fileOffset);
      fileOffset += roundToPage(images[image].byteLength);
    }
  }
}

bool writeImages(const abi::Library &library, int descriptor) {
  bool isDone = true;
  forEachImage(library, [&](uint64_t, const abi::MemoryImage &image,
                            uint64_t fileOffset) {
    uint64_t done = 0;
    while (isDone && done < image.byteLength) {
      const long count = sys::pwrite(
          descriptor, static_cast<char *>(image.bytes) + done,
          image.byteLength - done, static_cast<int64_t>(fileOffset + done));
      isDone = count > 0;
      done += isDone ? static_cast<uint64_t>(count) : 0;
    }
  });
  return isDone;
}

void makeImageFile(const abi::Library &library) {
  imageFile.state = ImageFile::State::Failed;
  constexpr unsigned closeOnExec = 1;
  const long descriptor = sys::memfd_create("wrought-image", closeOnExec);
  if (sys::isError(descriptor))
    return;
  imageFile.descriptor = static_cast<int>(descriptor);
  imageFile.inode = inodeOf(imageFile.descriptor);
  if (imageFile.inode != 0 && writeImages(library, imageFile.descriptor))
    imageFile.state = ImageFile::State::Ready;
  else
    (void)sys::close(imageFile.descriptor);
}

/// Whether images can be mapped; makes the file when it is not there.
bool hasImageFile(const abi::Library &library) {
  const LockGuard guard(lock);
  if (imageFile.state == ImageFile::State::Untried ||
      (imageFile.state == ImageFile::State::Ready &&
       inodeOf(imageFile.descriptor) != imageFile.inode))
    makeImageFile(library);
  return imageFile.state == ImageFile::State::Ready;
}

bool isReserved(const abi::Memory &memory) {
  return memory.reservedByteLength != 0;
}

/// Makes [0, initialByteLength) of a reserved memory accessible and fresh.
bool resetReserved(abi::Memory &memory, uint64_t usedByteLength) {
  auto *base = static_cast<char *>(memory.base);
  const uint64_t initial = roundToPage(memory.initialByteLength);
  const uint64_t used = roundToPage(usedByteLength);
  if (used != 0 && sys::isError(sys::madvise(base, used, sys::madvDontneed)))
    return false;
  return used <= initial || !sys::isError(sys::mprotect(
                                base + initial, used - initial, sys::protNone));
}

bool openReserved(abi::Memory &memory) {
  const uint64_t initial = roundToPage(memory.initialByteLength);
  return initial == 0 ||
         !sys::isError(sys::mprotect(memory.base, initial, readWrite));
}

/// Without a reservation: a mapping of its own, which mremap can extend.
bool mapMovable(abi::Memory &memory) {
  const uint64_t byteLength = roundToPage(memory.initialByteLength);
  const long base =
      sys::mmap(nullptr, byteLength == 0 ? process.pageByteLength : byteLength,
                readWrite, anonymous, -1, 0);
  if (sys::isError(base))
    return false;
  memory.base = reinterpret_cast<void *>(base);
  return true;
}

void unmapMovable(const abi::Memory &memory) {
  const uint64_t byteLength = roundToPage(memory.byteLength);
  (void)sys::munmap(memory.base,
                    byteLength == 0 ? process.pageByteLength : byteLength);
}

/// Those that are mapped already are as they were.
bool placeImages(const abi::Library &library, const InstanceParts &parts,
                 LibraryInstance &slot) {
  bool isDone = true, canMap = false, hasAsked = slot.hasMappedImages;
  forEachImage(library, [&](uint64_t index, const abi::MemoryImage &image,
                            uint64_t fileOffset) {
    abi::Memory &memory = parts.memories()[index];
    char *target = static_cast<char *>(memory.base) + image.memoryOffset;
    if (isReserved(memory) && slot.hasMappedImages)
      return;
    if (isReserved(memory) && !hasAsked) {
      hasAsked = true;
      canMap = hasImageFile(library);
    }
    if (!isReserved(memory) || !canMap)
      memcpy(target, image.bytes, image.byteLength);
    else if (sys::isError(sys::mmap(target, image.byteLength, readWrite,
                                    sys::mapPrivate | sys::mapFixed,
                                    imageFile.descriptor,
                                    static_cast<int64_t>(fileOffset))))
      isDone = false;
  });
  slot.hasMappedImages |= canMap && isDone;
  return isDone;
}

} // namespace

LibraryInstance *takeSlot(const abi::Library &library) {
  const LockGuard guard(lock);
  for (uint64_t count = maxSlots; freeSlots == nullptr && count != 0;
       count /= 8)
    if (addArena(library, count))
      break;
  LibraryInstance *slot = freeSlots;
  if (slot != nullptr)
    freeSlots = slot->nextFree;
  return slot;
}

void giveSlotBack(LibraryInstance &slot) {
  const LockGuard guard(lock);
  slot.nextFree = freeSlots;
  freeSlots = &slot;
}

bool openMemories(const abi::Library &library, LibraryInstance &slot) {
  const InstanceParts parts(library, slot.instance);
  char *reserved = slot.arena->memories + slot.slot * slot.arena->memoryStride;
  for (uint64_t index = 0; index < parts.counts().memories; ++index) {
    abi::Memory &memory = parts.memories()[index];
    if (isReserved(memory)) {
      memory.base = reserved;
      reserved += roundToPage(memory.reservedByteLength);
      if (!slot.isOpen && !openReserved(memory))
        return false;
    } else if (!mapMovable(memory)) {
      return false;
    }
    if (memory.maximumByteLength > slot.memoryLimit)
      memory.maximumByteLength = slot.memoryLimit >> memory.pageSizeLog2
                                                         << memory.pageSizeLog2;
    memory.byteLength = memory.initialByteLength;
  }
  if (!placeImages(library, parts, slot))
    return false;
  slot.isOpen = true;
  return true;
}

bool closeMemories(const abi::Library &library, LibraryInstance &slot) {
  const InstanceParts parts(library, slot.instance);
  bool isDone = true;
  for (uint64_t index = 0; index < parts.counts().memories; ++index) {
    abi::Memory &memory = parts.memories()[index];
    if (memory.base == nullptr)
      continue;
    if (isReserved(memory))
      isDone &= resetReserved(memory, memory.byteLength);
    else
      unmapMovable(memory);
    memory.base = nullptr;
  }
  return isDone;
}

LibraryInstance *instanceAt(uint64_t address) {
  for (Arena *arena = __atomic_load_n(&arenas, __ATOMIC_ACQUIRE);
       arena != nullptr; arena = arena->next) {
    const uint64_t offset =
        address - reinterpret_cast<uint64_t>(arena->memories);
    if (arena->memoryStride == 0 ||
        offset >= arena->slotCount * arena->memoryStride)
      continue;
    return reinterpret_cast<LibraryInstance *>(arena->instances +
                                               offset / arena->memoryStride *
                                                   arena->instanceStride);
  }
  return nullptr;
}

} // namespace wrought

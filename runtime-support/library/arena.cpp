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
#include "library/renew.h"
#include "os/linux/system.h"

namespace wrought {

/// Never given back: the handler reads the list at any time.
struct Arena {
  Arena *next;
  char *memories;
  char *instances;
  uint64_t slotCount;
  /// Slots from here on were never used.
  uint64_t firstFresh;
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
      (offsetof(LibraryInstance, instance) + library.instanceByteLength + 63) &
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
            0,
            memoryStride,
            instanceStride};
  __atomic_store_n(&arenas, arena, __ATOMIC_RELEASE);
  return true;
}

/// The next slot of the newest arena that nobody has used, or null.
LibraryInstance *takeFreshSlot() {
  Arena *arena = arenas;
  if (arena == nullptr || arena->firstFresh == arena->slotCount)
    return nullptr;
  const uint64_t number = arena->firstFresh++;
  auto *slot = reinterpret_cast<LibraryInstance *>(
      arena->instances + number * arena->instanceStride);
  slot->arena = arena;
  slot->slot = number;
  return slot;
}

/// The number of the file, or 0. A host may have closed our descriptor and
/// opened something else in its place.
uint64_t inodeOf(int descriptor) {
  sys::FileStatus status;
  return sys::isError(sys::fstat(descriptor, &status)) ? 0 : status.inode;
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

/// What is written of a memory is known from one reset to the next.
uint64_t renew(LibraryInstance &slot, uint64_t index, uint64_t byteLength) {
  const InstanceParts parts(libraryOf(slot.instance), slot.instance);
  WrittenPages unknown;
  unknown.count = 0;
  return renewWrittenPages(parts.memories()[index], byteLength,
                           index < maxRenewedMemories ? slot.written[index]
                                                      : unknown);
}

/// Gives a reserved memory its initial size and contents.
bool resetReserved(abi::Memory &memory, LibraryInstance &slot, uint64_t index,
                   Pages pages) {
  auto *base = static_cast<char *>(memory.base);
  const uint64_t initial = roundToPage(memory.initialByteLength);
  const uint64_t used = roundToPage(memory.byteLength);
  const uint64_t renewed =
      pages == Pages::Keep ? renew(slot, index, initial) : 0;
  if (used != renewed &&
      sys::isError(
          sys::madvise(base + renewed, used - renewed, sys::madvDontneed)))
    return false;
  return used <= initial || !sys::isError(sys::mprotect(
                                base + initial, used - initial, sys::protNone));
}

/// Whether one image is all that the memory has at first.
bool isAllImage(const abi::Memory &memory) {
  auto *images = static_cast<const abi::MemoryImage *>(memory.images);
  return memory.imageCount == 1 && images->memoryOffset == 0 &&
         images->byteLength == roundToPage(memory.initialByteLength);
}

bool makeAccessible(abi::Memory &memory) {
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

/// Its images were copied, so that all pages that are not zero count as
/// written.
bool renewMovable(const abi::Memory &memory, LibraryInstance &slot,
                  uint64_t index) {
  const uint64_t byteLength = roundToPage(memory.initialByteLength);
  return memory.byteLength == memory.initialByteLength &&
         renew(slot, index, byteLength) == byteLength;
}

/// Of memories that are as they were at first, nothing is to be done.
class ImagePlacer {
public:
  ImagePlacer(const abi::Library &library, LibraryInstance &slot)
      : library_(library), slot_(slot), parts_(library, slot.instance) {}

  bool place() {
    bool isDone = true;
    forEachImage(library_, [&](uint64_t index, const abi::MemoryImage &image,
                               uint64_t fileOffset) {
      abi::Memory &memory = parts_.memories()[index];
      char *target = static_cast<char *>(memory.base) + image.memoryOffset;
      if (isReserved(memory) ? slot_.hasMappedImages : isRenewed(index))
        return;
      if (!isReserved(memory) || !canMap())
        return (void)memcpy(target, image.bytes, image.byteLength);
      isDone &= !sys::isError(sys::mmap(
          target, image.byteLength, readWrite, sys::mapPrivate | sys::mapFixed,
          imageFile.descriptor, static_cast<int64_t>(fileOffset)));
    });
    slot_.hasMappedImages |= hasAsked_ && canMap_ && isDone;
    return isDone;
  }

  /// Whether images of reserved memories are or will be mappings of the file.
  bool canMap() {
    if (!hasAsked_)
      canMap_ = hasImageFile(library_);
    hasAsked_ = true;
    return canMap_;
  }

private:
  bool isRenewed(uint64_t index) const {
    return index < maxRenewedMemories && slot_.renewedBases[index] != nullptr;
  }

  const abi::Library &library_;
  LibraryInstance &slot_;
  const InstanceParts parts_;
  bool hasAsked_ = false, canMap_ = false;
};

} // namespace

LibraryInstance *takeSlot(const abi::Library &library) {
  const LockGuard guard(lock);
  if (LibraryInstance *slot = freeSlots) {
    freeSlots = slot->nextFree;
    return slot;
  }
  if (LibraryInstance *slot = takeFreshSlot())
    return slot;
  for (uint64_t count = maxSlots; count != 0; count /= 8)
    if (addArena(library, count))
      return takeFreshSlot();
  return nullptr;
}

void giveSlotBack(LibraryInstance &slot) {
  const LockGuard guard(lock);
  slot.nextFree = freeSlots;
  freeSlots = &slot;
}

bool openMemories(const abi::Library &library, LibraryInstance &slot) {
  const InstanceParts parts(library, slot.instance);
  ImagePlacer images(library, slot);
  char *reserved = slot.arena->memories + slot.slot * slot.arena->memoryStride;
  for (uint64_t index = 0; index < parts.counts().memories; ++index) {
    abi::Memory &memory = parts.memories()[index];
    if (isReserved(memory)) {
      memory.base = reserved;
      reserved += roundToPage(memory.reservedByteLength);
      if (!slot.isOpen && !(isAllImage(memory) && images.canMap()) &&
          !makeAccessible(memory))
        return false;
    } else if (index < maxRenewedMemories &&
               slot.renewedBases[index] != nullptr) {
      memory.base = slot.renewedBases[index];
    } else if (!mapMovable(memory)) {
      return false;
    }
    if (memory.maximumByteLength > slot.memoryLimit)
      memory.maximumByteLength = slot.memoryLimit >> memory.pageSizeLog2
                                                         << memory.pageSizeLog2;
    memory.byteLength = memory.initialByteLength;
  }
  if (!images.place())
    return false;
  memset(slot.renewedBases, 0, sizeof slot.renewedBases);
  slot.isOpen = true;
  return true;
}

bool closeMemories(const abi::Library &library, LibraryInstance &slot,
                   Pages pages) {
  const InstanceParts parts(library, slot.instance);
  bool isDone = true;
  for (uint64_t index = 0; index < parts.counts().memories; ++index) {
    abi::Memory &memory = parts.memories()[index];
    if (memory.base == nullptr)
      continue;
    bool isKept = pages == Pages::Keep;
    if (isReserved(memory))
      isDone &= resetReserved(memory, slot, index, pages);
    else if (pages == Pages::Keep && index < maxRenewedMemories &&
             renewMovable(memory, slot, index))
      slot.renewedBases[index] = memory.base;
    else
      isKept = false, unmapMovable(memory);
    if (!isKept && index < maxRenewedMemories)
      slot.written[index].count = 0;
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

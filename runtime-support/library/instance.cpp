//===- instance.cpp - Making, resetting and freeing instances -------------===//
#include "abi/library_functions.h"
#include "libcalls/libcalls.h"
#include "library/functions.h"
#include "library/library.h"
#include "library/share.h"
#include "os/linux/system.h"

namespace wrought {

Process process;

namespace {

constexpr uint64_t defaultStackByteLength = 512 << 10;
constexpr uint64_t minStackByteLength = 16 << 10;

const abi::ImportSlot *slotsOf(const abi::Library &library) {
  return static_cast<const abi::ImportSlot *>(library.importSlots);
}

/// Whether the host leaves it to the runtime.
bool isReadyMade(const abi::ImportSlot &slot, void *const *pointers) {
  return slot.readyMade != nullptr &&
         (pointers == nullptr || pointers[slot.pointer] == nullptr);
}

/// Memories and globals that are to be imported.
wrought_result checkImports(const abi::Library &library,
                            void *const *pointers) {
  if (!hasImports(library, pointers))
    return failure(WROUGHT_MISSING_IMPORT);
  for (uint64_t index = 0; index < library.importCount; ++index) {
    const abi::ImportSlot &slot = slotsOf(library)[index];
    if (slot.type == nullptr)
      continue;
    const wrought_result result =
        checkShared(*static_cast<const abi::SharedType *>(slot.type),
                    *static_cast<const Shared *>(pointers[slot.pointer]));
    if (result.code != WROUGHT_OK)
      return result;
  }
  return success;
}

void bindFunctions(const abi::Library &library, LibraryInstance &self,
                   void *const *pointers) {
  abi::Instance &instance = self.instance;
  abi::Import *rows = InstanceParts(library, instance).imports();
  for (uint64_t index = 0; index < library.importCount; ++index) {
    const abi::ImportSlot &slot = slotsOf(library)[index];
    if (slot.type != nullptr)
      continue;
    if (isReadyMade(slot, pointers)) {
      rows[index] = {slot.readyMade, self.wasi, nullptr};
      continue;
    }
    void *function = pointers[slot.pointer],
         *userData = pointers[slot.userData];
    if (slot.adapter == nullptr) {
      rows[index] = {function, userData, nullptr};
      continue;
    }
    auto *host = reinterpret_cast<abi::HostFunction *>(
        reinterpret_cast<char *>(&instance) + slot.hostFunction);
    *host = {function, userData};
    rows[index] = {slot.adapter, host, nullptr};
  }
}

bool refersToFunctions(const abi::SharedType &type) {
  const auto heap = static_cast<abi::SharedHeap>(type.heap);
  return heap != abi::SharedHeap::None && heap != abi::SharedHeap::Extern;
}

/// Rows of memories and globals keep their handle in place of an instance.
void bindShared(const abi::Library &library, abi::Instance &instance,
                void *const *pointers) {
  abi::Import *rows = InstanceParts(library, instance).imports();
  for (uint64_t index = 0; index < library.importCount; ++index) {
    const abi::ImportSlot &slot = slotsOf(library)[index];
    if (slot.type == nullptr)
      continue;
    auto *shared = static_cast<Shared *>(pointers[slot.pointer]);
    keepShared(*shared);
    rows[index] = {shared->entity, shared, nullptr};
    if (refersToFunctions(*static_cast<abi::SharedType *>(slot.type)))
      joinFunctions(*static_cast<abi::FunctionOwner *>(instance.functions),
                    *shared->functions);
  }
}

void releaseShared(const abi::Library &library, abi::Instance &instance) {
  abi::Import *rows = InstanceParts(library, instance).imports();
  for (uint64_t index = 0; index < library.importCount; ++index)
    if (slotsOf(library)[index].type != nullptr) {
      auto *shared = static_cast<Shared *>(rows[index].instance);
      shared->drop(*shared);
    }
}

bool mapTables(const abi::Library &library, LibraryInstance &self) {
  const InstanceParts parts(library, self.instance);
  for (uint64_t index = 0; index < parts.counts().tables; ++index) {
    abi::Table &table = parts.tables()[index];
    if (table.maximum > self.tableLimit)
      table.maximum = self.tableLimit;
    if (table.elements != nullptr)
      continue;
    const long elements = sys::mmap(nullptr, tableByteLength(table),
                                    sys::protRead | sys::protWrite,
                                    sys::mapPrivate | sys::mapAnonymous, -1, 0);
    if (sys::isError(elements))
      return false;
    table.elements = reinterpret_cast<void *>(elements);
  }
  return true;
}

void unmapTables(const abi::Library &library, LibraryInstance &self) {
  const InstanceParts parts(library, self.instance);
  auto *templates = static_cast<const abi::TableTemplate *>(library.tables);
  for (uint64_t index = 0; index < parts.counts().tables; ++index) {
    abi::Table &table = parts.tables()[index];
    if (templates[index].firstCell != UINT64_MAX || table.elements == nullptr)
      continue;
    (void)sys::munmap(table.elements, table.capacity * sizeof(void *));
    table.elements = nullptr;
  }
}

/// Everything that instantiation does, but binding imports.
wrought_result initialize(const abi::Library &library, LibraryInstance &self) {
  abi::Import *imports = InstanceParts(library, self.instance).imports();
  fillInstance(library, self.instance, self.context, imports);
  const bool hasMemory =
      openMemories(library, self) && mapTables(library, self);
  if (!hasMemory)
    return failure(WROUGHT_OUT_OF_MEMORY);
  fillTables(library, self.instance);
  self.instance.magic = liveMagic;
  self.context.activation = nullptr;
  self.context.fuel = library.fuel;
  return wrought_enter_call(library.initialize, &self.instance, nullptr);
}

[[nodiscard]] bool close(const abi::Library &library, LibraryInstance &self,
                         Pages pages) {
  putToSleep(self);
  releaseHeap(self.context);
  unmapTables(library, self);
  return closeMemories(library, self, pages);
}

uint64_t orDefault(uint64_t value, uint64_t fallback) {
  return value == 0 ? fallback : value;
}

/// Whether the module can begin with these.
bool setLimits(const abi::Library &library, const wrought_limits *limits,
               LibraryInstance &self) {
  const wrought_limits none = {};
  const wrought_limits &given = limits == nullptr ? none : *limits;
  self.memoryLimit = orDefault(given.memory_byte_length, UINT64_MAX);
  self.tableLimit = orDefault(given.table_length, UINT64_MAX);
  const uint64_t stack =
      orDefault(given.stack_byte_length, defaultStackByteLength);
  self.context = {};
  self.context.callArea = self.callArea;
  self.context.stackByteLength =
      stack < minStackByteLength ? minStackByteLength : stack;
  auto &counts = *static_cast<const abi::InstanceCounts *>(library.counts);
  auto *memories = static_cast<const abi::Memory *>(library.memories);
  for (uint64_t index = 0; index < counts.memories; ++index)
    if (memories[index].initialByteLength > self.memoryLimit)
      return false;
  auto *tables = static_cast<const abi::TableTemplate *>(library.tables);
  for (uint64_t index = 0; index < counts.tables; ++index)
    if (tables[index].minimum > self.tableLimit)
      return false;
  return true;
}

} // namespace

uint64_t importPointerCount(const abi::Library &library) {
  uint64_t count = 0;
  for (uint64_t index = 0; index < library.importCount; ++index)
    // User data is behind all else of its group.
    if (const uint64_t last = slotsOf(library)[index].userData; last >= count)
      count = last + 1;
  // And what WASI is to give behind all groups.
  return library.wasi == nullptr ? count : library.wasiConfig + 1;
}

bool hasImports(const abi::Library &library, void *const *pointers) {
  auto *slots = static_cast<const abi::ImportSlot *>(library.importSlots);
  for (uint64_t index = 0; index < library.importCount; ++index)
    if (slots[index].readyMade == nullptr &&
        (pointers == nullptr || pointers[slots[index].pointer] == nullptr))
      return false;
  return true;
}

void rebindFunctions(LibraryInstance &self, void *const *pointers) {
  bindFunctions(libraryOf(self.instance), self, pointers);
  fillImportedRecords(libraryOf(self.instance), self.instance);
}

wrought_result failure(int32_t code) {
  static constexpr wrought_error errors[] = {
      {WROUGHT_ABI_MISMATCH, 0, 0, "made for another version of wrought.h", 0,
       nullptr},
      {WROUGHT_INVALID_INSTANCE, 0, 0, "no instance, or one that was freed", 0,
       nullptr},
      {WROUGHT_INVALID_ARGUMENT, 0, 0, "invalid argument", 0, nullptr},
      {WROUGHT_MISSING_IMPORT, 0, 0, "an import is a null pointer", 0, nullptr},
      {WROUGHT_OUT_OF_MEMORY, 0, 0, "out of memory", 0, nullptr},
      {WROUGHT_OUT_OF_BOUNDS, 0, 0, "out of bounds", 0, nullptr},
      {WROUGHT_BUSY, 0, 0, "the instance is in use", 0, nullptr},
      {WROUGHT_NOT_FOUND, 0, 0, "no such export", 0, nullptr},
      {WROUGHT_WRONG_TYPE, 0, 0, "wrong type", 0, nullptr},
      {WROUGHT_POOL_EMPTY, 0, 0, "all instances of the pool are in use", 0,
       nullptr},
  };
  for (const wrought_error &error : errors)
    if (error.code == code)
      return {code, &error};
  return {code, nullptr};
}

} // namespace wrought

using namespace wrought;

extern "C" {

wrought_result wrought_library_instantiate(const abi::Library *library,
                                           uint32_t abi, void *const *imports,
                                           const wrought_limits *limits,
                                           abi::Instance **out) {
  if (out == nullptr)
    return failure(WROUGHT_INVALID_ARGUMENT);
  *out = nullptr;
  if (abi != WROUGHT_ABI)
    return failure(WROUGHT_ABI_MISMATCH);
  using CheckCpu = wrought_result (*)(const abi::Library *);
  if (auto check = reinterpret_cast<CheckCpu>(library->checkCpu))
    if (const wrought_result result = check(library); result.code != WROUGHT_OK)
      return result;
  process.pageByteLength = library->pageByteLength;
  installHandlers();
  LibraryInstance *self = takeSlot(*library);
  if (self == nullptr)
    return failure(WROUGHT_OUT_OF_MEMORY);
  wrought_result result = failure(WROUGHT_INVALID_ARGUMENT);
  bool isBound = false;
  if (setLimits(*library, limits, *self)) {
    result = checkImports(*library, imports);
    if (result.code == WROUGHT_OK && !openFunctions(*library, self->instance))
      result = failure(WROUGHT_OUT_OF_MEMORY);
    isBound = result.code == WROUGHT_OK;
    if (isBound) {
      bindShared(*library, self->instance, imports);
      result = openWasi(*library, *self, imports);
      if (result.code == WROUGHT_OK) {
        bindFunctions(*library, *self, imports);
        result = initialize(*library, *self);
      }
    }
  }
  if (result.code == WROUGHT_OK) {
    *out = &self->instance;
    return result;
  }
  const bool isClean = close(*library, *self, Pages::GiveBack);
  closeWasi(*library, *self);
  if (isBound) {
    releaseShared(*library, self->instance);
    closeFunctions(self->instance);
  }
  if (isClean)
    giveSlotBack(*self);
  return result;
}

wrought_result wrought_library_free(abi::Instance *instance) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  LibraryInstance &self = LibraryInstance::of(*instance);
  if (self.context.activation != nullptr)
    return failure(WROUGHT_BUSY);
  if (self.pool != nullptr)
    return failure(WROUGHT_INVALID_ARGUMENT);
  if (isSharing(self))
    return failure(WROUGHT_BUSY);
  // A slot that cannot be cleaned is lost, not reused.
  const bool isClean = close(libraryOf(*instance), self, Pages::GiveBack);
  closeWasi(libraryOf(*instance), self);
  releaseShared(libraryOf(*instance), *instance);
  closeFunctions(*instance);
  if (isClean)
    giveSlotBack(self);
  return success;
}

wrought_result wrought_library_reset(abi::Instance *instance) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  LibraryInstance &self = LibraryInstance::of(*instance);
  if (self.context.activation != nullptr)
    return failure(WROUGHT_BUSY);
  if (isSharing(self))
    return failure(WROUGHT_BUSY);
  const abi::Library &library = libraryOf(*instance);
  if (!close(library, self, Pages::Keep))
    return failure(WROUGHT_OUT_OF_MEMORY);
  self.context.failure = self.context.interruption = 0;
  resetWasi(self);
  return initialize(library, self);
}
}

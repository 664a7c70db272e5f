//===- access.cpp - What a host may do with memories, globals and tables --===//
//
// Also calls by name, for hosts that do not know the module.
//
//===----------------------------------------------------------------------===//
#include "abi/library_functions.h"
#include "abi/runtime.h"
#include "libcalls/libcalls.h"
#include "library/functions.h"
#include "library/library.h"

using namespace wrought;

namespace {

constexpr uint64_t maxCallSlots = 2048;

template <class T> T &at(abi::Instance *instance, uint64_t offset) {
  return *reinterpret_cast<T *>(reinterpret_cast<char *>(instance) + offset);
}

bool isInside(uint64_t offset, uint64_t count, uint64_t length) {
  return offset <= length && count <= length - offset;
}

bool areEqual(const char *left, const char *right) {
  while (*left != 0 && *left == *right)
    ++left, ++right;
  return *left == *right;
}

const wrought_item *findFunction(const abi::Library &library,
                                 const char *name) {
  auto *items = static_cast<const wrought_item *>(library.exports);
  for (uint64_t index = 0; index < library.exportCount; ++index)
    if (items[index].kind == WROUGHT_FUNCTION &&
        areEqual(items[index].name, name))
      return items + index;
  return nullptr;
}

uint64_t slotCount(const uint8_t *types, uint64_t count) {
  uint64_t slots = 0;
  for (uint64_t index = 0; index < count; ++index)
    slots += types[index] == WROUGHT_V128 ? 2 : 1;
  return slots;
}

/// Whether a host may put a reference into a table.
wrought_result admit(abi::Instance &instance, const abi::Table &table,
                     void *reference) {
  const abi::Library &library = libraryOf(instance);
  const InstanceParts parts(library, instance);
  auto *templates = static_cast<const abi::TableTemplate *>(library.tables);
  void *type = templates[&table - parts.tables()].sharedType;
  if (type == nullptr)
    return success;
  return admitFunction(instance, *static_cast<abi::SharedType *>(type),
                       reference);
}

} // namespace

extern "C" {

void *wrought_library_Memory_data(abi::Instance *instance, uint64_t offset) {
  return isLive(instance) ? at<abi::Memory>(instance, offset).base : nullptr;
}

uint64_t wrought_library_Memory_size(abi::Instance *instance, uint64_t offset) {
  return isLive(instance) ? at<abi::Memory>(instance, offset).byteLength : 0;
}

wrought_result wrought_library_Memory_grow(abi::Instance *instance,
                                           uint64_t offset, uint64_t pages) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  const uint64_t old =
      wrought_memory_grow(&at<abi::Memory>(instance, offset), pages);
  return old == UINT64_MAX ? failure(WROUGHT_OUT_OF_MEMORY) : success;
}

wrought_result wrought_library_Memory_read(abi::Instance *instance,
                                           uint64_t offset, uint64_t address,
                                           void *to, uint64_t count) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  auto &memory = at<abi::Memory>(instance, offset);
  if (!isInside(address, count, memory.byteLength))
    return failure(WROUGHT_OUT_OF_BOUNDS);
  if (count != 0 && to == nullptr)
    return failure(WROUGHT_INVALID_ARGUMENT);
  memcpy(to, static_cast<char *>(memory.base) + address, count);
  return success;
}

wrought_result wrought_library_Memory_write(abi::Instance *instance,
                                            uint64_t offset, uint64_t address,
                                            void *from, uint64_t count) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  auto &memory = at<abi::Memory>(instance, offset);
  if (!isInside(address, count, memory.byteLength))
    return failure(WROUGHT_OUT_OF_BOUNDS);
  if (count != 0 && from == nullptr)
    return failure(WROUGHT_INVALID_ARGUMENT);
  memcpy(static_cast<char *>(memory.base) + address, from, count);
  return success;
}

uint64_t wrought_library_Table_size(abi::Instance *instance, uint64_t offset) {
  return isLive(instance) ? at<abi::Table>(instance, offset).length : 0;
}

wrought_result wrought_library_Table_get(abi::Instance *instance,
                                         uint64_t offset, uint64_t index,
                                         void *out) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  auto &table = at<abi::Table>(instance, offset);
  if (index >= table.length)
    return failure(WROUGHT_OUT_OF_BOUNDS);
  if (out == nullptr)
    return failure(WROUGHT_INVALID_ARGUMENT);
  *static_cast<void **>(out) = static_cast<void **>(table.elements)[index];
  return success;
}

wrought_result wrought_library_Table_set(abi::Instance *instance,
                                         uint64_t offset, uint64_t index,
                                         void *reference) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  auto &table = at<abi::Table>(instance, offset);
  if (index >= table.length)
    return failure(WROUGHT_OUT_OF_BOUNDS);
  const wrought_result result = admit(*instance, table, reference);
  if (result.code != WROUGHT_OK)
    return result;
  static_cast<void **>(table.elements)[index] = reference;
  return success;
}

wrought_result wrought_library_Table_grow(abi::Instance *instance,
                                          uint64_t offset, uint64_t count,
                                          void *reference) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  auto &table = at<abi::Table>(instance, offset);
  const wrought_result result = admit(*instance, table, reference);
  if (result.code != WROUGHT_OK)
    return result;
  const uint64_t old = wrought_table_grow(&table, reference, count);
  return old == UINT64_MAX ? failure(WROUGHT_OUT_OF_MEMORY) : success;
}

wrought_result wrought_library_global_get(abi::Instance *instance,
                                          uint64_t offset, void *value,
                                          uint64_t byteLength) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  if (value == nullptr)
    return failure(WROUGHT_INVALID_ARGUMENT);
  memcpy(value, &at<char>(instance, offset), byteLength);
  return success;
}

wrought_result wrought_library_global_set(abi::Instance *instance,
                                          uint64_t offset, const void *value,
                                          uint64_t byteLength) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  memcpy(&at<char>(instance, offset), value, byteLength);
  return success;
}

wrought_result
wrought_library_function_global_set(abi::Instance *instance, uint64_t offset,
                                    void *reference,
                                    const abi::SharedType *type) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  const wrought_result result = admitFunction(*instance, *type, reference);
  if (result.code == WROUGHT_OK)
    at<void *>(instance, offset) = reference;
  return result;
}

wrought_result wrought_library_call(abi::Instance *instance, const char *name,
                                    const wrought_value *arguments,
                                    uint64_t argumentCount,
                                    wrought_value *results,
                                    uint64_t resultCount) {
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  if (name == nullptr || (argumentCount != 0 && arguments == nullptr) ||
      (resultCount != 0 && results == nullptr))
    return failure(WROUGHT_INVALID_ARGUMENT);
  LibraryInstance &self = LibraryInstance::of(*instance);
  if (self.context.activation != nullptr &&
      self.context.thread !=
          reinterpret_cast<uint64_t>(__builtin_thread_pointer()))
    return failure(WROUGHT_BUSY);
  const wrought_item *item = findFunction(libraryOf(*instance), name);
  if (item == nullptr)
    return failure(WROUGHT_NOT_FOUND);
  const uint64_t needed = slotCount(item->types, item->parameter_count);
  const uint64_t given =
      slotCount(item->types + item->parameter_count, item->result_count);
  if (needed != argumentCount || given != resultCount ||
      needed > maxCallSlots || given > maxCallSlots)
    return failure(WROUGHT_WRONG_TYPE);
  wrought_value slots[maxCallSlots];
  memcpy(slots, arguments, needed * sizeof *slots);
  const wrought_result result = wrought_enter_call(item->code, instance, slots);
  if (result.code != WROUGHT_OK)
    return result;
  memcpy(results, slots, given * sizeof *slots);
  return success;
}
}

//===- share.cpp - What several instances use -----------------------------===//
//
// An instance of which something is shared stays as it is until nobody uses it
// any more. Handles are never unmapped, so that one that was given back is
// known.
//
// Importing code relies on nothing but the type: it compares each address with
// the length, and loads base and length anew after each call.
//
//===----------------------------------------------------------------------===//
#include "library/share.h"
#include "abi/library_functions.h"
#include "core/lock.h"
#include "library/functions.h"
#include "os/linux/system.h"

namespace wrought {

namespace {

Lock lock;
Shared *freeHandles;

Shared *takeHandle() {
  const LockGuard guard(lock);
  if (freeHandles == nullptr) {
    const uint64_t byteLength = process.pageByteLength;
    const long address =
        sys::mmap(nullptr, byteLength, sys::protRead | sys::protWrite,
                  sys::mapPrivate | sys::mapAnonymous, -1, 0);
    if (sys::isError(address))
      return nullptr;
    auto *handles = reinterpret_cast<Shared *>(address);
    for (uint64_t index = 0; index < byteLength / sizeof(Shared); ++index) {
      handles[index].nextFree = freeHandles;
      freeHandles = handles + index;
    }
  }
  Shared *handle = freeHandles;
  freeHandles = handle->nextFree;
  return handle;
}

void drop(Shared &self) {
  if (__atomic_sub_fetch(&self.referenceCount, 1, __ATOMIC_ACQ_REL) != 0)
    return;
  LibraryInstance &owner = *self.owner;
  {
    const LockGuard guard(lock);
    self.magic = 0;
    self.nextFree = freeHandles;
    freeHandles = &self;
  }
  __atomic_sub_fetch(&owner.sharedCount, 1, __ATOMIC_RELEASE);
}

constexpr wrought_error wrongType(const char *message) {
  return {WROUGHT_WRONG_TYPE, 0, 0, message, 0, nullptr};
}
constexpr wrought_error otherType =
    wrongType("an import is a memory, table or global of another type");
constexpr wrought_error tooSmall =
    wrongType("an imported memory or table is smaller than the module wants");
constexpr wrought_error tooLarge =
    wrongType("an imported memory or table may grow larger than the module "
              "wants");
constexpr wrought_error notShared = {
    WROUGHT_INVALID_ARGUMENT,
    0,
    0,
    "an import is nothing that is shared, or was given back",
    0,
    nullptr};

wrought_result failWith(const wrought_error &error) {
  return {error.code, &error};
}

} // namespace

wrought_result checkShared(const abi::SharedType &wanted, const Shared &given) {
  if (given.magic != Shared::sharedMagic)
    return failWith(notShared);
  const abi::SharedType &type = given.type;
  if (type.kind != wanted.kind || type.valueType != wanted.valueType ||
      type.isMutable != wanted.isMutable ||
      type.pageSizeLog2 != wanted.pageSizeLog2 ||
      type.isShared != wanted.isShared)
    return failWith(otherType);
  const bool canChange = type.kind != WROUGHT_GLOBAL || type.isMutable != 0;
  if (canChange ? !isSameReference(type, wanted)
                : !isSubReference(type, wanted))
    return failWith(otherType);
  // The limit for this instance counts, which may be less than the type says.
  uint64_t length, maximum;
  if (type.kind == WROUGHT_MEMORY) {
    auto &memory = *static_cast<const abi::Memory *>(given.entity);
    length = __atomic_load_n(&memory.byteLength, __ATOMIC_ACQUIRE);
    maximum = memory.maximumByteLength;
  } else if (type.kind == WROUGHT_TABLE) {
    auto &table = *static_cast<const abi::Table *>(given.entity);
    length = table.length;
    maximum = table.maximum;
  } else {
    return success;
  }
  if (length < wanted.minimumByteLength)
    return failWith(tooSmall);
  return maximum > wanted.maximumByteLength ? failWith(tooLarge) : success;
}

void keepShared(Shared &shared) {
  __atomic_add_fetch(&shared.referenceCount, 1, __ATOMIC_RELAXED);
}

} // namespace wrought

using namespace wrought;

extern "C" {

wrought_result wrought_library_share(abi::Instance *instance, uint64_t offset,
                                     const abi::SharedType *type, void *out) {
  if (out == nullptr)
    return failure(WROUGHT_INVALID_ARGUMENT);
  auto &result = *static_cast<Shared **>(out);
  result = nullptr;
  if (!isLive(instance))
    return failure(WROUGHT_INVALID_INSTANCE);
  Shared *handle = takeHandle();
  if (handle == nullptr)
    return failure(WROUGHT_OUT_OF_MEMORY);
  LibraryInstance &self = LibraryInstance::of(*instance);
  __atomic_add_fetch(&self.sharedCount, 1, __ATOMIC_RELAXED);
  *handle = {Shared::sharedMagic,
             *type,
             reinterpret_cast<char *>(instance) + offset,
             1,
             drop,
             &self,
             static_cast<abi::FunctionOwner *>(instance->functions),
             nullptr};
  result = handle;
  return success;
}

wrought_result wrought_library_unshare(void *shared) {
  auto *handle = static_cast<Shared *>(shared);
  if (handle == nullptr || handle->magic != Shared::sharedMagic)
    return failWith(notShared);
  handle->drop(*handle);
  return success;
}
}

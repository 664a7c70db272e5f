//===- functions.cpp - Functions that other instances hold ----------------===//
//
// Sets are trees of owners, any of which may be of another library, whose root
// has the lock and the list of all. They are joined and never split. An owner's
// memory is never unmapped; its library uses it again for owners of the same
// size, so that even a reference that a host kept too long is one to a function
// of its type.
//
//===----------------------------------------------------------------------===//
#include "library/functions.h"
#include "abi/library_functions.h"
#include "core/lock.h"
#include "os/linux/system.h"

namespace wrought {

namespace {

using abi::FunctionOwner;
using abi::SharedHeap;

static_assert(sizeof(Lock) <= sizeof(FunctionOwner::lock));

Lock freeLock;
FunctionOwner *freeOwners;

void release(FunctionOwner *owner) {
  const LockGuard guard(freeLock);
  owner->next = freeOwners;
  freeOwners = owner;
}

FunctionOwner *takeOwner(uint64_t byteLength) {
  const LockGuard guard(freeLock);
  if (freeOwners == nullptr) {
    const uint64_t mask = process.pageByteLength - 1;
    const uint64_t mapped = (byteLength + mask) & ~mask;
    const long address =
        sys::mmap(nullptr, mapped, sys::protRead | sys::protWrite,
                  sys::mapPrivate | sys::mapAnonymous, -1, 0);
    if (sys::isError(address))
      return nullptr;
    for (uint64_t end = byteLength; end <= mapped; end += byteLength) {
      auto *owner = reinterpret_cast<FunctionOwner *>(
          static_cast<uint64_t>(address) + end - byteLength);
      owner->next = freeOwners;
      freeOwners = owner;
    }
  }
  FunctionOwner *owner = freeOwners;
  freeOwners = static_cast<FunctionOwner *>(owner->next);
  return owner;
}

Lock &lockOf(FunctionOwner &owner) {
  return reinterpret_cast<Lock &>(owner.lock);
}

FunctionOwner *parentOf(const FunctionOwner &owner) {
  return static_cast<FunctionOwner *>(
      __atomic_load_n(&owner.parent, __ATOMIC_ACQUIRE));
}

/// Of the moment: unless its lock is held, it may get a parent.
FunctionOwner &rootOf(FunctionOwner &owner) {
  FunctionOwner *root = &owner;
  while (FunctionOwner *parent = parentOf(*root))
    root = parent;
  return *root;
}

bool isAlone(const FunctionOwner &root) { return root.last == &root; }

/// Both are roots, and locked.
void adopt(FunctionOwner &root, FunctionOwner &other) {
  root.liveCount += other.liveCount;
  static_cast<FunctionOwner *>(root.last)->next = &other;
  root.last = other.last;
  __atomic_store_n(&other.parent, &root, __ATOMIC_RELEASE);
}

/// A call from another instance, whose stack ends at that limit.
wrought_result enter(abi::SharedFunctionRecord *record, void *slots,
                     uint64_t stackLimit) {
  auto &owner = *static_cast<FunctionOwner *>(record->owner);
  auto *instance = static_cast<abi::Instance *>(owner.instance);
  if (instance == nullptr)
    return failure(WROUGHT_INVALID_INSTANCE);
  abi::Context &context = LibraryInstance::of(*instance).context;
  // All instances on the stack together use what the outermost may.
  const uint64_t own = context.stackByteLength;
  const auto here = reinterpret_cast<uint64_t>(__builtin_frame_address(0));
  const uint64_t left = here > stackLimit ? here - stackLimit : 0;
  const bool isOutermost = context.activation == nullptr;
  if (isOutermost && left < own)
    context.stackByteLength = left;
  const wrought_result result =
      wrought_enter_call(record->slotCode, instance, slots);
  if (isOutermost)
    context.stackByteLength = own;
  return result;
}

/// The words of a type, at `words`, against those of a SharedType.
bool isType(const uint64_t *words, const abi::SharedType &type) {
  return words[0] == type.typeId0 && words[1] == type.typeId1 &&
         words[2] == type.typeId2;
}

/// Of a type with those words and supertypes (abi::FunctionRecord).
bool isSubtype(const uint64_t *words, const void *supertypes,
               const abi::SharedType &type) {
  if (isType(words, type))
    return true;
  auto *list = static_cast<const uint64_t *>(supertypes);
  for (uint64_t index = 0; list != nullptr && index < list[0]; ++index)
    if (isType(list + 1 + 3 * index, type))
      return true;
  return false;
}

SharedHeap heapOf(const abi::SharedType &type) {
  return static_cast<SharedHeap>(type.heap);
}

bool isFunctionHeap(SharedHeap heap) {
  return heap == SharedHeap::Function || heap == SharedHeap::NoFunction ||
         heap == SharedHeap::FunctionOfType;
}

} // namespace

bool openFunctions(const abi::Library &library, abi::Instance &instance) {
  instance.functions = nullptr;
  if (library.functionsByteLength == 0)
    return true;
  FunctionOwner *owner = takeOwner(library.functionsByteLength);
  if (owner == nullptr)
    return false;
  *owner = {&instance, reinterpret_cast<void *>(enter),  nullptr, 0, 1, owner,
            nullptr,   reinterpret_cast<void *>(release)};
  instance.functions = owner;
  return true;
}

void closeFunctions(abi::Instance &instance) {
  auto *owner = static_cast<FunctionOwner *>(instance.functions);
  instance.functions = nullptr;
  if (owner == nullptr)
    return;
  FunctionOwner *root;
  for (;;) {
    root = &rootOf(*owner);
    lockOf(*root).acquire();
    if (parentOf(*root) == nullptr)
      break;
    lockOf(*root).release();
  }
  owner->instance = nullptr;
  const bool isLast = --root->liveCount == 0;
  lockOf(*root).release();
  FunctionOwner *next;
  for (FunctionOwner *each = isLast ? root : nullptr; each != nullptr;
       each = next) {
    next = static_cast<FunctionOwner *>(each->next);
    reinterpret_cast<void (*)(FunctionOwner *)>(each->release)(each);
  }
}

void joinFunctions(FunctionOwner &left, FunctionOwner &right) {
  for (;;) {
    FunctionOwner *one = &rootOf(left), *other = &rootOf(right);
    if (one == other)
      return;
    // In the order that all agree on.
    if (other < one) {
      FunctionOwner *first = other;
      other = one;
      one = first;
    }
    const LockGuard guard(lockOf(*one));
    const LockGuard otherGuard(lockOf(*other));
    if (parentOf(*one) != nullptr || parentOf(*other) != nullptr)
      continue;
    // So that trees stay flat where instances come and go beside one that
    // stays.
    if (isAlone(*one))
      adopt(*other, *one);
    else
      adopt(*one, *other);
    return;
  }
}

bool isSameReference(const abi::SharedType &given,
                     const abi::SharedType &wanted) {
  return given.heap == wanted.heap && given.isNullable == wanted.isNullable &&
         isType(&given.typeId0, wanted);
}

bool isSubReference(const abi::SharedType &given,
                    const abi::SharedType &wanted) {
  if (given.isNullable != 0 && wanted.isNullable == 0)
    return false;
  const SharedHeap heap = heapOf(given);
  switch (heapOf(wanted)) {
  case SharedHeap::Function:
    return isFunctionHeap(heap);
  case SharedHeap::FunctionOfType:
    return heap == SharedHeap::NoFunction ||
           (heap == SharedHeap::FunctionOfType &&
            isSubtype(&given.typeId0, given.supertypes, wanted));
  case SharedHeap::None:
  case SharedHeap::Extern:
  case SharedHeap::NoFunction:
    break;
  }
  return given.heap == wanted.heap;
}

wrought_result admitFunction(abi::Instance &instance,
                             const abi::SharedType &type, void *reference) {
  if (reference == nullptr)
    return type.isNullable != 0 ? success : failure(WROUGHT_WRONG_TYPE);
  auto &record = *static_cast<abi::SharedFunctionRecord *>(reference);
  const SharedHeap heap = heapOf(type);
  const bool fits = heap == SharedHeap::Function ||
                    (heap == SharedHeap::FunctionOfType &&
                     isSubtype(&record.typeId0, record.supertypes, type));
  if (!fits)
    return failure(WROUGHT_WRONG_TYPE);
  joinFunctions(*static_cast<FunctionOwner *>(instance.functions),
                *static_cast<FunctionOwner *>(record.owner));
  return success;
}

} // namespace wrought

//===- objects.cpp - Collected objects of an instance ---------------------===//
//
// A context has a heap from its first object on. The stack is looked at from
// here up to the outermost call from outside, what functions of the host had in
// between too.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "activation.h"
#include "gc/calls.h"
#include "gc/collect.h"
#include "library/library.h"
#include "os/linux/system.h"

namespace wrought {

namespace {

struct ObjectHeap : ContextHeap {
  gc::Heap *heap;
};

const uint64_t *outerActivation(const uint64_t *activation) {
  const bool isNested =
      (activation[arch::activationContextSlot] & uint64_t{1}) != 0;
  return isNested ? reinterpret_cast<const uint64_t *>(
                        activation[arch::activationOuterSlot])
                  : nullptr;
}

/// The frame of the outermost call from outside. Null when calls are on several
/// stacks: then nobody knows what lies between.
const uint64_t *outermostActivation(const abi::Context &context) {
  auto *activation = static_cast<const uint64_t *>(context.activation);
  const void *inner = __builtin_frame_address(0);
  for (;;) {
    if (activation == nullptr || activation <= inner)
      return nullptr;
    const uint64_t *outer = outerActivation(activation);
    if (outer == nullptr)
      return activation;
    inner = activation;
    activation = outer;
  }
}

/// Imported globals and tables are their owners', but hold our references.
void visitImports(gc::Heap &heap, const abi::Library &library,
                  const InstanceParts &parts) {
  auto *slots = static_cast<const abi::ImportSlot *>(library.importSlots);
  for (uint64_t index = 0; index < library.importCount; ++index) {
    auto *type = static_cast<const abi::SharedType *>(slots[index].type);
    if (type == nullptr)
      continue;
    void *entity = parts.imports()[index].address;
    if (type->kind == WROUGHT_GLOBAL) {
      heap.markObjects(entity, sizeof(abi::GlobalCell) / sizeof(uint64_t));
    } else if (type->kind == WROUGHT_TABLE) {
      auto &table = *static_cast<const abi::Table *>(entity);
      heap.markObjects(table.elements, table.length);
    }
  }
}

void visitRoots(gc::Heap &heap, void *owner) {
  auto &context = *static_cast<abi::Context *>(owner);
  abi::Instance &instance = LibraryInstance::of(context).instance;
  const abi::Library &library = libraryOf(instance);
  const InstanceParts parts(library, instance);
  const abi::InstanceCounts &counts = parts.counts();
  const uint64_t *end = outermostActivation(context);
  if (end == nullptr)
    return heap.markEverything();
  gc::markStackUpTo(heap, reinterpret_cast<uintptr_t>(end));
  heap.markObjects(parts.globals(),
                   counts.globals * sizeof(abi::GlobalCell) / sizeof(uint64_t));
  heap.markObjects(parts.cells(), counts.cells);
  for (uint64_t index = 0; index < counts.tables; ++index)
    heap.markObjects(parts.tables()[index].elements,
                     parts.tables()[index].length);
  visitImports(heap, library, parts);
  heap.markObjects(context.callArea,
                   abi::CallAreaByteLength / sizeof(uint64_t));
}

void release(ContextHeap *self) {
  static_cast<ObjectHeap *>(self)->heap->release();
  (void)sys::munmap(self, sizeof(ObjectHeap));
}

/// Null: no memory.
gc::Heap *heapOf(abi::Context &context) {
  if (context.heap == nullptr) {
    const long mapped =
        sys::mmap(nullptr, sizeof(ObjectHeap), sys::protRead | sys::protWrite,
                  sys::mapPrivate | sys::mapAnonymous, -1, 0);
    if (sys::isError(mapped))
      return nullptr;
    gc::HeapOptions options;
    options.byteLength =
        libraryOf(LibraryInstance::of(context).instance).heapByteLength;
    options.visitRoots = visitRoots;
    options.owner = &context;
    auto *self = reinterpret_cast<ObjectHeap *>(mapped);
    self->ContextHeap::release = release;
    self->heap = gc::Heap::create(options);
    if (self->heap == nullptr) {
      (void)sys::munmap(self, sizeof(ObjectHeap));
      return nullptr;
    }
    context.heap = self;
  }
  return static_cast<ObjectHeap *>(context.heap)->heap;
}

} // namespace

} // namespace wrought

using namespace wrought;

extern "C" {

void *wrought_gc_allocate_in(void *contextPointer, void *type,
                             uint64_t length) {
  return gc::allocateOrTrap(
      heapOf(*static_cast<abi::Context *>(contextPointer)), type, length);
}

void *wrought_any_convert_extern_in(void *contextPointer, void *reference) {
  return gc::convertOrTrap(gc::anyFromExtern,
                           heapOf(*static_cast<abi::Context *>(contextPointer)),
                           reference);
}

void *wrought_extern_convert_any_in(void *contextPointer, void *reference) {
  return gc::convertOrTrap(gc::externFromAny,
                           heapOf(*static_cast<abi::Context *>(contextPointer)),
                           reference);
}
}

//===- program.cpp - Collected objects of a program -----------------------===//
//
// Each thread has a heap of its own, since none can refer to another's objects.
// Linked into programs that allocate, and into no others.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "core/process.h"
#include "gc/calls.h"
#include "gc/collect.h"

extern "C" {
extern const wrought::abi::Config wrought_config
    __attribute__((visibility("hidden")));
}

namespace wrought::gc {

namespace {

void visitRoots(Heap &heap, void *) {
  markStackUpTo(heap, process.thread().stack.end);
}

/// A set-user-id program does not listen to its caller.
bool isStressWanted() {
  if (process.isPrivileged)
    return false;
  const char *value = environmentVariable("WROUGHT_GC_STRESS");
  return value != nullptr && value[0] == '1' && value[1] == '\0';
}

void release(void *heap) { static_cast<Heap *>(heap)->release(); }

/// Null: no address space.
Heap *heapOf(ThreadState &thread) {
  if (thread.heap == nullptr) {
    HeapOptions options;
    options.byteLength = wrought_config.heapByteLength;
    options.isStressed = isStressWanted();
    options.visitRoots = visitRoots;
    Heap *heap = Heap::create(options);
    if (heap == nullptr)
      return nullptr;
    thread.heap = heap;
    thread.releaseHeap = release;
  }
  return static_cast<Heap *>(thread.heap);
}

} // namespace

} // namespace wrought::gc

using namespace wrought;

extern "C" {

void *wrought_gc_allocate(void *type, uint64_t length) {
  return gc::allocateOrTrap(gc::heapOf(process.thread()), type, length);
}

void *wrought_any_convert_extern(void *reference) {
  return gc::convertOrTrap(gc::anyFromExtern, gc::heapOf(process.thread()),
                           reference);
}

void *wrought_extern_convert_any(void *reference) {
  return gc::convertOrTrap(gc::externFromAny, gc::heapOf(process.thread()),
                           reference);
}

void wrought_gc_add_roots(void *rows, uint64_t count) {
  gc::Heap *heap = gc::heapOf(process.thread());
  auto *roots = static_cast<const abi::GcRoots *>(rows);
  for (uint64_t index = 0; index < count; ++index)
    if (heap == nullptr || !heap->addRoots(roots[index]))
      wrought_trap_OutOfMemory();
}

void wrought_gc_add_table(void *table) {
  gc::Heap *heap = gc::heapOf(process.thread());
  if (heap == nullptr || !heap->addTable(static_cast<abi::Table *>(table)))
    wrought_trap_OutOfMemory();
}
}

//===- host_references.h - References of the host among objects -----------===//
//
// An externref is what the host gave, in which any bits may be, or a reference
// of ours that was made external. An anyref must be one of ours. So a reference
// of the host becomes an object of a type of its own when it gets into the
// hierarchy of any, and code never takes the host's bits for an address.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "gc/heap.h"

namespace wrought::gc {

/// any.convert_extern. An external reference is ours if and only if it is the
/// address of an object that is there. Null: the heap is full, or `reference`
/// is null.
void *anyFromExtern(Heap &heap, void *reference);

/// extern.convert_any. An i31, which could be an address of the host's, becomes
/// an object too. Null: as above.
void *externFromAny(Heap &heap, void *reference);

} // namespace wrought::gc

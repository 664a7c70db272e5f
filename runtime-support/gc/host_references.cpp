#include "gc/host_references.h"

#include "abi/runtime.h"

using namespace wrought;

/// A type, and one word that is no reference to the heap.
static constexpr uint64_t boxByteLength = sizeof(abi::GcObject);

extern "C" const abi::GcType wrought_host_reference_type = {
    boxByteLength, 0, 0, nullptr, 0, nullptr, 0};

namespace wrought::gc {

namespace {

/// Of an i31 that was made external. Code never sees one as an anyref.
constexpr abi::GcType externalI31Type = {boxByteLength, 0, 0, nullptr, 0,
                                         nullptr,       0};

void *makeBox(Heap &heap, const abi::GcType &type, void *content) {
  Object *box = heap.allocate(type, 0);
  if (box != nullptr)
    box->length = reinterpret_cast<uint64_t>(content);
  return box;
}

void *contentOf(void *reference) {
  return reinterpret_cast<void *>(static_cast<Object *>(reference)->length);
}

bool isOfType(void *reference, const abi::GcType &type) {
  return static_cast<Object *>(reference)->type == &type;
}

} // namespace

void *anyFromExtern(Heap &heap, void *reference) {
  if (reference == nullptr)
    return nullptr;
  if (!heap.isObject(reference))
    return makeBox(heap, wrought_host_reference_type, reference);
  return isOfType(reference, externalI31Type) ? contentOf(reference)
                                              : reference;
}

void *externFromAny(Heap &heap, void *reference) {
  if (reference == nullptr)
    return nullptr;
  if (reinterpret_cast<uint64_t>(reference) & 1)
    return makeBox(heap, externalI31Type, reference);
  return isOfType(reference, wrought_host_reference_type) ? contentOf(reference)
                                                          : reference;
}

} // namespace wrought::gc

#include "translate/heap_types.h"

#include "abi/layout.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

namespace wrought::translate {

using wasm::ValueKind;

namespace {

/// Structs have the first word of abi::GcObject only.
constexpr uint64_t StructHeaderBytes = sizeof(abi::GcObject::type);
constexpr uint64_t ArrayHeaderBytes = sizeof(abi::GcObject);
/// What objects begin at, and no field asks for more.
constexpr uint64_t ObjectAlignment = 8;

uint64_t byteLengthOf(wasm::ValueType type) {
  switch (type.kind()) {
  case ValueKind::I32:
  case ValueKind::F32:
    return 4;
  case ValueKind::I64:
  case ValueKind::F64:
  case ValueKind::Ref:
    return 8;
  case ValueKind::V128:
    return 16;
  case ValueKind::Bottom:
    break;
  }
  assert(false && "bottom is the type of no field");
  return 0;
}

} // namespace

uint64_t storedByteLength(const wasm::FieldType &field) {
  switch (field.packed) {
  case wasm::PackedKind::I8:
    return 1;
  case wasm::PackedKind::I16:
    return 2;
  case wasm::PackedKind::None:
    break;
  }
  return byteLengthOf(field.value);
}

bool mayBeHeapReference(const wasm::TypeStore &types, wasm::ValueType type) {
  if (!type.isReference())
    return false;
  const wasm::AbstractHeap top = types.top(type.heap());
  return top == wasm::AbstractHeap::Any || top == wasm::AbstractHeap::Extern;
}

HeapLayout heapLayout(const wasm::TypeStore &types, wasm::TypeIndex index) {
  const wasm::SubType &type = types[index];
  HeapLayout layout;
  if (type.kind == wasm::CompositeKind::Array) {
    const wasm::FieldType &element = type.fields.front();
    layout.byteLength = ArrayHeaderBytes;
    layout.elementByteLength = storedByteLength(element);
    layout.hasReferenceElements = mayBeHeapReference(types, element.value);
    return layout;
  }
  assert(type.kind == wasm::CompositeKind::Struct);
  uint64_t next = StructHeaderBytes;
  layout.fieldOffsets.reserve(type.fields.size());
  for (const wasm::FieldType &field : type.fields) {
    const uint64_t byteLength = storedByteLength(field);
    next = llvm::alignTo(next, std::min(byteLength, ObjectAlignment));
    layout.fieldOffsets.push_back(next);
    if (mayBeHeapReference(types, field.value))
      layout.referenceOffsets.push_back(next);
    next += byteLength;
  }
  layout.byteLength = llvm::alignTo(next, ObjectAlignment);
  return layout;
}

std::string heapTypeSymbol(const wasm::TypeStore &types,
                           wasm::TypeIndex index) {
  return "wrought.type." +
         llvm::toHex(llvm::ArrayRef<uint8_t>(types.digest(index)), true);
}

} // namespace wrought::translate

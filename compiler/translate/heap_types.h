//===- heap_types.h - Layouts of structs and arrays -----------------------===//
//
// Where fields and elements are in the objects of the collected heap. A layout
// follows from the type alone, and a subtype's begins as its supertype's does,
// so modules that are compiled apart agree.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasm/type_store.h"

#include <string>
#include <vector>

namespace wrought::translate {

/// Of a struct, or of an array.
struct HeapLayout {
  /// Struct: from the start of the object to each field, in bytes.
  std::vector<uint64_t> fieldOffsets;
  /// Struct: its size. Array: where its elements begin.
  uint64_t byteLength = 0;
  /// Array: size of an element. 0: a struct.
  uint64_t elementByteLength = 0;
  /// Struct: where its references to the heap are.
  std::vector<uint64_t> referenceOffsets;
  /// Array: its elements are references to the heap.
  bool hasReferenceElements = false;
};

HeapLayout heapLayout(const wasm::TypeStore &types, wasm::TypeIndex index);

/// In the heap, in bytes: packed fields take what they hold.
uint64_t storedByteLength(const wasm::FieldType &field);

/// Whether values of the type may be objects of the collected heap. External
/// references may: extern.convert_any makes them.
bool mayBeHeapReference(const wasm::TypeStore &types, wasm::ValueType type);

/// Of the abi::GcType; the same for the same type in every module.
std::string heapTypeSymbol(const wasm::TypeStore &types, wasm::TypeIndex index);

} // namespace wrought::translate

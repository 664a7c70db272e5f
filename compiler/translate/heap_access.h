//===- heap_access.h - Objects of the collected heap ----------------------===//
//
// The only place that forms addresses in objects. The collector finds the
// references of running code by looking through its stack and registers, so a
// reference must be there as it is for as long as code goes on to use it, and
// an address derived from it must not outlive the next call. Each access thus
// works on a copy of the reference that LLVM knows nothing about
// (docs/decisions/0012).
//
//===----------------------------------------------------------------------===//
#pragma once

#include "translate/module_emitter.h"

namespace wrought::translate {

/// Emits at a builder's position, which may be in another block afterwards.
/// References are not null, and indices and ranges are inside the array, where
/// nothing else is said. Indices, counts and lengths have 64 bits.
class HeapAccess {
public:
  HeapAccess(ModuleEmitter &module, Builder &builder)
      : module_(module), types_(module.types()), builder_(builder) {}

  /// Zeroed. May collect, and traps when the heap is full.
  llvm::Value *allocate(wasm::TypeIndex type, llvm::Value *length);
  /// any.convert_extern and extern.convert_any, which may make objects too.
  llvm::Value *anyFromExtern(llvm::Value *reference);
  llvm::Value *externFromAny(llvm::Value *reference);
  llvm::Value *newStruct(wasm::TypeIndex type,
                         llvm::ArrayRef<llvm::Value *> fields);
  llvm::Value *newArray(wasm::TypeIndex type, llvm::Value *value,
                        llvm::Value *length);
  llvm::Value *newFixedArray(wasm::TypeIndex type,
                             llvm::ArrayRef<llvm::Value *> elements);

  /// As stored: packed fields are narrow.
  llvm::Value *loadField(llvm::Value *reference, wasm::TypeIndex type,
                         uint32_t field);
  void storeField(llvm::Value *reference, wasm::TypeIndex type, uint32_t field,
                  llvm::Value *value);
  llvm::Value *arrayLength(llvm::Value *reference);
  llvm::Value *loadElement(llvm::Value *reference, wasm::TypeIndex type,
                           llvm::Value *index);
  void storeElement(llvm::Value *reference, wasm::TypeIndex type,
                    llvm::Value *index, llvm::Value *value);
  void fill(llvm::Value *reference, wasm::TypeIndex type, llvm::Value *index,
            llvm::Value *value, llvm::Value *count);
  /// Within or between arrays with elements of one size.
  void copy(llvm::Value *destination, wasm::TypeIndex type,
            llvm::Value *destinationIndex, llvm::Value *source,
            llvm::Value *sourceIndex, llvm::Value *count);
  /// From memory that is no object.
  void copyIn(llvm::Value *destination, wasm::TypeIndex type,
              llvm::Value *destinationIndex, llvm::Value *bytes,
              llvm::Value *count);
  /// The object's abi::GcType. Not for values of i31.
  llvm::Value *typeOf(llvm::Value *reference);

private:
  llvm::CallInst *callRuntime(RuntimeFunction ofProgram,
                              RuntimeFunction ofContext,
                              llvm::SmallVector<llvm::Value *, 3> arguments);
  llvm::Value *copyOf(llvm::Value *reference);
  llvm::Value *element(llvm::Value *copy, wasm::TypeIndex type,
                       llvm::Value *index);
  llvm::Value *load(llvm::Type *type, llvm::Value *address, llvm::MDNode *tag);
  void store(const wasm::FieldType &field, llvm::Value *value,
             llvm::Value *address);
  llvm::Value *header(llvm::Value *reference, unsigned field);
  const wasm::FieldType &elementType(wasm::TypeIndex type) const {
    return module_.wasm().types[type].fields.front();
  }
  llvm::Value *byteCount(wasm::TypeIndex type, llvm::Value *count);

  ModuleEmitter &module_;
  const LlvmTypes &types_;
  Builder &builder_;
};

} // namespace wrought::translate

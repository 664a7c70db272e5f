//===- emit_gc.cpp - Structs, arrays and i31 ------------------------------===//
//
// Source: WebAssembly Specification 3.0, "Execution / Instructions / Aggregate
// Instructions".
//
//===----------------------------------------------------------------------===//

#include "translate/constant_expression.h"
#include "translate/function_emitter.h"
#include "translate/heap_access.h"

namespace wrought::translate {

using wasm::Instruction;
using wasm::TypeIndex;

//===----------------------------------------------------------------------===//
// Structs
//===----------------------------------------------------------------------===//

/// A reference on top of the stack, once it is known not to be null.
llvm::Value *FunctionEmitter::popObject(abi::Trap ifNull) {
  llvm::Value *reference = pop();
  trapIf(builder_.CreateIsNull(reference), ifNull);
  return reference;
}

void FunctionEmitter::emitStructNew(const Instruction &instruction) {
  const TypeIndex type(instruction.index);
  const Values fields = popArguments(module_.wasm().types[type].fields.size());
  push(HeapAccess(module_, builder_).newStruct(type, fields));
}

void FunctionEmitter::emitStructNewDefault(const Instruction &instruction) {
  push(HeapAccess(module_, builder_)
           .allocate(TypeIndex(instruction.index), builder_.getInt64(0)));
}

void FunctionEmitter::structGet(const Instruction &instruction, bool isSigned) {
  llvm::Value *reference = popObject(abi::Trap::NullStructure);
  pushStored(HeapAccess(module_, builder_)
                 .loadField(reference, TypeIndex(instruction.index),
                            instruction.index2),
             isSigned);
}

/// A packed value becomes an i32.
void FunctionEmitter::pushStored(llvm::Value *value, bool isSigned) {
  if (value->getType() == types_.i8 || value->getType() == types_.i16)
    value = isSigned ? builder_.CreateSExt(value, types_.i32)
                     : builder_.CreateZExt(value, types_.i32);
  push(value);
}

void FunctionEmitter::emitStructGet(const Instruction &instruction) {
  structGet(instruction, false);
}
void FunctionEmitter::emitStructGetS(const Instruction &instruction) {
  structGet(instruction, true);
}
void FunctionEmitter::emitStructGetU(const Instruction &instruction) {
  structGet(instruction, false);
}

void FunctionEmitter::emitStructSet(const Instruction &instruction) {
  llvm::Value *value = pop();
  llvm::Value *reference = popObject(abi::Trap::NullStructure);
  HeapAccess(module_, builder_)
      .storeField(reference, TypeIndex(instruction.index), instruction.index2,
                  value);
}

//===----------------------------------------------------------------------===//
// Arrays
//===----------------------------------------------------------------------===//

void FunctionEmitter::emitArrayNew(const Instruction &instruction) {
  llvm::Value *length = popIndex();
  spendFuel(length);
  llvm::Value *value = pop();
  push(HeapAccess(module_, builder_)
           .newArray(TypeIndex(instruction.index), value, length));
}

void FunctionEmitter::emitArrayNewDefault(const Instruction &instruction) {
  llvm::Value *length = popIndex();
  spendFuel(length);
  push(HeapAccess(module_, builder_)
           .allocate(TypeIndex(instruction.index), length));
}

void FunctionEmitter::emitArrayNewFixed(const Instruction &instruction) {
  const Values elements = popArguments(instruction.index2);
  push(HeapAccess(module_, builder_)
           .newFixedArray(TypeIndex(instruction.index), elements));
}

/// An array from the stack, and that `count` elements from `index` on are in
/// it.
llvm::Value *FunctionEmitter::popArray(llvm::Value *index, llvm::Value *count) {
  llvm::Value *reference = popObject(abi::Trap::NullArray);
  checkArrayRange(reference, index, count);
  return reference;
}

/// Neither number needs more than 32 bits.
void FunctionEmitter::checkArrayRange(llvm::Value *reference,
                                      llvm::Value *index, llvm::Value *count) {
  llvm::Value *length = HeapAccess(module_, builder_).arrayLength(reference);
  trapIf(builder_.CreateICmpUGT(
             builder_.CreateAdd(index, count, "", /*HasNUW=*/true), length),
         abi::Trap::ArrayOutOfBounds);
}

void FunctionEmitter::arrayGet(const Instruction &instruction, bool isSigned) {
  llvm::Value *index = popIndex();
  llvm::Value *reference = popArray(index, builder_.getInt64(1));
  pushStored(HeapAccess(module_, builder_)
                 .loadElement(reference, TypeIndex(instruction.index), index),
             isSigned);
}

void FunctionEmitter::emitArrayGet(const Instruction &instruction) {
  arrayGet(instruction, false);
}
void FunctionEmitter::emitArrayGetS(const Instruction &instruction) {
  arrayGet(instruction, true);
}
void FunctionEmitter::emitArrayGetU(const Instruction &instruction) {
  arrayGet(instruction, false);
}

void FunctionEmitter::emitArraySet(const Instruction &instruction) {
  llvm::Value *value = pop();
  llvm::Value *index = popIndex();
  llvm::Value *reference = popArray(index, builder_.getInt64(1));
  HeapAccess(module_, builder_)
      .storeElement(reference, TypeIndex(instruction.index), index, value);
}

void FunctionEmitter::emitArrayLen(const Instruction &) {
  llvm::Value *reference = popObject(abi::Trap::NullArray);
  push(builder_.CreateTrunc(
      HeapAccess(module_, builder_).arrayLength(reference), types_.i32));
}

void FunctionEmitter::emitArrayFill(const Instruction &instruction) {
  llvm::Value *count = popIndex();
  spendFuel(count);
  llvm::Value *value = pop();
  llvm::Value *index = popIndex();
  llvm::Value *reference = popArray(index, count);
  HeapAccess(module_, builder_)
      .fill(reference, TypeIndex(instruction.index), index, value, count);
}

void FunctionEmitter::emitArrayCopy(const Instruction &instruction) {
  llvm::Value *count = popIndex();
  spendFuel(count);
  llvm::Value *sourceIndex = popIndex();
  llvm::Value *source = pop();
  llvm::Value *index = popIndex();
  llvm::Value *destination = popObject(abi::Trap::NullArray);
  trapIf(builder_.CreateIsNull(source), abi::Trap::NullArray);
  checkArrayRange(destination, index, count);
  checkArrayRange(source, sourceIndex, count);
  HeapAccess(module_, builder_)
      .copy(destination, TypeIndex(instruction.index), index, source,
            sourceIndex, count);
}

//===----------------------------------------------------------------------===//
// Arrays from segments
//===----------------------------------------------------------------------===//

/// Where `count` elements of an array come from in a segment, once they are
/// known to be in it. Offset and length of the segment are in units, of which
/// each element takes some. A dropped segment is empty.
llvm::Value *
FunctionEmitter::segmentRange(llvm::Value *segment, llvm::Value *offset,
                              llvm::Value *count, uint64_t elementUnits,
                              uint64_t unitByteLength, abi::Trap ifOutside) {
  // At most 2^32 + 16 × 2^32.
  llvm::Value *end = builder_.CreateAdd(
      offset, builder_.CreateMul(count, builder_.getInt64(elementUnits)));
  llvm::Value *length = loadField(AbiStruct::Segment, segment,
                                  field::Segment_length, module_.stateTag);
  trapIf(builder_.CreateICmpUGT(end, length), ifOutside);
  llvm::Value *items = loadField(AbiStruct::Segment, segment,
                                 field::Segment_items, module_.stateTag);
  return builder_.CreateGEP(
      types_.i8, items,
      builder_.CreateMul(offset, builder_.getInt64(unitByteLength)));
}

llvm::Value *FunctionEmitter::dataRange(const Instruction &instruction,
                                        llvm::Value *offset,
                                        llvm::Value *count) {
  llvm::Value *segment = module_.instance().dataSegment(
      builder_, wasm::DataIndex(instruction.index2));
  return segmentRange(
      segment, offset, count,
      module_.heapLayout(TypeIndex(instruction.index)).elementByteLength, 1,
      abi::Trap::MemoryOutOfBounds);
}

llvm::Value *FunctionEmitter::elementRange(const Instruction &instruction,
                                           llvm::Value *offset,
                                           llvm::Value *count) {
  llvm::Value *segment = module_.instance().elementSegment(
      builder_, wasm::ElementIndex(instruction.index2));
  return segmentRange(segment, offset, count, 1, sizeof(abi::ReferenceCell),
                      abi::Trap::TableOutOfBounds);
}

void FunctionEmitter::arrayNewFrom(const Instruction &instruction,
                                   SegmentRange range) {
  llvm::Value *count = popIndex();
  spendFuel(count);
  llvm::Value *offset = popIndex();
  llvm::Value *items = (this->*range)(instruction, offset, count);
  HeapAccess heap(module_, builder_);
  const TypeIndex type(instruction.index);
  llvm::Value *array = heap.allocate(type, count);
  heap.copyIn(array, type, builder_.getInt64(0), items, count);
  push(array);
}

void FunctionEmitter::arrayInitFrom(const Instruction &instruction,
                                    SegmentRange range) {
  llvm::Value *count = popIndex();
  spendFuel(count);
  llvm::Value *offset = popIndex();
  llvm::Value *index = popIndex();
  llvm::Value *reference = popArray(index, count);
  llvm::Value *items = (this->*range)(instruction, offset, count);
  HeapAccess(module_, builder_)
      .copyIn(reference, TypeIndex(instruction.index), index, items, count);
}

void FunctionEmitter::emitArrayNewData(const Instruction &instruction) {
  arrayNewFrom(instruction, &FunctionEmitter::dataRange);
}
void FunctionEmitter::emitArrayNewElem(const Instruction &instruction) {
  arrayNewFrom(instruction, &FunctionEmitter::elementRange);
}
void FunctionEmitter::emitArrayInitData(const Instruction &instruction) {
  arrayInitFrom(instruction, &FunctionEmitter::dataRange);
}
void FunctionEmitter::emitArrayInitElem(const Instruction &instruction) {
  arrayInitFrom(instruction, &FunctionEmitter::elementRange);
}

//===----------------------------------------------------------------------===//
// i31: twice the value plus one, where objects have even addresses
//===----------------------------------------------------------------------===//

llvm::Value *makeI31(Builder &builder, llvm::Value *value) {
  llvm::Value *bits = builder.CreateOr(
      builder.CreateShl(value, builder.getInt32(1)), builder.getInt32(1));
  return builder.CreateIntToPtr(builder.CreateZExt(bits, builder.getInt64Ty()),
                                builder.getPtrTy());
}

void FunctionEmitter::emitRefI31(const Instruction &) {
  push(makeI31(builder_, pop()));
}

llvm::Value *FunctionEmitter::popI31() {
  llvm::Value *reference = popObject(abi::Trap::NullI31);
  return builder_.CreateTrunc(builder_.CreatePtrToInt(reference, types_.i64),
                              types_.i32);
}

void FunctionEmitter::emitI31GetS(const Instruction &) {
  push(builder_.CreateAShr(popI31(), builder_.getInt32(1)));
}

void FunctionEmitter::emitI31GetU(const Instruction &) {
  push(builder_.CreateLShr(popI31(), builder_.getInt32(1)));
}

} // namespace wrought::translate

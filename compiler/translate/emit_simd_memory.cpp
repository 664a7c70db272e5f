#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;

/// Half a vector from memory, its lanes widened.
void FunctionEmitter::loadVector(const Instruction &instruction,
                                 llvm::Type *lane, unsigned laneCount,
                                 Shape result, bool isSigned) {
  load(instruction, llvm::FixedVectorType::get(lane, laneCount));
  llvm::Value *value = pop();
  pushVector(isSigned ? builder_.CreateSExt(value, result)
                      : builder_.CreateZExt(value, result));
}

void FunctionEmitter::loadSplat(const Instruction &instruction, Shape shape) {
  load(instruction, shape->getElementType());
  pushVector(builder_.CreateVectorSplat(shape->getNumElements(), pop()));
}

void FunctionEmitter::loadZero(const Instruction &instruction, Shape shape) {
  load(instruction, shape->getElementType());
  pushVector(builder_.CreateInsertElement(llvm::Constant::getNullValue(shape),
                                          pop(), uint64_t{0}));
}

void FunctionEmitter::loadLane(const Instruction &instruction, Shape shape) {
  llvm::Value *vector = popVector(shape);
  load(instruction, shape->getElementType());
  pushVector(
      builder_.CreateInsertElement(vector, pop(), uint64_t{instruction.lane}));
}

void FunctionEmitter::storeLane(const Instruction &instruction, Shape shape) {
  llvm::Value *vector = popVector(shape);
  push(builder_.CreateExtractElement(vector, uint64_t{instruction.lane}));
  store(instruction, shape->getElementType());
}

void FunctionEmitter::emitV128Load(const Instruction &i) {
  load(i, types_.v128);
}
void FunctionEmitter::emitV128Store(const Instruction &i) {
  store(i, types_.v128);
}
void FunctionEmitter::emitV128Load8x8S(const Instruction &i) {
  loadVector(i, types_.i8, 8, types_.i16x8, true);
}
void FunctionEmitter::emitV128Load8x8U(const Instruction &i) {
  loadVector(i, types_.i8, 8, types_.i16x8, false);
}
void FunctionEmitter::emitV128Load16x4S(const Instruction &i) {
  loadVector(i, types_.i16, 4, types_.i32x4, true);
}
void FunctionEmitter::emitV128Load16x4U(const Instruction &i) {
  loadVector(i, types_.i16, 4, types_.i32x4, false);
}
void FunctionEmitter::emitV128Load32x2S(const Instruction &i) {
  loadVector(i, types_.i32, 2, types_.i64x2, true);
}
void FunctionEmitter::emitV128Load32x2U(const Instruction &i) {
  loadVector(i, types_.i32, 2, types_.i64x2, false);
}
void FunctionEmitter::emitV128Load8Splat(const Instruction &i) {
  loadSplat(i, types_.i8x16);
}
void FunctionEmitter::emitV128Load16Splat(const Instruction &i) {
  loadSplat(i, types_.i16x8);
}
void FunctionEmitter::emitV128Load32Splat(const Instruction &i) {
  loadSplat(i, types_.i32x4);
}
void FunctionEmitter::emitV128Load64Splat(const Instruction &i) {
  loadSplat(i, types_.i64x2);
}
void FunctionEmitter::emitV128Load32Zero(const Instruction &i) {
  loadZero(i, types_.i32x4);
}
void FunctionEmitter::emitV128Load64Zero(const Instruction &i) {
  loadZero(i, types_.i64x2);
}
void FunctionEmitter::emitV128Load8Lane(const Instruction &i) {
  loadLane(i, types_.i8x16);
}
void FunctionEmitter::emitV128Load16Lane(const Instruction &i) {
  loadLane(i, types_.i16x8);
}
void FunctionEmitter::emitV128Load32Lane(const Instruction &i) {
  loadLane(i, types_.i32x4);
}
void FunctionEmitter::emitV128Load64Lane(const Instruction &i) {
  loadLane(i, types_.i64x2);
}
void FunctionEmitter::emitV128Store8Lane(const Instruction &i) {
  storeLane(i, types_.i8x16);
}
void FunctionEmitter::emitV128Store16Lane(const Instruction &i) {
  storeLane(i, types_.i16x8);
}
void FunctionEmitter::emitV128Store32Lane(const Instruction &i) {
  storeLane(i, types_.i32x4);
}
void FunctionEmitter::emitV128Store64Lane(const Instruction &i) {
  storeLane(i, types_.i64x2);
}

} // namespace wrought::translate

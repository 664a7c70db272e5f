//===- emit_simd_compare.cpp - Comparisons, bits and booleans of vectors --===//

#include "translate/function_emitter.h"

namespace wrought::translate {

using llvm::CmpInst;
using Operation = llvm::Instruction;
using wasm::Instruction;

void FunctionEmitter::compareLanes(CmpInst::Predicate predicate, Shape shape) {
  llvm::Value *right = popVector(shape), *left = popVector(shape);
  llvm::Value *isTrue = builder_.CreateCmp(predicate, left, right);
  pushVector(builder_.CreateSExt(isTrue, llvm::VectorType::getInteger(shape)));
}

void FunctionEmitter::emitV128Not(const Instruction &) {
  push(builder_.CreateNot(pop()));
}
void FunctionEmitter::emitV128And(const Instruction &) {
  binary(Operation::And);
}
void FunctionEmitter::emitV128Andnot(const Instruction &) {
  push(builder_.CreateNot(pop()));
  binary(Operation::And);
}
void FunctionEmitter::emitV128Or(const Instruction &) { binary(Operation::Or); }
void FunctionEmitter::emitV128Xor(const Instruction &) {
  binary(Operation::Xor);
}
void FunctionEmitter::emitV128Bitselect(const Instruction &) {
  llvm::Value *mask = pop(), *whenClear = pop(), *whenSet = pop();
  push(builder_.CreateOr(
      builder_.CreateAnd(whenSet, mask),
      builder_.CreateAnd(whenClear, builder_.CreateNot(mask))));
}

void FunctionEmitter::emitV128AnyTrue(const Instruction &) {
  unaryOperation("v128.any_true", types_.v128, types_.i32);
}
void FunctionEmitter::emitI8x16AllTrue(const Instruction &) {
  unaryOperation("i8x16.all_true", types_.i8x16, types_.i32);
}
void FunctionEmitter::emitI16x8AllTrue(const Instruction &) {
  unaryOperation("i16x8.all_true", types_.i16x8, types_.i32);
}
void FunctionEmitter::emitI32x4AllTrue(const Instruction &) {
  unaryOperation("i32x4.all_true", types_.i32x4, types_.i32);
}
void FunctionEmitter::emitI64x2AllTrue(const Instruction &) {
  unaryOperation("i64x2.all_true", types_.i64x2, types_.i32);
}
void FunctionEmitter::emitI8x16Bitmask(const Instruction &) {
  unaryOperation("i8x16.bitmask", types_.i8x16, types_.i32);
}
void FunctionEmitter::emitI16x8Bitmask(const Instruction &) {
  unaryOperation("i16x8.bitmask", types_.i16x8, types_.i32);
}
void FunctionEmitter::emitI32x4Bitmask(const Instruction &) {
  unaryOperation("i32x4.bitmask", types_.i32x4, types_.i32);
}
void FunctionEmitter::emitI64x2Bitmask(const Instruction &) {
  unaryOperation("i64x2.bitmask", types_.i64x2, types_.i32);
}

void FunctionEmitter::emitI8x16Eq(const Instruction &) {
  compareLanes(CmpInst::ICMP_EQ, types_.i8x16);
}
void FunctionEmitter::emitI8x16Ne(const Instruction &) {
  compareLanes(CmpInst::ICMP_NE, types_.i8x16);
}
void FunctionEmitter::emitI8x16LtS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SLT, types_.i8x16);
}
void FunctionEmitter::emitI8x16LtU(const Instruction &) {
  compareLanes(CmpInst::ICMP_ULT, types_.i8x16);
}
void FunctionEmitter::emitI8x16GtS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SGT, types_.i8x16);
}
void FunctionEmitter::emitI8x16GtU(const Instruction &) {
  compareLanes(CmpInst::ICMP_UGT, types_.i8x16);
}
void FunctionEmitter::emitI8x16LeS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SLE, types_.i8x16);
}
void FunctionEmitter::emitI8x16LeU(const Instruction &) {
  compareLanes(CmpInst::ICMP_ULE, types_.i8x16);
}
void FunctionEmitter::emitI8x16GeS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SGE, types_.i8x16);
}
void FunctionEmitter::emitI8x16GeU(const Instruction &) {
  compareLanes(CmpInst::ICMP_UGE, types_.i8x16);
}

void FunctionEmitter::emitI16x8Eq(const Instruction &) {
  compareLanes(CmpInst::ICMP_EQ, types_.i16x8);
}
void FunctionEmitter::emitI16x8Ne(const Instruction &) {
  compareLanes(CmpInst::ICMP_NE, types_.i16x8);
}
void FunctionEmitter::emitI16x8LtS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SLT, types_.i16x8);
}
void FunctionEmitter::emitI16x8LtU(const Instruction &) {
  compareLanes(CmpInst::ICMP_ULT, types_.i16x8);
}
void FunctionEmitter::emitI16x8GtS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SGT, types_.i16x8);
}
void FunctionEmitter::emitI16x8GtU(const Instruction &) {
  compareLanes(CmpInst::ICMP_UGT, types_.i16x8);
}
void FunctionEmitter::emitI16x8LeS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SLE, types_.i16x8);
}
void FunctionEmitter::emitI16x8LeU(const Instruction &) {
  compareLanes(CmpInst::ICMP_ULE, types_.i16x8);
}
void FunctionEmitter::emitI16x8GeS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SGE, types_.i16x8);
}
void FunctionEmitter::emitI16x8GeU(const Instruction &) {
  compareLanes(CmpInst::ICMP_UGE, types_.i16x8);
}

void FunctionEmitter::emitI32x4Eq(const Instruction &) {
  compareLanes(CmpInst::ICMP_EQ, types_.i32x4);
}
void FunctionEmitter::emitI32x4Ne(const Instruction &) {
  compareLanes(CmpInst::ICMP_NE, types_.i32x4);
}
void FunctionEmitter::emitI32x4LtS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SLT, types_.i32x4);
}
void FunctionEmitter::emitI32x4LtU(const Instruction &) {
  compareLanes(CmpInst::ICMP_ULT, types_.i32x4);
}
void FunctionEmitter::emitI32x4GtS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SGT, types_.i32x4);
}
void FunctionEmitter::emitI32x4GtU(const Instruction &) {
  compareLanes(CmpInst::ICMP_UGT, types_.i32x4);
}
void FunctionEmitter::emitI32x4LeS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SLE, types_.i32x4);
}
void FunctionEmitter::emitI32x4LeU(const Instruction &) {
  compareLanes(CmpInst::ICMP_ULE, types_.i32x4);
}
void FunctionEmitter::emitI32x4GeS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SGE, types_.i32x4);
}
void FunctionEmitter::emitI32x4GeU(const Instruction &) {
  compareLanes(CmpInst::ICMP_UGE, types_.i32x4);
}

void FunctionEmitter::emitI64x2Eq(const Instruction &) {
  compareLanes(CmpInst::ICMP_EQ, types_.i64x2);
}
void FunctionEmitter::emitI64x2Ne(const Instruction &) {
  compareLanes(CmpInst::ICMP_NE, types_.i64x2);
}
void FunctionEmitter::emitI64x2LtS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SLT, types_.i64x2);
}
void FunctionEmitter::emitI64x2GtS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SGT, types_.i64x2);
}
void FunctionEmitter::emitI64x2LeS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SLE, types_.i64x2);
}
void FunctionEmitter::emitI64x2GeS(const Instruction &) {
  compareLanes(CmpInst::ICMP_SGE, types_.i64x2);
}

void FunctionEmitter::emitF32x4Eq(const Instruction &) {
  compareLanes(CmpInst::FCMP_OEQ, types_.f32x4);
}
void FunctionEmitter::emitF32x4Ne(const Instruction &) {
  compareLanes(CmpInst::FCMP_UNE, types_.f32x4);
}
void FunctionEmitter::emitF32x4Lt(const Instruction &) {
  compareLanes(CmpInst::FCMP_OLT, types_.f32x4);
}
void FunctionEmitter::emitF32x4Gt(const Instruction &) {
  compareLanes(CmpInst::FCMP_OGT, types_.f32x4);
}
void FunctionEmitter::emitF32x4Le(const Instruction &) {
  compareLanes(CmpInst::FCMP_OLE, types_.f32x4);
}
void FunctionEmitter::emitF32x4Ge(const Instruction &) {
  compareLanes(CmpInst::FCMP_OGE, types_.f32x4);
}
void FunctionEmitter::emitF64x2Eq(const Instruction &) {
  compareLanes(CmpInst::FCMP_OEQ, types_.f64x2);
}
void FunctionEmitter::emitF64x2Ne(const Instruction &) {
  compareLanes(CmpInst::FCMP_UNE, types_.f64x2);
}
void FunctionEmitter::emitF64x2Lt(const Instruction &) {
  compareLanes(CmpInst::FCMP_OLT, types_.f64x2);
}
void FunctionEmitter::emitF64x2Gt(const Instruction &) {
  compareLanes(CmpInst::FCMP_OGT, types_.f64x2);
}
void FunctionEmitter::emitF64x2Le(const Instruction &) {
  compareLanes(CmpInst::FCMP_OLE, types_.f64x2);
}
void FunctionEmitter::emitF64x2Ge(const Instruction &) {
  compareLanes(CmpInst::FCMP_OGE, types_.f64x2);
}

} // namespace wrought::translate

//===- emit_simd_integer.cpp - Integer arithmetic of vectors --------------===//

#include "translate/function_emitter.h"

namespace wrought::translate {

using llvm::Intrinsic::ID;
using Operation = llvm::Instruction;
using wasm::Instruction;

void FunctionEmitter::binaryLanes(Operation::BinaryOps operation, Shape shape) {
  llvm::Value *right = popVector(shape), *left = popVector(shape);
  pushVector(builder_.CreateBinOp(operation, left, right));
}

void FunctionEmitter::unaryLanes(ID intrinsic, Shape shape) {
  pushVector(builder_.CreateUnaryIntrinsic(intrinsic, popVector(shape)));
}

void FunctionEmitter::binaryLanes(ID intrinsic, Shape shape) {
  llvm::Value *right = popVector(shape), *left = popVector(shape);
  pushVector(builder_.CreateBinaryIntrinsic(intrinsic, left, right));
}

/// Counts are taken modulo the lane's width, where LLVM would yield poison.
void FunctionEmitter::shiftLanes(Operation::BinaryOps operation, Shape shape) {
  llvm::Type *lane = shape->getElementType();
  llvm::Value *count =
      builder_.CreateAnd(pop(), lane->getIntegerBitWidth() - 1);
  llvm::Value *counts = builder_.CreateVectorSplat(
      shape->getNumElements(), builder_.CreateZExtOrTrunc(count, lane));
  pushVector(builder_.CreateBinOp(operation, popVector(shape), counts));
}

void FunctionEmitter::absoluteLanes(Shape shape) {
  const auto minimumIsPoison = builder_.getFalse();
  pushVector(builder_.CreateIntrinsic(llvm::Intrinsic::abs, {shape},
                                      {popVector(shape), minimumIsPoison}));
}

void FunctionEmitter::negateLanes(Shape shape) {
  pushVector(builder_.CreateNeg(popVector(shape)));
}

void FunctionEmitter::averageLanes(Shape shape) {
  auto *wide = llvm::VectorType::getExtendedElementVectorType(shape);
  llvm::Value *right = builder_.CreateZExt(popVector(shape), wide);
  llvm::Value *left = builder_.CreateZExt(popVector(shape), wide);
  llvm::Value *sum = builder_.CreateAdd(builder_.CreateAdd(left, right),
                                        llvm::ConstantInt::get(wide, 1));
  pushVector(builder_.CreateTrunc(builder_.CreateLShr(sum, 1), shape));
}

llvm::Value *FunctionEmitter::half(llvm::Value *vector, Half which) {
  const auto count = static_cast<int>(
      llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements() /
      2);
  llvm::SmallVector<int, 8> lanes;
  for (int i = 0; i < count; ++i)
    lanes.push_back(which == Half::Low ? i : count + i);
  return builder_.CreateShuffleVector(vector, lanes);
}

/// Half of the lanes at twice the width.
llvm::Value *FunctionEmitter::extended(llvm::Value *vector, Half which,
                                       bool isSigned) {
  llvm::Value *narrow = half(vector, which);
  auto *wide = llvm::VectorType::getExtendedElementVectorType(
      llvm::cast<llvm::VectorType>(narrow->getType()));
  return isSigned ? builder_.CreateSExt(narrow, wide)
                  : builder_.CreateZExt(narrow, wide);
}

void FunctionEmitter::extendLanes(Shape shape, Half which, bool isSigned) {
  pushVector(extended(popVector(shape), which, isSigned));
}

void FunctionEmitter::multiplyExtended(Shape shape, Half which, bool isSigned) {
  llvm::Value *right = extended(popVector(shape), which, isSigned);
  llvm::Value *left = extended(popVector(shape), which, isSigned);
  pushVector(builder_.CreateMul(left, right));
}

void FunctionEmitter::emitI8x16Abs(const Instruction &) {
  absoluteLanes(types_.i8x16);
}
void FunctionEmitter::emitI8x16Neg(const Instruction &) {
  negateLanes(types_.i8x16);
}
void FunctionEmitter::emitI8x16Popcnt(const Instruction &) {
  unaryLanes(llvm::Intrinsic::ctpop, types_.i8x16);
}
void FunctionEmitter::emitI8x16Shl(const Instruction &) {
  shiftLanes(Operation::Shl, types_.i8x16);
}
void FunctionEmitter::emitI8x16ShrS(const Instruction &) {
  shiftLanes(Operation::AShr, types_.i8x16);
}
void FunctionEmitter::emitI8x16ShrU(const Instruction &) {
  shiftLanes(Operation::LShr, types_.i8x16);
}
void FunctionEmitter::emitI8x16Add(const Instruction &) {
  binaryLanes(Operation::Add, types_.i8x16);
}
void FunctionEmitter::emitI8x16Sub(const Instruction &) {
  binaryLanes(Operation::Sub, types_.i8x16);
}
void FunctionEmitter::emitI8x16AddSatS(const Instruction &) {
  binaryLanes(llvm::Intrinsic::sadd_sat, types_.i8x16);
}
void FunctionEmitter::emitI8x16AddSatU(const Instruction &) {
  binaryLanes(llvm::Intrinsic::uadd_sat, types_.i8x16);
}
void FunctionEmitter::emitI8x16SubSatS(const Instruction &) {
  binaryLanes(llvm::Intrinsic::ssub_sat, types_.i8x16);
}
void FunctionEmitter::emitI8x16SubSatU(const Instruction &) {
  binaryLanes(llvm::Intrinsic::usub_sat, types_.i8x16);
}
void FunctionEmitter::emitI8x16MinS(const Instruction &) {
  binaryLanes(llvm::Intrinsic::smin, types_.i8x16);
}
void FunctionEmitter::emitI8x16MinU(const Instruction &) {
  binaryLanes(llvm::Intrinsic::umin, types_.i8x16);
}
void FunctionEmitter::emitI8x16MaxS(const Instruction &) {
  binaryLanes(llvm::Intrinsic::smax, types_.i8x16);
}
void FunctionEmitter::emitI8x16MaxU(const Instruction &) {
  binaryLanes(llvm::Intrinsic::umax, types_.i8x16);
}
void FunctionEmitter::emitI8x16AvgrU(const Instruction &) {
  averageLanes(types_.i8x16);
}

void FunctionEmitter::emitI16x8Abs(const Instruction &) {
  absoluteLanes(types_.i16x8);
}
void FunctionEmitter::emitI16x8Neg(const Instruction &) {
  negateLanes(types_.i16x8);
}
void FunctionEmitter::emitI16x8Shl(const Instruction &) {
  shiftLanes(Operation::Shl, types_.i16x8);
}
void FunctionEmitter::emitI16x8ShrS(const Instruction &) {
  shiftLanes(Operation::AShr, types_.i16x8);
}
void FunctionEmitter::emitI16x8ShrU(const Instruction &) {
  shiftLanes(Operation::LShr, types_.i16x8);
}
void FunctionEmitter::emitI16x8Add(const Instruction &) {
  binaryLanes(Operation::Add, types_.i16x8);
}
void FunctionEmitter::emitI16x8Sub(const Instruction &) {
  binaryLanes(Operation::Sub, types_.i16x8);
}
void FunctionEmitter::emitI16x8Mul(const Instruction &) {
  binaryLanes(Operation::Mul, types_.i16x8);
}
void FunctionEmitter::emitI16x8AddSatS(const Instruction &) {
  binaryLanes(llvm::Intrinsic::sadd_sat, types_.i16x8);
}
void FunctionEmitter::emitI16x8AddSatU(const Instruction &) {
  binaryLanes(llvm::Intrinsic::uadd_sat, types_.i16x8);
}
void FunctionEmitter::emitI16x8SubSatS(const Instruction &) {
  binaryLanes(llvm::Intrinsic::ssub_sat, types_.i16x8);
}
void FunctionEmitter::emitI16x8SubSatU(const Instruction &) {
  binaryLanes(llvm::Intrinsic::usub_sat, types_.i16x8);
}
void FunctionEmitter::emitI16x8MinS(const Instruction &) {
  binaryLanes(llvm::Intrinsic::smin, types_.i16x8);
}
void FunctionEmitter::emitI16x8MinU(const Instruction &) {
  binaryLanes(llvm::Intrinsic::umin, types_.i16x8);
}
void FunctionEmitter::emitI16x8MaxS(const Instruction &) {
  binaryLanes(llvm::Intrinsic::smax, types_.i16x8);
}
void FunctionEmitter::emitI16x8MaxU(const Instruction &) {
  binaryLanes(llvm::Intrinsic::umax, types_.i16x8);
}
void FunctionEmitter::emitI16x8AvgrU(const Instruction &) {
  averageLanes(types_.i16x8);
}

void FunctionEmitter::emitI32x4Abs(const Instruction &) {
  absoluteLanes(types_.i32x4);
}
void FunctionEmitter::emitI32x4Neg(const Instruction &) {
  negateLanes(types_.i32x4);
}
void FunctionEmitter::emitI32x4Shl(const Instruction &) {
  shiftLanes(Operation::Shl, types_.i32x4);
}
void FunctionEmitter::emitI32x4ShrS(const Instruction &) {
  shiftLanes(Operation::AShr, types_.i32x4);
}
void FunctionEmitter::emitI32x4ShrU(const Instruction &) {
  shiftLanes(Operation::LShr, types_.i32x4);
}
void FunctionEmitter::emitI32x4Add(const Instruction &) {
  binaryLanes(Operation::Add, types_.i32x4);
}
void FunctionEmitter::emitI32x4Sub(const Instruction &) {
  binaryLanes(Operation::Sub, types_.i32x4);
}
void FunctionEmitter::emitI32x4Mul(const Instruction &) {
  binaryLanes(Operation::Mul, types_.i32x4);
}
void FunctionEmitter::emitI32x4MinS(const Instruction &) {
  binaryLanes(llvm::Intrinsic::smin, types_.i32x4);
}
void FunctionEmitter::emitI32x4MinU(const Instruction &) {
  binaryLanes(llvm::Intrinsic::umin, types_.i32x4);
}
void FunctionEmitter::emitI32x4MaxS(const Instruction &) {
  binaryLanes(llvm::Intrinsic::smax, types_.i32x4);
}
void FunctionEmitter::emitI32x4MaxU(const Instruction &) {
  binaryLanes(llvm::Intrinsic::umax, types_.i32x4);
}

void FunctionEmitter::emitI64x2Abs(const Instruction &) {
  absoluteLanes(types_.i64x2);
}
void FunctionEmitter::emitI64x2Neg(const Instruction &) {
  negateLanes(types_.i64x2);
}
void FunctionEmitter::emitI64x2Shl(const Instruction &) {
  shiftLanes(Operation::Shl, types_.i64x2);
}
void FunctionEmitter::emitI64x2ShrS(const Instruction &) {
  shiftLanes(Operation::AShr, types_.i64x2);
}
void FunctionEmitter::emitI64x2ShrU(const Instruction &) {
  shiftLanes(Operation::LShr, types_.i64x2);
}
void FunctionEmitter::emitI64x2Add(const Instruction &) {
  binaryLanes(Operation::Add, types_.i64x2);
}
void FunctionEmitter::emitI64x2Sub(const Instruction &) {
  binaryLanes(Operation::Sub, types_.i64x2);
}
void FunctionEmitter::emitI64x2Mul(const Instruction &) {
  binaryLanes(Operation::Mul, types_.i64x2);
}

void FunctionEmitter::emitI16x8ExtendLowI8x16S(const Instruction &) {
  extendLanes(types_.i8x16, Half::Low, true);
}
void FunctionEmitter::emitI16x8ExtendLowI8x16U(const Instruction &) {
  extendLanes(types_.i8x16, Half::Low, false);
}
void FunctionEmitter::emitI16x8ExtendHighI8x16S(const Instruction &) {
  extendLanes(types_.i8x16, Half::High, true);
}
void FunctionEmitter::emitI16x8ExtendHighI8x16U(const Instruction &) {
  extendLanes(types_.i8x16, Half::High, false);
}
void FunctionEmitter::emitI16x8ExtmulLowI8x16S(const Instruction &) {
  multiplyExtended(types_.i8x16, Half::Low, true);
}
void FunctionEmitter::emitI16x8ExtmulLowI8x16U(const Instruction &) {
  multiplyExtended(types_.i8x16, Half::Low, false);
}
void FunctionEmitter::emitI16x8ExtmulHighI8x16S(const Instruction &) {
  multiplyExtended(types_.i8x16, Half::High, true);
}
void FunctionEmitter::emitI16x8ExtmulHighI8x16U(const Instruction &) {
  multiplyExtended(types_.i8x16, Half::High, false);
}

void FunctionEmitter::emitI32x4ExtendLowI16x8S(const Instruction &) {
  extendLanes(types_.i16x8, Half::Low, true);
}
void FunctionEmitter::emitI32x4ExtendLowI16x8U(const Instruction &) {
  extendLanes(types_.i16x8, Half::Low, false);
}
void FunctionEmitter::emitI32x4ExtendHighI16x8S(const Instruction &) {
  extendLanes(types_.i16x8, Half::High, true);
}
void FunctionEmitter::emitI32x4ExtendHighI16x8U(const Instruction &) {
  extendLanes(types_.i16x8, Half::High, false);
}
void FunctionEmitter::emitI32x4ExtmulLowI16x8S(const Instruction &) {
  multiplyExtended(types_.i16x8, Half::Low, true);
}
void FunctionEmitter::emitI32x4ExtmulLowI16x8U(const Instruction &) {
  multiplyExtended(types_.i16x8, Half::Low, false);
}
void FunctionEmitter::emitI32x4ExtmulHighI16x8S(const Instruction &) {
  multiplyExtended(types_.i16x8, Half::High, true);
}
void FunctionEmitter::emitI32x4ExtmulHighI16x8U(const Instruction &) {
  multiplyExtended(types_.i16x8, Half::High, false);
}

void FunctionEmitter::emitI64x2ExtendLowI32x4S(const Instruction &) {
  extendLanes(types_.i32x4, Half::Low, true);
}
void FunctionEmitter::emitI64x2ExtendLowI32x4U(const Instruction &) {
  extendLanes(types_.i32x4, Half::Low, false);
}
void FunctionEmitter::emitI64x2ExtendHighI32x4S(const Instruction &) {
  extendLanes(types_.i32x4, Half::High, true);
}
void FunctionEmitter::emitI64x2ExtendHighI32x4U(const Instruction &) {
  extendLanes(types_.i32x4, Half::High, false);
}
void FunctionEmitter::emitI64x2ExtmulLowI32x4S(const Instruction &) {
  multiplyExtended(types_.i32x4, Half::Low, true);
}
void FunctionEmitter::emitI64x2ExtmulLowI32x4U(const Instruction &) {
  multiplyExtended(types_.i32x4, Half::Low, false);
}
void FunctionEmitter::emitI64x2ExtmulHighI32x4S(const Instruction &) {
  multiplyExtended(types_.i32x4, Half::High, true);
}
void FunctionEmitter::emitI64x2ExtmulHighI32x4U(const Instruction &) {
  multiplyExtended(types_.i32x4, Half::High, false);
}

void FunctionEmitter::emitI8x16NarrowI16x8S(const Instruction &) {
  binaryOperation("i8x16.narrow_i16x8_s", types_.i16x8, types_.i8x16);
}
void FunctionEmitter::emitI8x16NarrowI16x8U(const Instruction &) {
  binaryOperation("i8x16.narrow_i16x8_u", types_.i16x8, types_.i8x16);
}
void FunctionEmitter::emitI16x8NarrowI32x4S(const Instruction &) {
  binaryOperation("i16x8.narrow_i32x4_s", types_.i32x4, types_.i16x8);
}
void FunctionEmitter::emitI16x8NarrowI32x4U(const Instruction &) {
  binaryOperation("i16x8.narrow_i32x4_u", types_.i32x4, types_.i16x8);
}
void FunctionEmitter::emitI16x8ExtaddPairwiseI8x16S(const Instruction &) {
  unaryOperation("i16x8.extadd_pairwise_i8x16_s", types_.i8x16, types_.i16x8);
}
void FunctionEmitter::emitI16x8ExtaddPairwiseI8x16U(const Instruction &) {
  unaryOperation("i16x8.extadd_pairwise_i8x16_u", types_.i8x16, types_.i16x8);
}
void FunctionEmitter::emitI32x4ExtaddPairwiseI16x8S(const Instruction &) {
  unaryOperation("i32x4.extadd_pairwise_i16x8_s", types_.i16x8, types_.i32x4);
}
void FunctionEmitter::emitI32x4ExtaddPairwiseI16x8U(const Instruction &) {
  unaryOperation("i32x4.extadd_pairwise_i16x8_u", types_.i16x8, types_.i32x4);
}
void FunctionEmitter::emitI32x4DotI16x8S(const Instruction &) {
  binaryOperation("i32x4.dot_i16x8_s", types_.i16x8, types_.i32x4);
}
void FunctionEmitter::emitI16x8Q15mulrSatS(const Instruction &) {
  binaryOperation("i16x8.q15mulr_sat_s", types_.i16x8, types_.i16x8);
}

} // namespace wrought::translate

//===- emit_simd_float.cpp - Floating-point arithmetic of vectors ---------===//
//
// NaNs are quieted as in emit_float.cpp, lane by lane.
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"

namespace wrought::translate {

using llvm::CmpInst;
using Operation = llvm::Instruction;
using wasm::Instruction;

void FunctionEmitter::floatBinaryLanes(Operation::BinaryOps operation,
                                       Shape shape) {
  llvm::Value *right = popVector(shape), *left = popVector(shape);
  push(left);
  push(right);
  floatBinary(operation);
  pushVector(pop());
}

void FunctionEmitter::floatMinMaxLanes(llvm::StringRef text, Shape shape) {
  llvm::Value *right = popVector(shape), *left = popVector(shape);
  // LLVM folds the minimum of a value and infinity to the value.
  if (llvm::isa<llvm::Constant>(left) != llvm::isa<llvm::Constant>(right)) {
    llvm::Value *&variable = llvm::isa<llvm::Constant>(left) ? right : left;
    variable = quiet(variable);
  }
  pushVector(settleNan(simdOperation(text, shape, {left, right})));
}

void FunctionEmitter::roundLanes(llvm::Intrinsic::ID rounding, Shape shape) {
  push(popVector(shape));
  roundFloat(rounding);
  pushVector(pop());
}

void FunctionEmitter::emitF32x4DemoteF64x2Zero(const Instruction &) {
  push(popVector(types_.f64x2));
  demote(llvm::FixedVectorType::get(types_.f32, 2));
  pushVector(builder_.CreateShuffleVector(
      pop(),
      llvm::Constant::getNullValue(llvm::FixedVectorType::get(types_.f32, 2)),
      {0, 1, 2, 3}));
}

void FunctionEmitter::emitF64x2PromoteLowF32x4(const Instruction &) {
  push(half(popVector(types_.f32x4), Half::Low));
  promote(types_.f64x2);
  pushVector(pop());
}

void FunctionEmitter::emitF32x4ConvertI32x4S(const Instruction &) {
  pushVector(builder_.CreateSIToFP(popVector(types_.i32x4), types_.f32x4));
}
void FunctionEmitter::emitF32x4ConvertI32x4U(const Instruction &) {
  pushVector(builder_.CreateUIToFP(popVector(types_.i32x4), types_.f32x4));
}
void FunctionEmitter::emitF64x2ConvertLowI32x4S(const Instruction &) {
  pushVector(builder_.CreateSIToFP(half(popVector(types_.i32x4), Half::Low),
                                   types_.f64x2));
}
void FunctionEmitter::emitF64x2ConvertLowI32x4U(const Instruction &) {
  pushVector(builder_.CreateUIToFP(half(popVector(types_.i32x4), Half::Low),
                                   types_.f64x2));
}
void FunctionEmitter::emitI32x4TruncSatF32x4S(const Instruction &) {
  unaryOperation("i32x4.trunc_sat_f32x4_s", types_.f32x4, types_.i32x4);
}
void FunctionEmitter::emitI32x4TruncSatF32x4U(const Instruction &) {
  unaryOperation("i32x4.trunc_sat_f32x4_u", types_.f32x4, types_.i32x4);
}
void FunctionEmitter::emitI32x4TruncSatF64x2SZero(const Instruction &) {
  unaryOperation("i32x4.trunc_sat_f64x2_s_zero", types_.f64x2, types_.i32x4);
}
void FunctionEmitter::emitI32x4TruncSatF64x2UZero(const Instruction &) {
  unaryOperation("i32x4.trunc_sat_f64x2_u_zero", types_.f64x2, types_.i32x4);
}

void FunctionEmitter::emitF32x4Abs(const Instruction &) {
  unaryLanes(llvm::Intrinsic::fabs, types_.f32x4);
}
void FunctionEmitter::emitF32x4Neg(const Instruction &) {
  pushVector(builder_.CreateFNeg(popVector(types_.f32x4)));
}
void FunctionEmitter::emitF32x4Ceil(const Instruction &) {
  roundLanes(llvm::Intrinsic::ceil, types_.f32x4);
}
void FunctionEmitter::emitF32x4Floor(const Instruction &) {
  roundLanes(llvm::Intrinsic::floor, types_.f32x4);
}
void FunctionEmitter::emitF32x4Trunc(const Instruction &) {
  roundLanes(llvm::Intrinsic::trunc, types_.f32x4);
}
void FunctionEmitter::emitF32x4Nearest(const Instruction &) {
  roundLanes(llvm::Intrinsic::roundeven, types_.f32x4);
}
void FunctionEmitter::emitF32x4Sqrt(const Instruction &) {
  push(popVector(types_.f32x4));
  unaryIntrinsic(llvm::Intrinsic::sqrt);
  pushVector(settleNan(pop()));
}
void FunctionEmitter::emitF32x4Add(const Instruction &) {
  floatBinaryLanes(Operation::FAdd, types_.f32x4);
}
void FunctionEmitter::emitF32x4Sub(const Instruction &) {
  floatBinaryLanes(Operation::FSub, types_.f32x4);
}
void FunctionEmitter::emitF32x4Mul(const Instruction &) {
  floatBinaryLanes(Operation::FMul, types_.f32x4);
}
void FunctionEmitter::emitF32x4Div(const Instruction &) {
  floatBinaryLanes(Operation::FDiv, types_.f32x4);
}
void FunctionEmitter::emitF32x4Min(const Instruction &) {
  floatMinMaxLanes("f32x4.min", types_.f32x4);
}
void FunctionEmitter::emitF32x4Max(const Instruction &) {
  floatMinMaxLanes("f32x4.max", types_.f32x4);
}
void FunctionEmitter::emitF32x4Pmin(const Instruction &) {
  binaryOperation("f32x4.pmin", types_.f32x4, types_.f32x4);
}
void FunctionEmitter::emitF32x4Pmax(const Instruction &) {
  binaryOperation("f32x4.pmax", types_.f32x4, types_.f32x4);
}

void FunctionEmitter::emitF64x2Abs(const Instruction &) {
  unaryLanes(llvm::Intrinsic::fabs, types_.f64x2);
}
void FunctionEmitter::emitF64x2Neg(const Instruction &) {
  pushVector(builder_.CreateFNeg(popVector(types_.f64x2)));
}
void FunctionEmitter::emitF64x2Ceil(const Instruction &) {
  roundLanes(llvm::Intrinsic::ceil, types_.f64x2);
}
void FunctionEmitter::emitF64x2Floor(const Instruction &) {
  roundLanes(llvm::Intrinsic::floor, types_.f64x2);
}
void FunctionEmitter::emitF64x2Trunc(const Instruction &) {
  roundLanes(llvm::Intrinsic::trunc, types_.f64x2);
}
void FunctionEmitter::emitF64x2Nearest(const Instruction &) {
  roundLanes(llvm::Intrinsic::roundeven, types_.f64x2);
}
void FunctionEmitter::emitF64x2Sqrt(const Instruction &) {
  push(popVector(types_.f64x2));
  unaryIntrinsic(llvm::Intrinsic::sqrt);
  pushVector(settleNan(pop()));
}
void FunctionEmitter::emitF64x2Add(const Instruction &) {
  floatBinaryLanes(Operation::FAdd, types_.f64x2);
}
void FunctionEmitter::emitF64x2Sub(const Instruction &) {
  floatBinaryLanes(Operation::FSub, types_.f64x2);
}
void FunctionEmitter::emitF64x2Mul(const Instruction &) {
  floatBinaryLanes(Operation::FMul, types_.f64x2);
}
void FunctionEmitter::emitF64x2Div(const Instruction &) {
  floatBinaryLanes(Operation::FDiv, types_.f64x2);
}
void FunctionEmitter::emitF64x2Min(const Instruction &) {
  floatMinMaxLanes("f64x2.min", types_.f64x2);
}
void FunctionEmitter::emitF64x2Max(const Instruction &) {
  floatMinMaxLanes("f64x2.max", types_.f64x2);
}
void FunctionEmitter::emitF64x2Pmin(const Instruction &) {
  binaryOperation("f64x2.pmin", types_.f64x2, types_.f64x2);
}
void FunctionEmitter::emitF64x2Pmax(const Instruction &) {
  binaryOperation("f64x2.pmax", types_.f64x2, types_.f64x2);
}

} // namespace wrought::translate

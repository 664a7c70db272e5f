//===- emit_relaxed_simd.cpp - Instructions with a choice of results ------===//
//
// Each takes the form that is fast on the target. With `--deterministic` each
// is the strict instruction that the specification's deterministic profile
// makes of it.
//
// Source: WebAssembly Specification 3.0, "Execution / Numerics / Relaxed
// Operations"; "Appendix / Profiles".
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;

void FunctionEmitter::multiplyAdd(llvm::StringRef text, bool isNegated,
                                  Shape shape) {
  llvm::Value *sum = popVector(shape), *right = popVector(shape),
              *left = popVector(shape);
  if (isDeterministic()) {
    push(isNegated ? builder_.CreateFNeg(left) : left);
    push(right);
    floatBinary(llvm::Instruction::FMul);
    push(sum);
    floatBinary(llvm::Instruction::FAdd);
    return pushVector(pop());
  }
  // LLVM folds a product with 1, and then a sum with 0, to the other operand.
  if (llvm::isa<llvm::Constant>(left) || llvm::isa<llvm::Constant>(right))
    for (llvm::Value **operand : {&left, &right, &sum})
      if (!llvm::isa<llvm::Constant>(*operand))
        *operand = quiet(*operand);
  pushVector(simdOperation(text, shape, {left, right, sum}));
}

void FunctionEmitter::laneSelect(llvm::StringRef text, Shape shape) {
  if (isDeterministic())
    return emitV128Bitselect({});
  ternaryOperation(text, shape);
}

/// Products of 8-bit lanes, neighbours added in 16 bits.
void FunctionEmitter::relaxedDot() {
  if (!isDeterministic())
    return binaryOperation("i16x8.relaxed_dot_i8x16_i7x16_s", types_.i8x16,
                           types_.i16x8);
  auto *wide = llvm::VectorType::getExtendedElementVectorType(types_.i8x16);
  llvm::Value *right = builder_.CreateSExt(popVector(types_.i8x16), wide);
  llvm::Value *left = builder_.CreateSExt(popVector(types_.i8x16), wide);
  llvm::Value *products = builder_.CreateMul(left, right);
  // -128 * -128 twice is 2^15, which saturates.
  pushVector(builder_.CreateBinaryIntrinsic(
      llvm::Intrinsic::sadd_sat,
      builder_.CreateShuffleVector(products, {0, 2, 4, 6, 8, 10, 12, 14}),
      builder_.CreateShuffleVector(products, {1, 3, 5, 7, 9, 11, 13, 15})));
}

void FunctionEmitter::emitI8x16RelaxedSwizzle(const Instruction &) {
  binaryOperation(isDeterministic() ? "i8x16.swizzle" : "i8x16.relaxed_swizzle",
                  types_.i8x16, types_.i8x16);
}
void FunctionEmitter::emitI16x8RelaxedQ15mulrS(const Instruction &) {
  binaryOperation(isDeterministic() ? "i16x8.q15mulr_sat_s"
                                    : "i16x8.relaxed_q15mulr_s",
                  types_.i16x8, types_.i16x8);
}
void FunctionEmitter::emitI16x8RelaxedDotI8x16I7x16S(const Instruction &) {
  relaxedDot();
}

void FunctionEmitter::emitI32x4RelaxedDotI8x16I7x16AddS(const Instruction &) {
  llvm::Value *sum = popVector(types_.i32x4);
  if (!isDeterministic()) {
    llvm::Value *right = popVector(types_.i8x16),
                *left = popVector(types_.i8x16);
    return pushVector(simdOperation("i32x4.relaxed_dot_i8x16_i7x16_add_s",
                                    types_.i32x4, {left, right, sum}));
  }
  relaxedDot();
  unaryOperation("i32x4.extadd_pairwise_i16x8_s", types_.i16x8, types_.i32x4);
  pushVector(builder_.CreateAdd(popVector(types_.i32x4), sum));
}

void FunctionEmitter::emitI32x4RelaxedTruncF32x4S(const Instruction &) {
  unaryOperation(isDeterministic() ? "i32x4.trunc_sat_f32x4_s"
                                   : "i32x4.relaxed_trunc_f32x4_s",
                 types_.f32x4, types_.i32x4);
}
void FunctionEmitter::emitI32x4RelaxedTruncF32x4U(const Instruction &) {
  unaryOperation(isDeterministic() ? "i32x4.trunc_sat_f32x4_u"
                                   : "i32x4.relaxed_trunc_f32x4_u",
                 types_.f32x4, types_.i32x4);
}
void FunctionEmitter::emitI32x4RelaxedTruncF64x2SZero(const Instruction &) {
  unaryOperation(isDeterministic() ? "i32x4.trunc_sat_f64x2_s_zero"
                                   : "i32x4.relaxed_trunc_f64x2_s_zero",
                 types_.f64x2, types_.i32x4);
}
void FunctionEmitter::emitI32x4RelaxedTruncF64x2UZero(const Instruction &) {
  unaryOperation(isDeterministic() ? "i32x4.trunc_sat_f64x2_u_zero"
                                   : "i32x4.relaxed_trunc_f64x2_u_zero",
                 types_.f64x2, types_.i32x4);
}

void FunctionEmitter::emitF32x4RelaxedMadd(const Instruction &) {
  multiplyAdd("f32x4.relaxed_madd", false, types_.f32x4);
}
void FunctionEmitter::emitF32x4RelaxedNmadd(const Instruction &) {
  multiplyAdd("f32x4.relaxed_nmadd", true, types_.f32x4);
}
void FunctionEmitter::emitF32x4RelaxedMin(const Instruction &) {
  floatMinMaxLanes(isDeterministic() ? "f32x4.min" : "f32x4.relaxed_min",
                   types_.f32x4);
}
void FunctionEmitter::emitF32x4RelaxedMax(const Instruction &) {
  floatMinMaxLanes(isDeterministic() ? "f32x4.max" : "f32x4.relaxed_max",
                   types_.f32x4);
}

void FunctionEmitter::emitF64x2RelaxedMadd(const Instruction &) {
  multiplyAdd("f64x2.relaxed_madd", false, types_.f64x2);
}
void FunctionEmitter::emitF64x2RelaxedNmadd(const Instruction &) {
  multiplyAdd("f64x2.relaxed_nmadd", true, types_.f64x2);
}
void FunctionEmitter::emitF64x2RelaxedMin(const Instruction &) {
  floatMinMaxLanes(isDeterministic() ? "f64x2.min" : "f64x2.relaxed_min",
                   types_.f64x2);
}
void FunctionEmitter::emitF64x2RelaxedMax(const Instruction &) {
  floatMinMaxLanes(isDeterministic() ? "f64x2.max" : "f64x2.relaxed_max",
                   types_.f64x2);
}

void FunctionEmitter::emitI8x16RelaxedLaneselect(const Instruction &) {
  laneSelect("i8x16.relaxed_laneselect", types_.i8x16);
}
void FunctionEmitter::emitI16x8RelaxedLaneselect(const Instruction &) {
  laneSelect("i16x8.relaxed_laneselect", types_.i16x8);
}
void FunctionEmitter::emitI32x4RelaxedLaneselect(const Instruction &) {
  laneSelect("i32x4.relaxed_laneselect", types_.i32x4);
}
void FunctionEmitter::emitI64x2RelaxedLaneselect(const Instruction &) {
  laneSelect("i64x2.relaxed_laneselect", types_.i64x2);
}

} // namespace wrought::translate

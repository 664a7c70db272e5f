//===- emit_float.cpp - Floating-point arithmetic -------------------------===//
//
// Wasm demands that arithmetic quiets signalling NaNs; LLVM folds x * 1 and the
// like to x, which does not. Where an operand makes the operation an identity
// that LLVM knows, the operand is quieted explicitly.
//
// Source: WebAssembly Specification 3.0, "Execution / Numerics / NaN
// Propagation".
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"

namespace wrought::translate {

using llvm::CmpInst;
using Operation = llvm::Instruction;
using wasm::Instruction;

namespace {

/// Whether LLVM may fold `operation` with this constant operand, or with a lane
/// of it, to the other operand or its negation.
bool isIdentity(Operation::BinaryOps operation, const llvm::Value *operand) {
  const auto *constant = llvm::dyn_cast<llvm::Constant>(operand);
  if (!constant)
    return false;
  if (auto *type = llvm::dyn_cast<llvm::FixedVectorType>(constant->getType())) {
    for (unsigned lane = 0; lane < type->getNumElements(); ++lane) {
      const llvm::Constant *element = constant->getAggregateElement(lane);
      if (!element || isIdentity(operation, element))
        return true;
    }
    return false;
  }
  const auto *number = llvm::dyn_cast<llvm::ConstantFP>(constant);
  if (!number)
    return false;
  switch (operation) {
  case Operation::FAdd:
  case Operation::FSub:
    return number->isZero();
  case Operation::FMul:
  case Operation::FDiv:
    return number->isExactlyValue(1.0) || number->isExactlyValue(-1.0);
  default:
    return false;
  }
}

} // namespace

/// Of vectors by hand: without optimisation LLVM gives up on canonicalize for
/// them, or drops it.
llvm::Value *FunctionEmitter::quiet(llvm::Value *value) {
  if (auto *shape = llvm::dyn_cast<llvm::VectorType>(value->getType())) {
    llvm::VectorType *bits = llvm::VectorType::getInteger(shape);
    const uint64_t quietBit = uint64_t{1}
                              << (shape->getScalarSizeInBits() == 32 ? 22 : 51);
    llvm::Value *quieted =
        builder_.CreateOr(builder_.CreateBitCast(value, bits), quietBit);
    return builder_.CreateSelect(builder_.CreateFCmpUNO(value, value),
                                 builder_.CreateBitCast(quieted, shape), value);
  }
  return builder_.CreateUnaryIntrinsic(llvm::Intrinsic::canonicalize, value);
}

/// With --deterministic, any NaN becomes the canonical one.
llvm::Value *FunctionEmitter::settleNan(llvm::Value *value) {
  if (!module_.plan().options().isDeterministic)
    return value;
  // By the bits: to LLVM's floating-point folds one NaN is as good as another.
  llvm::Type *type = value->getType();
  llvm::Type *bits = builder_.getIntNTy(type->getScalarSizeInBits());
  if (auto *shape = llvm::dyn_cast<llvm::VectorType>(type))
    bits = llvm::VectorType::get(bits, shape);
  const auto number = [&](const llvm::APFloat &of) {
    return llvm::ConstantInt::get(bits, of.bitcastToAPInt());
  };
  const llvm::fltSemantics &format = type->getScalarType()->getFltSemantics();
  llvm::Value *raw = builder_.CreateBitCast(value, bits);
  llvm::Value *magnitude = builder_.CreateAnd(
      raw, llvm::ConstantInt::get(bits, llvm::APInt::getSignedMaxValue(
                                            type->getScalarSizeInBits())));
  llvm::Value *isNan =
      builder_.CreateICmpUGT(magnitude, number(llvm::APFloat::getInf(format)));
  return builder_.CreateBitCast(
      builder_.CreateSelect(isNan, number(llvm::APFloat::getQNaN(format)), raw),
      type);
}

void FunctionEmitter::floatBinary(Operation::BinaryOps operation) {
  llvm::Value *right = pop(), *left = pop();
  if (isIdentity(operation, right))
    left = quiet(left);
  if (isIdentity(operation, left))
    right = quiet(right);
  push(settleNan(builder_.CreateBinOp(operation, left, right)));
}

/// With a NaN operand the sum is a quiet NaN; without one, LLVM's minimum and
/// maximum order zeros as Wasm does and need no care for NaNs.
void FunctionEmitter::floatMinMax(bool isMin) {
  llvm::Value *right = pop(), *left = pop();
  llvm::FastMathFlags noNans;
  noNans.setNoNaNs();
  llvm::Value *ordered = builder_.CreateBinaryIntrinsic(
      isMin ? llvm::Intrinsic::minimum : llvm::Intrinsic::maximum, left, right,
      noNans);
  llvm::Value *isNan = builder_.CreateFCmpUNO(left, right);
  push(left);
  push(right);
  floatBinary(Operation::FAdd);
  llvm::Value *sum = pop();
  push(builder_.CreateSelect(isNan, sum, ordered));
}

void FunctionEmitter::roundFloat(llvm::Intrinsic::ID rounding) {
  unaryIntrinsic(rounding);
  if (!module_.plan().options().target->quietsWhenRounding)
    push(quiet(pop()));
  push(settleNan(pop()));
}

void FunctionEmitter::emitF32Const(const Instruction &i) {
  push(llvm::ConstantFP::get(
      types_.context,
      llvm::APFloat(llvm::APFloat::IEEEsingle(), llvm::APInt(32, i.f32Bits))));
}

void FunctionEmitter::emitF64Const(const Instruction &i) {
  push(llvm::ConstantFP::get(
      types_.context,
      llvm::APFloat(llvm::APFloat::IEEEdouble(), llvm::APInt(64, i.f64Bits))));
}

void FunctionEmitter::emitF32Eq(const Instruction &) {
  compare(CmpInst::FCMP_OEQ);
}
void FunctionEmitter::emitF32Ne(const Instruction &) {
  compare(CmpInst::FCMP_UNE);
}
void FunctionEmitter::emitF32Lt(const Instruction &) {
  compare(CmpInst::FCMP_OLT);
}
void FunctionEmitter::emitF32Gt(const Instruction &) {
  compare(CmpInst::FCMP_OGT);
}
void FunctionEmitter::emitF32Le(const Instruction &) {
  compare(CmpInst::FCMP_OLE);
}
void FunctionEmitter::emitF32Ge(const Instruction &) {
  compare(CmpInst::FCMP_OGE);
}
void FunctionEmitter::emitF32Abs(const Instruction &) {
  unaryIntrinsic(llvm::Intrinsic::fabs);
}
void FunctionEmitter::emitF32Neg(const Instruction &) {
  push(builder_.CreateFNeg(pop()));
}
void FunctionEmitter::emitF32Ceil(const Instruction &) {
  roundFloat(llvm::Intrinsic::ceil);
}
void FunctionEmitter::emitF32Floor(const Instruction &) {
  roundFloat(llvm::Intrinsic::floor);
}
void FunctionEmitter::emitF32Trunc(const Instruction &) {
  roundFloat(llvm::Intrinsic::trunc);
}
void FunctionEmitter::emitF32Nearest(const Instruction &) {
  roundFloat(llvm::Intrinsic::roundeven);
}
void FunctionEmitter::emitF32Sqrt(const Instruction &) {
  unaryIntrinsic(llvm::Intrinsic::sqrt);
  push(settleNan(pop()));
}
void FunctionEmitter::emitF32Add(const Instruction &) {
  floatBinary(Operation::FAdd);
}
void FunctionEmitter::emitF32Sub(const Instruction &) {
  floatBinary(Operation::FSub);
}
void FunctionEmitter::emitF32Mul(const Instruction &) {
  floatBinary(Operation::FMul);
}
void FunctionEmitter::emitF32Div(const Instruction &) {
  floatBinary(Operation::FDiv);
}
void FunctionEmitter::emitF32Min(const Instruction &) { floatMinMax(true); }
void FunctionEmitter::emitF32Max(const Instruction &) { floatMinMax(false); }
void FunctionEmitter::emitF32Copysign(const Instruction &) {
  llvm::Value *sign = pop(), *magnitude = pop();
  push(builder_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, magnitude,
                                      sign));
}

void FunctionEmitter::emitF64Eq(const Instruction &) {
  compare(CmpInst::FCMP_OEQ);
}
void FunctionEmitter::emitF64Ne(const Instruction &) {
  compare(CmpInst::FCMP_UNE);
}
void FunctionEmitter::emitF64Lt(const Instruction &) {
  compare(CmpInst::FCMP_OLT);
}
void FunctionEmitter::emitF64Gt(const Instruction &) {
  compare(CmpInst::FCMP_OGT);
}
void FunctionEmitter::emitF64Le(const Instruction &) {
  compare(CmpInst::FCMP_OLE);
}
void FunctionEmitter::emitF64Ge(const Instruction &) {
  compare(CmpInst::FCMP_OGE);
}
void FunctionEmitter::emitF64Abs(const Instruction &) {
  unaryIntrinsic(llvm::Intrinsic::fabs);
}
void FunctionEmitter::emitF64Neg(const Instruction &) {
  push(builder_.CreateFNeg(pop()));
}
void FunctionEmitter::emitF64Ceil(const Instruction &) {
  roundFloat(llvm::Intrinsic::ceil);
}
void FunctionEmitter::emitF64Floor(const Instruction &) {
  roundFloat(llvm::Intrinsic::floor);
}
void FunctionEmitter::emitF64Trunc(const Instruction &) {
  roundFloat(llvm::Intrinsic::trunc);
}
void FunctionEmitter::emitF64Nearest(const Instruction &) {
  roundFloat(llvm::Intrinsic::roundeven);
}
void FunctionEmitter::emitF64Sqrt(const Instruction &) {
  unaryIntrinsic(llvm::Intrinsic::sqrt);
  push(settleNan(pop()));
}
void FunctionEmitter::emitF64Add(const Instruction &) {
  floatBinary(Operation::FAdd);
}
void FunctionEmitter::emitF64Sub(const Instruction &) {
  floatBinary(Operation::FSub);
}
void FunctionEmitter::emitF64Mul(const Instruction &) {
  floatBinary(Operation::FMul);
}
void FunctionEmitter::emitF64Div(const Instruction &) {
  floatBinary(Operation::FDiv);
}
void FunctionEmitter::emitF64Min(const Instruction &) { floatMinMax(true); }
void FunctionEmitter::emitF64Max(const Instruction &) { floatMinMax(false); }
void FunctionEmitter::emitF64Copysign(const Instruction &) {
  llvm::Value *sign = pop(), *magnitude = pop();
  push(builder_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, magnitude,
                                      sign));
}

} // namespace wrought::translate

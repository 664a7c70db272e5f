#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;

/// In range means below < x < above, which NaN fails too; the test for NaN is
/// on the cold side. LLVM's conversion yields poison only out of range.
void FunctionEmitter::truncate(llvm::Type *result, bool isSigned,
                               TruncationBounds bounds) {
  llvm::Value *value = pop();
  llvm::Type *type = value->getType();
  llvm::Value *inRange = builder_.CreateAnd(
      builder_.CreateFCmpOGT(value, llvm::ConstantFP::get(type, bounds.below)),
      builder_.CreateFCmpOLT(value, llvm::ConstantFP::get(type, bounds.above)));
  llvm::BasicBlock *bad = createBlock("bad"), *good = createBlock();
  builder_.CreateCondBr(builder_.CreateNot(inRange), bad, good,
                        module_.unlikely);
  builder_.SetInsertPoint(bad);
  trapIf(builder_.CreateFCmpUNO(value, value),
         abi::Trap::InvalidConversionToInteger);
  trap(abi::Trap::IntegerOverflow);
  builder_.SetInsertPoint(good);
  push(isSigned ? builder_.CreateFPToSI(value, result)
                : builder_.CreateFPToUI(value, result));
}

void FunctionEmitter::truncateSaturating(llvm::Type *result, bool isSigned) {
  llvm::Value *value = pop();
  push(builder_.CreateIntrinsic(isSigned ? llvm::Intrinsic::fptosi_sat
                                         : llvm::Intrinsic::fptoui_sat,
                                {result, value->getType()}, {value}));
}

void FunctionEmitter::demote(llvm::Type *result) {
  llvm::Value *value = pop();
  // LLVM folds a demoted promotion to its operand, which may signal.
  if (auto *promoted = llvm::dyn_cast<llvm::FPExtInst>(value))
    return push(settleNan(quiet(promoted->getOperand(0))));
  push(settleNan(builder_.CreateFPTrunc(value, result)));
}

void FunctionEmitter::promote(llvm::Type *result) {
  push(settleNan(builder_.CreateFPExt(pop(), result)));
}

void FunctionEmitter::emitF32DemoteF64(const Instruction &) {
  demote(types_.f32);
}
void FunctionEmitter::emitF64PromoteF32(const Instruction &) {
  promote(types_.f64);
}

void FunctionEmitter::emitI32WrapI64(const Instruction &) {
  push(builder_.CreateTrunc(pop(), types_.i32));
}
void FunctionEmitter::emitI64ExtendI32S(const Instruction &) {
  push(builder_.CreateSExt(pop(), types_.i64));
}
void FunctionEmitter::emitI64ExtendI32U(const Instruction &) {
  push(builder_.CreateZExt(pop(), types_.i64));
}
void FunctionEmitter::emitI32TruncF32S(const Instruction &) {
  truncate(types_.i32, true, {-0x1.000002p31, 0x1p31});
}
void FunctionEmitter::emitI32TruncF32U(const Instruction &) {
  truncate(types_.i32, false, {-1.0, 0x1p32});
}
void FunctionEmitter::emitI32TruncF64S(const Instruction &) {
  truncate(types_.i32, true, {-0x1.00000002p31, 0x1p31});
}
void FunctionEmitter::emitI32TruncF64U(const Instruction &) {
  truncate(types_.i32, false, {-1.0, 0x1p32});
}
void FunctionEmitter::emitI64TruncF32S(const Instruction &) {
  truncate(types_.i64, true, {-0x1.000002p63, 0x1p63});
}
void FunctionEmitter::emitI64TruncF32U(const Instruction &) {
  truncate(types_.i64, false, {-1.0, 0x1p64});
}
void FunctionEmitter::emitI64TruncF64S(const Instruction &) {
  truncate(types_.i64, true, {-0x1.0000000000001p63, 0x1p63});
}
void FunctionEmitter::emitI64TruncF64U(const Instruction &) {
  truncate(types_.i64, false, {-1.0, 0x1p64});
}
void FunctionEmitter::emitI32TruncSatF32S(const Instruction &) {
  truncateSaturating(types_.i32, true);
}
void FunctionEmitter::emitI32TruncSatF32U(const Instruction &) {
  truncateSaturating(types_.i32, false);
}
void FunctionEmitter::emitI32TruncSatF64S(const Instruction &) {
  truncateSaturating(types_.i32, true);
}
void FunctionEmitter::emitI32TruncSatF64U(const Instruction &) {
  truncateSaturating(types_.i32, false);
}
void FunctionEmitter::emitI64TruncSatF32S(const Instruction &) {
  truncateSaturating(types_.i64, true);
}
void FunctionEmitter::emitI64TruncSatF32U(const Instruction &) {
  truncateSaturating(types_.i64, false);
}
void FunctionEmitter::emitI64TruncSatF64S(const Instruction &) {
  truncateSaturating(types_.i64, true);
}
void FunctionEmitter::emitI64TruncSatF64U(const Instruction &) {
  truncateSaturating(types_.i64, false);
}
void FunctionEmitter::emitF32ConvertI32S(const Instruction &) {
  push(builder_.CreateSIToFP(pop(), types_.f32));
}
void FunctionEmitter::emitF32ConvertI32U(const Instruction &) {
  push(builder_.CreateUIToFP(pop(), types_.f32));
}
void FunctionEmitter::emitF32ConvertI64S(const Instruction &) {
  push(builder_.CreateSIToFP(pop(), types_.f32));
}
void FunctionEmitter::emitF32ConvertI64U(const Instruction &) {
  push(builder_.CreateUIToFP(pop(), types_.f32));
}
void FunctionEmitter::emitF64ConvertI32S(const Instruction &) {
  push(builder_.CreateSIToFP(pop(), types_.f64));
}
void FunctionEmitter::emitF64ConvertI32U(const Instruction &) {
  push(builder_.CreateUIToFP(pop(), types_.f64));
}
void FunctionEmitter::emitF64ConvertI64S(const Instruction &) {
  push(builder_.CreateSIToFP(pop(), types_.f64));
}
void FunctionEmitter::emitF64ConvertI64U(const Instruction &) {
  push(builder_.CreateUIToFP(pop(), types_.f64));
}
void FunctionEmitter::emitI32ReinterpretF32(const Instruction &) {
  push(builder_.CreateBitCast(pop(), types_.i32));
}
void FunctionEmitter::emitI64ReinterpretF64(const Instruction &) {
  push(builder_.CreateBitCast(pop(), types_.i64));
}
void FunctionEmitter::emitF32ReinterpretI32(const Instruction &) {
  push(builder_.CreateBitCast(pop(), types_.f32));
}
void FunctionEmitter::emitF64ReinterpretI64(const Instruction &) {
  push(builder_.CreateBitCast(pop(), types_.f64));
}

} // namespace wrought::translate

//===- emit_wide_arithmetic.cpp - 128-bit values as two halves ------------===//
//
// As i128 of LLVM, which every target splits into what it has: add with carry,
// the two halves of a product.
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"

namespace wrought::translate {

using Operation = llvm::Instruction;
using wasm::Instruction;

llvm::Value *FunctionEmitter::joinHalves(llvm::Value *low, llvm::Value *high) {
  llvm::Type *wide = builder_.getInt128Ty();
  return builder_.CreateOr(
      builder_.CreateZExt(low, wide),
      builder_.CreateShl(builder_.CreateZExt(high, wide), 64));
}

void FunctionEmitter::pushHalves(llvm::Value *wide) {
  push(builder_.CreateTrunc(wide, types_.i64));
  push(builder_.CreateTrunc(builder_.CreateLShr(wide, 64), types_.i64));
}

void FunctionEmitter::wideBinary(Operation::BinaryOps operation) {
  llvm::Value *rightHigh = pop(), *rightLow = pop();
  llvm::Value *leftHigh = pop(), *leftLow = pop();
  pushHalves(builder_.CreateBinOp(operation, joinHalves(leftLow, leftHigh),
                                  joinHalves(rightLow, rightHigh)));
}

void FunctionEmitter::wideMultiply(Operation::CastOps extension) {
  llvm::Type *wide = builder_.getInt128Ty();
  llvm::Value *right = builder_.CreateCast(extension, pop(), wide);
  llvm::Value *left = builder_.CreateCast(extension, pop(), wide);
  pushHalves(builder_.CreateMul(left, right));
}

void FunctionEmitter::emitI64Add128(const Instruction &) {
  wideBinary(Operation::Add);
}

void FunctionEmitter::emitI64Sub128(const Instruction &) {
  wideBinary(Operation::Sub);
}

void FunctionEmitter::emitI64MulWideS(const Instruction &) {
  wideMultiply(Operation::SExt);
}

void FunctionEmitter::emitI64MulWideU(const Instruction &) {
  wideMultiply(Operation::ZExt);
}

} // namespace wrought::translate

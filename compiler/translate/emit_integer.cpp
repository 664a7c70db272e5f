#include "translate/function_emitter.h"

namespace wrought::translate {

using llvm::CmpInst;
using llvm::Intrinsic::ID;
using Operation = llvm::Instruction;
using wasm::Instruction;

void FunctionEmitter::binary(Operation::BinaryOps operation) {
  llvm::Value *right = pop(), *left = pop();
  push(builder_.CreateBinOp(operation, left, right));
}

/// Counts are taken modulo the width, where LLVM would yield poison.
void FunctionEmitter::shift(Operation::BinaryOps operation) {
  llvm::Value *count = pop(), *value = pop();
  const unsigned bits = value->getType()->getIntegerBitWidth();
  llvm::Value *masked = builder_.CreateAnd(count, bits - 1);
  push(builder_.CreateBinOp(operation, value, masked));
}

/// Funnel shifts already take the count modulo the width.
void FunctionEmitter::rotate(ID funnelShift) {
  llvm::Value *count = pop(), *value = pop();
  push(builder_.CreateIntrinsic(funnelShift, {value->getType()},
                                {value, value, count}));
}

void FunctionEmitter::compare(CmpInst::Predicate predicate) {
  llvm::Value *right = pop(), *left = pop();
  pushBoolean(builder_.CreateCmp(predicate, left, right));
}

void FunctionEmitter::unaryIntrinsic(ID intrinsic) {
  push(builder_.CreateUnaryIntrinsic(intrinsic, pop()));
}

void FunctionEmitter::countZeros(ID intrinsic) {
  llvm::Value *value = pop();
  const auto zeroIsPoison = builder_.getFalse();
  push(builder_.CreateIntrinsic(intrinsic, {value->getType()},
                                {value, zeroIsPoison}));
}

void FunctionEmitter::divide(Operation::BinaryOps operation) {
  llvm::Value *right = pop(), *left = pop();
  auto *type = llvm::cast<llvm::IntegerType>(right->getType());
  trapIf(builder_.CreateICmpEQ(right, llvm::ConstantInt::get(type, 0)),
         abi::Trap::IntegerDivideByZero);
  if (operation == Operation::SDiv) {
    llvm::Value *isMinimum = builder_.CreateICmpEQ(
        left, llvm::ConstantInt::get(
                  type, llvm::APInt::getSignedMinValue(type->getBitWidth())));
    llvm::Value *isMinusOne =
        builder_.CreateICmpEQ(right, llvm::ConstantInt::getAllOnesValue(type));
    trapIf(builder_.CreateAnd(isMinimum, isMinusOne),
           abi::Trap::IntegerOverflow);
  }
  push(builder_.CreateBinOp(operation, left, right));
}

void FunctionEmitter::remainder(Operation::BinaryOps operation) {
  llvm::Value *right = pop(), *left = pop();
  auto *type = llvm::cast<llvm::IntegerType>(right->getType());
  trapIf(builder_.CreateICmpEQ(right, llvm::ConstantInt::get(type, 0)),
         abi::Trap::IntegerDivideByZero);
  if (operation == Operation::URem)
    return push(builder_.CreateBinOp(operation, left, right));
  // x rem -1 is 0, also for the smallest x, where the division overflows.
  llvm::Value *isMinusOne =
      builder_.CreateICmpEQ(right, llvm::ConstantInt::getAllOnesValue(type));
  llvm::Value *divisor =
      builder_.CreateSelect(isMinusOne, llvm::ConstantInt::get(type, 1), right);
  push(builder_.CreateBinOp(operation, left, divisor));
}

void FunctionEmitter::signExtend(llvm::Type *narrow) {
  llvm::Value *value = pop();
  push(builder_.CreateSExt(builder_.CreateTrunc(value, narrow),
                           value->getType()));
}

void FunctionEmitter::emitI32Const(const Instruction &i) {
  push(builder_.getInt32(static_cast<uint32_t>(i.i32)));
}
void FunctionEmitter::emitI32Eqz(const Instruction &) {
  pushBoolean(builder_.CreateICmpEQ(pop(), builder_.getInt32(0)));
}
void FunctionEmitter::emitI32Eq(const Instruction &) {
  compare(CmpInst::ICMP_EQ);
}
void FunctionEmitter::emitI32Ne(const Instruction &) {
  compare(CmpInst::ICMP_NE);
}
void FunctionEmitter::emitI32LtS(const Instruction &) {
  compare(CmpInst::ICMP_SLT);
}
void FunctionEmitter::emitI32LtU(const Instruction &) {
  compare(CmpInst::ICMP_ULT);
}
void FunctionEmitter::emitI32GtS(const Instruction &) {
  compare(CmpInst::ICMP_SGT);
}
void FunctionEmitter::emitI32GtU(const Instruction &) {
  compare(CmpInst::ICMP_UGT);
}
void FunctionEmitter::emitI32LeS(const Instruction &) {
  compare(CmpInst::ICMP_SLE);
}
void FunctionEmitter::emitI32LeU(const Instruction &) {
  compare(CmpInst::ICMP_ULE);
}
void FunctionEmitter::emitI32GeS(const Instruction &) {
  compare(CmpInst::ICMP_SGE);
}
void FunctionEmitter::emitI32GeU(const Instruction &) {
  compare(CmpInst::ICMP_UGE);
}
void FunctionEmitter::emitI32Clz(const Instruction &) {
  countZeros(llvm::Intrinsic::ctlz);
}
void FunctionEmitter::emitI32Ctz(const Instruction &) {
  countZeros(llvm::Intrinsic::cttz);
}
void FunctionEmitter::emitI32Popcnt(const Instruction &) {
  unaryIntrinsic(llvm::Intrinsic::ctpop);
}
void FunctionEmitter::emitI32Add(const Instruction &) {
  binary(Operation::Add);
}
void FunctionEmitter::emitI32Sub(const Instruction &) {
  binary(Operation::Sub);
}
void FunctionEmitter::emitI32Mul(const Instruction &) {
  binary(Operation::Mul);
}
void FunctionEmitter::emitI32And(const Instruction &) {
  binary(Operation::And);
}
void FunctionEmitter::emitI32Or(const Instruction &) { binary(Operation::Or); }
void FunctionEmitter::emitI32Xor(const Instruction &) {
  binary(Operation::Xor);
}
void FunctionEmitter::emitI32DivS(const Instruction &) {
  divide(Operation::SDiv);
}
void FunctionEmitter::emitI32DivU(const Instruction &) {
  divide(Operation::UDiv);
}
void FunctionEmitter::emitI32RemS(const Instruction &) {
  remainder(Operation::SRem);
}
void FunctionEmitter::emitI32RemU(const Instruction &) {
  remainder(Operation::URem);
}
void FunctionEmitter::emitI32Shl(const Instruction &) { shift(Operation::Shl); }
void FunctionEmitter::emitI32ShrS(const Instruction &) {
  shift(Operation::AShr);
}
void FunctionEmitter::emitI32ShrU(const Instruction &) {
  shift(Operation::LShr);
}
void FunctionEmitter::emitI32Rotl(const Instruction &) {
  rotate(llvm::Intrinsic::fshl);
}
void FunctionEmitter::emitI32Rotr(const Instruction &) {
  rotate(llvm::Intrinsic::fshr);
}
void FunctionEmitter::emitI32Extend8S(const Instruction &) {
  signExtend(types_.i8);
}
void FunctionEmitter::emitI32Extend16S(const Instruction &) {
  signExtend(types_.i16);
}

void FunctionEmitter::emitI64Const(const Instruction &i) {
  push(builder_.getInt64(static_cast<uint64_t>(i.i64)));
}
void FunctionEmitter::emitI64Eqz(const Instruction &) {
  pushBoolean(builder_.CreateICmpEQ(pop(), builder_.getInt64(0)));
}
void FunctionEmitter::emitI64Eq(const Instruction &) {
  compare(CmpInst::ICMP_EQ);
}
void FunctionEmitter::emitI64Ne(const Instruction &) {
  compare(CmpInst::ICMP_NE);
}
void FunctionEmitter::emitI64LtS(const Instruction &) {
  compare(CmpInst::ICMP_SLT);
}
void FunctionEmitter::emitI64LtU(const Instruction &) {
  compare(CmpInst::ICMP_ULT);
}
void FunctionEmitter::emitI64GtS(const Instruction &) {
  compare(CmpInst::ICMP_SGT);
}
void FunctionEmitter::emitI64GtU(const Instruction &) {
  compare(CmpInst::ICMP_UGT);
}
void FunctionEmitter::emitI64LeS(const Instruction &) {
  compare(CmpInst::ICMP_SLE);
}
void FunctionEmitter::emitI64LeU(const Instruction &) {
  compare(CmpInst::ICMP_ULE);
}
void FunctionEmitter::emitI64GeS(const Instruction &) {
  compare(CmpInst::ICMP_SGE);
}
void FunctionEmitter::emitI64GeU(const Instruction &) {
  compare(CmpInst::ICMP_UGE);
}
void FunctionEmitter::emitI64Clz(const Instruction &) {
  countZeros(llvm::Intrinsic::ctlz);
}
void FunctionEmitter::emitI64Ctz(const Instruction &) {
  countZeros(llvm::Intrinsic::cttz);
}
void FunctionEmitter::emitI64Popcnt(const Instruction &) {
  unaryIntrinsic(llvm::Intrinsic::ctpop);
}
void FunctionEmitter::emitI64Add(const Instruction &) {
  binary(Operation::Add);
}
void FunctionEmitter::emitI64Sub(const Instruction &) {
  binary(Operation::Sub);
}
void FunctionEmitter::emitI64Mul(const Instruction &) {
  binary(Operation::Mul);
}
void FunctionEmitter::emitI64And(const Instruction &) {
  binary(Operation::And);
}
void FunctionEmitter::emitI64Or(const Instruction &) { binary(Operation::Or); }
void FunctionEmitter::emitI64Xor(const Instruction &) {
  binary(Operation::Xor);
}
void FunctionEmitter::emitI64DivS(const Instruction &) {
  divide(Operation::SDiv);
}
void FunctionEmitter::emitI64DivU(const Instruction &) {
  divide(Operation::UDiv);
}
void FunctionEmitter::emitI64RemS(const Instruction &) {
  remainder(Operation::SRem);
}
void FunctionEmitter::emitI64RemU(const Instruction &) {
  remainder(Operation::URem);
}
void FunctionEmitter::emitI64Shl(const Instruction &) { shift(Operation::Shl); }
void FunctionEmitter::emitI64ShrS(const Instruction &) {
  shift(Operation::AShr);
}
void FunctionEmitter::emitI64ShrU(const Instruction &) {
  shift(Operation::LShr);
}
void FunctionEmitter::emitI64Rotl(const Instruction &) {
  rotate(llvm::Intrinsic::fshl);
}
void FunctionEmitter::emitI64Rotr(const Instruction &) {
  rotate(llvm::Intrinsic::fshr);
}
void FunctionEmitter::emitI64Extend8S(const Instruction &) {
  signExtend(types_.i8);
}
void FunctionEmitter::emitI64Extend16S(const Instruction &) {
  signExtend(types_.i16);
}
void FunctionEmitter::emitI64Extend32S(const Instruction &) {
  signExtend(types_.i32);
}

} // namespace wrought::translate

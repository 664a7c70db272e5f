//===- simd_lowering.cpp - SIMD operations to portable LLVM IR ------------===//

#include "codegen/simd_lowering.h"
#include "codegen/passes.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace wrought::codegen {

using llvm::Value;
using llvm::Intrinsic::ID;

Value *SimdCall::half(Value *vector, bool isHigh) const {
  const auto count = static_cast<int>(
      llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements() /
      2);
  llvm::SmallVector<int, 16> lanes;
  for (int i = 0; i < count; ++i)
    lanes.push_back(isHigh ? count + i : i);
  return builder.CreateShuffleVector(vector, lanes);
}

Value *SimdCall::concatenate(Value *low, Value *high) const {
  const auto count = static_cast<int>(
      llvm::cast<llvm::FixedVectorType>(low->getType())->getNumElements());
  llvm::SmallVector<int, 16> lanes;
  for (int i = 0; i < 2 * count; ++i)
    lanes.push_back(i);
  return builder.CreateShuffleVector(low, high, lanes);
}

namespace {

llvm::VectorType *widened(const Value *vector) {
  return llvm::VectorType::getExtendedElementVectorType(
      llvm::cast<llvm::VectorType>(vector->getType()));
}

/// Reads bytes from memory: the table, then zeros for indices of 16 and more.
Value *swizzle(const SimdCall &call) {
  llvm::IRBuilder<> &builder = call.builder;
  Value *table = call.operands[0];
  llvm::Function *function = builder.GetInsertBlock()->getParent();
  llvm::IRBuilder<> entry(&*function->getEntryBlock().begin());
  llvm::AllocaInst *slot =
      entry.CreateAlloca(llvm::ArrayType::get(table->getType(), 2));
  builder.CreateStore(table, slot);
  builder.CreateStore(
      llvm::Constant::getNullValue(table->getType()),
      builder.CreateConstInBoundsGEP1_32(table->getType(), slot, 1));
  Value *indices = call.intrinsic(llvm::Intrinsic::umin,
                                  {call.operands[1], call.integer(table, 16)},
                                  {table->getType()});
  Value *result = llvm::Constant::getNullValue(table->getType());
  for (uint64_t lane = 0; lane < 16; ++lane) {
    Value *index = builder.CreateZExt(
        builder.CreateExtractElement(indices, lane), builder.getInt64Ty());
    Value *address = builder.CreateGEP(builder.getInt8Ty(), slot, index);
    result = builder.CreateInsertElement(
        result, builder.CreateLoad(builder.getInt8Ty(), address), lane);
  }
  return result;
}

/// Lanes of both operands at half the width, from a signed value.
Value *narrow(const SimdCall &call, bool isSigned) {
  Value *wide = call.concatenate(call.operands[0], call.operands[1]);
  const unsigned bits = call.result->getScalarSizeInBits();
  const llvm::APInt low =
      isSigned ? llvm::APInt::getSignedMinValue(bits).sext(2 * bits)
               : llvm::APInt::getZero(2 * bits);
  const llvm::APInt high =
      isSigned ? llvm::APInt::getSignedMaxValue(bits).sext(2 * bits)
               : llvm::APInt::getMaxValue(bits).zext(2 * bits);
  llvm::Type *type = wide->getType();
  wide = call.intrinsic(llvm::Intrinsic::smax,
                        {wide, llvm::ConstantInt::get(type, low)}, {type});
  wide = call.intrinsic(llvm::Intrinsic::smin,
                        {wide, llvm::ConstantInt::get(type, high)}, {type});
  return call.builder.CreateTrunc(wide, call.result);
}

Value *roundedProduct(const SimdCall &call) {
  llvm::IRBuilder<> &builder = call.builder;
  llvm::Type *wide = widened(call.operands[0]);
  Value *product =
      builder.CreateMul(builder.CreateSExt(call.operands[0], wide),
                        builder.CreateSExt(call.operands[1], wide));
  Value *rounded = builder.CreateAShr(
      builder.CreateAdd(product, call.integer(product, 1 << 14)), 15);
  Value *clamped = call.intrinsic(
      llvm::Intrinsic::smin, {rounded, call.integer(rounded, 0x7fff)}, {wide});
  return builder.CreateTrunc(clamped, call.result);
}

Value *pairwiseSum(const SimdCall &call, bool isSigned) {
  llvm::IRBuilder<> &builder = call.builder;
  Value *operand = call.operands[0];
  const unsigned count =
      llvm::cast<llvm::FixedVectorType>(call.result)->getNumElements();
  Value *parts[2];
  for (unsigned odd = 0; odd < 2; ++odd) {
    llvm::SmallVector<int, 8> lanes;
    for (unsigned i = 0; i < count; ++i)
      lanes.push_back(static_cast<int>(2 * i + odd));
    Value *lane = builder.CreateShuffleVector(operand, lanes);
    parts[odd] = isSigned ? builder.CreateSExt(lane, call.result)
                          : builder.CreateZExt(lane, call.result);
  }
  return builder.CreateAdd(parts[0], parts[1]);
}

Value *anyTrue(const SimdCall &call) {
  Value *bits =
      call.builder.CreateBitCast(call.operands[0], call.builder.getInt128Ty());
  return call.builder.CreateZExt(
      call.builder.CreateICmpNE(bits, call.integer(bits, 0)), call.result);
}

Value *allTrue(const SimdCall &call) {
  Value *isTrue = call.builder.CreateICmpNE(call.operands[0],
                                            call.integer(call.operands[0], 0));
  return call.builder.CreateZExt(call.builder.CreateAndReduce(isTrue),
                                 call.result);
}

Value *bitmask(const SimdCall &call) {
  Value *isNegative = call.builder.CreateICmpSLT(
      call.operands[0], call.integer(call.operands[0], 0));
  const unsigned count =
      llvm::cast<llvm::FixedVectorType>(isNegative->getType())
          ->getNumElements();
  Value *bits =
      call.builder.CreateBitCast(isNegative, call.builder.getIntNTy(count));
  return call.builder.CreateZExt(bits, call.result);
}

/// LLVM's minimum and maximum order zeros as Wasm does; a NaN is replaced by
/// the canonical one, since LLVM may hand back a signalling operand.
Value *minMax(const SimdCall &call, ID intrinsic) {
  llvm::IRBuilder<> &builder = call.builder;
  llvm::FastMathFlags noNans;
  noNans.setNoNaNs();
  Value *left = call.operands[0], *right = call.operands[1];
  Value *ordered =
      builder.CreateBinaryIntrinsic(intrinsic, left, right, noNans);
  return builder.CreateSelect(builder.CreateFCmpUNO(left, right),
                              llvm::ConstantFP::getQNaN(call.result), ordered);
}

/// The right operand where the comparison holds, else the left, NaN or not.
Value *pseudoMinMax(const SimdCall &call, bool isMin) {
  Value *left = call.operands[0], *right = call.operands[1];
  Value *takesRight = isMin ? call.builder.CreateFCmpOLT(right, left)
                            : call.builder.CreateFCmpOLT(left, right);
  return call.builder.CreateSelect(takesRight, right, left);
}

Value *truncate(const SimdCall &call, ID intrinsic) {
  Value *operand = call.operands[0];
  auto *type =
      llvm::VectorType::get(call.builder.getInt32Ty(),
                            llvm::cast<llvm::VectorType>(operand->getType()));
  Value *value =
      call.intrinsic(intrinsic, {operand}, {type, operand->getType()});
  return type == call.result
             ? value
             : call.concatenate(value, llvm::Constant::getNullValue(type));
}

Value *multiplyAdd(const SimdCall &call, bool isNegated) {
  Value *left = call.operands[0];
  if (isNegated)
    left = call.builder.CreateFNeg(left);
  return call.intrinsic(llvm::Intrinsic::fma,
                        {left, call.operands[1], call.operands[2]},
                        {call.result});
}

Value *bitSelect(const SimdCall &call) {
  llvm::IRBuilder<> &builder = call.builder;
  Value *mask = call.operands[2];
  return builder.CreateOr(
      builder.CreateAnd(call.operands[0], mask),
      builder.CreateAnd(call.operands[1], builder.CreateNot(mask)));
}

/// Sums of neighbouring products; only -2^15 * -2^15 twice overflows, and
/// wraps.
Value *dotWords(const SimdCall &call) {
  llvm::IRBuilder<> &builder = call.builder;
  llvm::Type *wide = widened(call.operands[0]);
  Value *products =
      builder.CreateMul(builder.CreateSExt(call.operands[0], wide),
                        builder.CreateSExt(call.operands[1], wide));
  return builder.CreateAdd(builder.CreateShuffleVector(products, {0, 2, 4, 6}),
                           builder.CreateShuffleVector(products, {1, 3, 5, 7}));
}

/// Sums of neighbouring products. Two bytes each as 16 bits: no product
/// overflows, and a sum only for -128 * -128 twice.
Value *dot(const SimdCall &call) {
  llvm::IRBuilder<> &builder = call.builder;
  llvm::Type *wide = widened(call.operands[0]);
  Value *products =
      builder.CreateMul(builder.CreateSExt(call.operands[0], wide),
                        builder.CreateSExt(call.operands[1], wide));
  Value *even =
      builder.CreateShuffleVector(products, {0, 2, 4, 6, 8, 10, 12, 14});
  Value *odd =
      builder.CreateShuffleVector(products, {1, 3, 5, 7, 9, 11, 13, 15});
  return call.intrinsic(llvm::Intrinsic::sadd_sat, {even, odd},
                        {even->getType()});
}

Value *dotAdd(const SimdCall &call) {
  llvm::Type *i16x8 = llvm::FixedVectorType::get(call.builder.getInt16Ty(), 8);
  Value *sums = dot({SimdOperation::I16x8RelaxedDotI8x16I7x16S, i16x8,
                     call.operands, call.subtarget, call.builder});
  const SimdCall pairs = {SimdOperation::I32x4ExtaddPairwiseI16x8S, call.result,
                          sums, call.subtarget, call.builder};
  return call.builder.CreateAdd(pairwiseSum(pairs, true), call.operands[2]);
}

SimdOperation operationNamed(llvm::StringRef text) {
  return llvm::StringSwitch<SimdOperation>(text)
#define SIMD_OPERATION(Name, text) .Case(text, SimdOperation::Name)
#include "targets/simd_operations.def"
      ;
}

/// The only place that knows which targets have code of their own.
using Lowering = Value *(const SimdCall &);
Lowering *lowering(const llvm::Triple &triple) {
  switch (triple.getArch()) {
  case llvm::Triple::x86_64:
    return lowerSimdForX86_64;
  case llvm::Triple::aarch64:
    return lowerSimdForAArch64;
  case llvm::Triple::riscv64:
    return lowerSimdForRiscv64;
  default:
    return nullptr;
  }
}

} // namespace

Value *lowerSimdPortably(const SimdCall &call) {
  using Op = SimdOperation;
  namespace Intrinsic = llvm::Intrinsic;
  switch (call.operation) {
  case Op::I8x16Swizzle:
  case Op::I8x16RelaxedSwizzle:
    return swizzle(call);
  case Op::I8x16NarrowI16x8S:
  case Op::I16x8NarrowI32x4S:
    return narrow(call, true);
  case Op::I8x16NarrowI16x8U:
  case Op::I16x8NarrowI32x4U:
    return narrow(call, false);
  case Op::I16x8Q15mulrSatS:
  case Op::I16x8RelaxedQ15mulrS:
    return roundedProduct(call);
  case Op::I16x8ExtaddPairwiseI8x16S:
  case Op::I32x4ExtaddPairwiseI16x8S:
    return pairwiseSum(call, true);
  case Op::I16x8ExtaddPairwiseI8x16U:
  case Op::I32x4ExtaddPairwiseI16x8U:
    return pairwiseSum(call, false);
  case Op::I32x4DotI16x8S:
    return dotWords(call);
  case Op::V128AnyTrue:
    return anyTrue(call);
  case Op::I8x16AllTrue:
  case Op::I16x8AllTrue:
  case Op::I32x4AllTrue:
  case Op::I64x2AllTrue:
    return allTrue(call);
  case Op::I8x16Bitmask:
  case Op::I16x8Bitmask:
  case Op::I32x4Bitmask:
  case Op::I64x2Bitmask:
    return bitmask(call);
  case Op::F32x4Min:
  case Op::F64x2Min:
    return minMax(call, Intrinsic::minimum);
  case Op::F32x4Max:
  case Op::F64x2Max:
    return minMax(call, Intrinsic::maximum);
  case Op::F32x4RelaxedMin:
  case Op::F64x2RelaxedMin:
    return call.builder.CreateBinaryIntrinsic(
        Intrinsic::minimumnum, call.operands[0], call.operands[1]);
  case Op::F32x4RelaxedMax:
  case Op::F64x2RelaxedMax:
    return call.builder.CreateBinaryIntrinsic(
        Intrinsic::maximumnum, call.operands[0], call.operands[1]);
  case Op::F32x4Pmin:
  case Op::F64x2Pmin:
    return pseudoMinMax(call, true);
  case Op::F32x4Pmax:
  case Op::F64x2Pmax:
    return pseudoMinMax(call, false);
  case Op::I32x4TruncSatF32x4S:
  case Op::I32x4TruncSatF64x2SZero:
  case Op::I32x4RelaxedTruncF32x4S:
  case Op::I32x4RelaxedTruncF64x2SZero:
    return truncate(call, Intrinsic::fptosi_sat);
  case Op::I32x4TruncSatF32x4U:
  case Op::I32x4TruncSatF64x2UZero:
  case Op::I32x4RelaxedTruncF32x4U:
  case Op::I32x4RelaxedTruncF64x2UZero:
    return truncate(call, Intrinsic::fptoui_sat);
  case Op::F32x4RelaxedMadd:
  case Op::F64x2RelaxedMadd:
    return multiplyAdd(call, false);
  case Op::F32x4RelaxedNmadd:
  case Op::F64x2RelaxedNmadd:
    return multiplyAdd(call, true);
  case Op::I8x16RelaxedLaneselect:
  case Op::I16x8RelaxedLaneselect:
  case Op::I32x4RelaxedLaneselect:
  case Op::I64x2RelaxedLaneselect:
    return bitSelect(call);
  case Op::I16x8RelaxedDotI8x16I7x16S:
    return dot(call);
  case Op::I32x4RelaxedDotI8x16I7x16AddS:
    return dotAdd(call);
  }
  llvm_unreachable("all operations are named");
}

llvm::PreservedAnalyses LowerSimdPass::run(llvm::Module &module,
                                           llvm::ModuleAnalysisManager &) {
  Lowering *own = lowering(machine_.getTargetTriple());
  bool changed = false;
  for (llvm::Function &function : llvm::make_early_inc_range(module)) {
    llvm::StringRef text = function.getName();
    if (!text.consume_front("wrought.simd."))
      continue;
    const SimdOperation operation = operationNamed(text);
    for (llvm::User *user : llvm::make_early_inc_range(function.users())) {
      auto *call = llvm::cast<llvm::CallInst>(user);
      llvm::IRBuilder<> builder(call);
      const llvm::SmallVector<Value *, 3> operands(call->args());
      const SimdCall request = {operation, call->getType(), operands,
                                *machine_.getMCSubtargetInfo(), builder};
      Value *value = own ? own(request) : nullptr;
      if (!value)
        value = lowerSimdPortably(request);
      call->replaceAllUsesWith(value);
      call->eraseFromParent();
    }
    function.eraseFromParent();
    changed = true;
  }
  return changed ? llvm::PreservedAnalyses::none()
                 : llvm::PreservedAnalyses::all();
}

} // namespace wrought::codegen

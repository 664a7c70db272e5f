//===- simd_aarch64.cpp - SIMD operations on NEON -------------------------===//

#include "codegen/simd_lowering.h"

#include "llvm/IR/IntrinsicsAArch64.h"

namespace wrought::codegen {

using llvm::Value;
using llvm::Intrinsic::ID;
namespace Intrinsic = llvm::Intrinsic;

namespace {

llvm::Type *halved(llvm::Type *type) {
  return llvm::VectorType::getHalfElementsVectorType(
      llvm::cast<llvm::VectorType>(type));
}

Value *narrow(const SimdCall &call, ID intrinsic) {
  llvm::Type *type = halved(call.result);
  Value *low = call.intrinsic(intrinsic, {call.operands[0]}, {type});
  Value *high = call.intrinsic(intrinsic, {call.operands[1]}, {type});
  return call.concatenate(low, high);
}

Value *isNonZero(const SimdCall &call, Value *number) {
  return call.builder.CreateZExt(
      call.builder.CreateICmpNE(number, call.integer(number, 0)), call.result);
}

Value *anyTrue(const SimdCall &call) {
  llvm::IRBuilder<> &builder = call.builder;
  Value *words = builder.CreateBitCast(
      call.operands[0], llvm::FixedVectorType::get(builder.getInt32Ty(), 4));
  return isNonZero(call, builder.CreateIntMaxReduce(words));
}

/// A bit of its own for each lane that is negative, and their sum.
Value *bitmask(const SimdCall &call) {
  llvm::IRBuilder<> &builder = call.builder;
  Value *operand = call.operands[0];
  auto *type = llvm::cast<llvm::FixedVectorType>(operand->getType());
  llvm::SmallVector<llvm::Constant *, 8> bits;
  for (unsigned lane = 0; lane < type->getNumElements(); ++lane)
    bits.push_back(
        llvm::ConstantInt::get(type->getElementType(), uint64_t{1} << lane));
  Value *isNegative =
      builder.CreateAShr(operand, type->getScalarSizeInBits() - 1);
  Value *sum = builder.CreateAddReduce(
      builder.CreateAnd(isNegative, llvm::ConstantVector::get(bits)));
  return builder.CreateZExt(sum, call.result);
}

Value *truncate(const SimdCall &call, ID convert, ID narrow) {
  llvm::IRBuilder<> &builder = call.builder;
  Value *operand = call.operands[0];
  Value *wide =
      call.intrinsic(convert, {operand},
                     {llvm::FixedVectorType::get(builder.getInt64Ty(), 2),
                      operand->getType()});
  llvm::Type *i32x2 = halved(call.result);
  return call.concatenate(call.intrinsic(narrow, {wide}, {i32x2}),
                          llvm::Constant::getNullValue(i32x2));
}

/// Products of lanes at twice the width, neighbours added.
Value *dot(const SimdCall &call, llvm::Type *result) {
  Value *products[2];
  for (bool isHigh : {false, true})
    products[isHigh] = call.intrinsic(Intrinsic::aarch64_neon_smull,
                                      {call.half(call.operands[0], isHigh),
                                       call.half(call.operands[1], isHigh)},
                                      {result});
  return call.intrinsic(Intrinsic::aarch64_neon_addp,
                        {products[0], products[1]}, {result});
}

Value *dotAdd(const SimdCall &call) {
  if (call.has("+dotprod"))
    return call.intrinsic(
        Intrinsic::aarch64_neon_sdot,
        {call.operands[2], call.operands[0], call.operands[1]},
        {call.result, call.operands[0]->getType()});
  Value *words =
      dot(call, llvm::FixedVectorType::get(call.builder.getInt16Ty(), 8));
  Value *sums = call.intrinsic(Intrinsic::aarch64_neon_saddlp, {words},
                               {call.result, words->getType()});
  return call.builder.CreateAdd(sums, call.operands[2]);
}

} // namespace

Value *lowerSimdForAArch64(const SimdCall &call) {
  using Op = SimdOperation;
  switch (call.operation) {
  case Op::I8x16Swizzle:
  case Op::I8x16RelaxedSwizzle:
    return call.intrinsic(Intrinsic::aarch64_neon_tbl1, call.operands,
                          {call.result});
  case Op::I8x16NarrowI16x8S:
  case Op::I16x8NarrowI32x4S:
    return narrow(call, Intrinsic::aarch64_neon_sqxtn);
  case Op::I8x16NarrowI16x8U:
  case Op::I16x8NarrowI32x4U:
    return narrow(call, Intrinsic::aarch64_neon_sqxtun);
  case Op::I16x8Q15mulrSatS:
  case Op::I16x8RelaxedQ15mulrS:
    return call.intrinsic(Intrinsic::aarch64_neon_sqrdmulh, call.operands,
                          {call.result});
  case Op::I16x8ExtaddPairwiseI8x16S:
  case Op::I32x4ExtaddPairwiseI16x8S:
    return call.intrinsic(Intrinsic::aarch64_neon_saddlp, call.operands,
                          {call.result, call.operands[0]->getType()});
  case Op::I16x8ExtaddPairwiseI8x16U:
  case Op::I32x4ExtaddPairwiseI16x8U:
    return call.intrinsic(Intrinsic::aarch64_neon_uaddlp, call.operands,
                          {call.result, call.operands[0]->getType()});
  case Op::V128AnyTrue:
    return anyTrue(call);
  case Op::I8x16AllTrue:
  case Op::I16x8AllTrue:
  case Op::I32x4AllTrue:
    return isNonZero(call, call.builder.CreateIntMinReduce(call.operands[0]));
  case Op::I16x8Bitmask:
  case Op::I32x4Bitmask:
    return bitmask(call);
  case Op::F32x4Min:
  case Op::F64x2Min:
  case Op::F32x4RelaxedMin:
  case Op::F64x2RelaxedMin:
    return call.intrinsic(Intrinsic::aarch64_neon_fmin, call.operands,
                          {call.result});
  case Op::F32x4Max:
  case Op::F64x2Max:
  case Op::F32x4RelaxedMax:
  case Op::F64x2RelaxedMax:
    return call.intrinsic(Intrinsic::aarch64_neon_fmax, call.operands,
                          {call.result});
  case Op::I32x4TruncSatF64x2SZero:
  case Op::I32x4RelaxedTruncF64x2SZero:
    return truncate(call, Intrinsic::fptosi_sat, Intrinsic::aarch64_neon_sqxtn);
  case Op::I32x4TruncSatF64x2UZero:
  case Op::I32x4RelaxedTruncF64x2UZero:
    return truncate(call, Intrinsic::fptoui_sat, Intrinsic::aarch64_neon_uqxtn);
  case Op::I32x4DotI16x8S:
  case Op::I16x8RelaxedDotI8x16I7x16S:
    return dot(call, call.result);
  case Op::I32x4RelaxedDotI8x16I7x16AddS:
    return dotAdd(call);
  default:
    return nullptr;
  }
}

} // namespace wrought::codegen

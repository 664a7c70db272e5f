//===- simd_x86_64.cpp - SIMD operations on SSE, AVX and AVX-512 ----------===//
//
// Conversions to integers yield 0x80000000 where the value does not fit, and
// those to unsigned ones (AVX-512) 0xffffffff. minps(a, b) is a < b ? a : b,
// whatever the operands.
//
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, vol. 2.
//
//===----------------------------------------------------------------------===//

#include "codegen/simd_lowering.h"

#include "llvm/IR/IntrinsicsX86.h"

namespace wrought::codegen {

using llvm::Value;
using llvm::Intrinsic::ID;
namespace Intrinsic = llvm::Intrinsic;

namespace {

constexpr llvm::StringLiteral Avx512 = "+avx512f,+avx512vl";

bool isDouble(const Value *vector) {
  return vector->getType()->getScalarType()->isDoubleTy();
}

/// The second operand where one is NaN or both are zeros.
Value *nativeMin(const SimdCall &call, Value *left, Value *right) {
  return call.intrinsic(isDouble(left) ? Intrinsic::x86_sse2_min_pd
                                       : Intrinsic::x86_sse_min_ps,
                        {left, right});
}
Value *nativeMax(const SimdCall &call, Value *left, Value *right) {
  return call.intrinsic(isDouble(left) ? Intrinsic::x86_sse2_max_pd
                                       : Intrinsic::x86_sse_max_ps,
                        {left, right});
}

/// In both orders, so that zeros of two signs meet: or yields -0, and +0.
Value *minMax(const SimdCall &call, bool isMin) {
  llvm::IRBuilder<> &builder = call.builder;
  Value *left = call.operands[0], *right = call.operands[1];
  llvm::Type *bits =
      llvm::VectorType::getInteger(llvm::cast<llvm::VectorType>(call.result));
  Value *one = builder.CreateBitCast(isMin ? nativeMin(call, left, right)
                                           : nativeMax(call, left, right),
                                     bits);
  Value *other = builder.CreateBitCast(isMin ? nativeMin(call, right, left)
                                             : nativeMax(call, right, left),
                                       bits);
  Value *ordered = builder.CreateBitCast(isMin ? builder.CreateOr(one, other)
                                               : builder.CreateAnd(one, other),
                                         call.result);
  return builder.CreateSelect(builder.CreateFCmpUNO(left, right),
                              llvm::ConstantFP::getQNaN(call.result), ordered);
}

/// Whether no bit is set in what marks the zeros.
Value *allTrue(const SimdCall &call) {
  if (!call.has("+sse4.1"))
    return nullptr;
  llvm::IRBuilder<> &builder = call.builder;
  Value *operand = call.operands[0];
  Value *isZero = builder.CreateICmpEQ(operand, call.integer(operand, 0));
  Value *zeros = builder.CreateBitCast(
      builder.CreateSExt(isZero, operand->getType()),
      llvm::FixedVectorType::get(builder.getInt64Ty(), 2));
  return call.intrinsic(Intrinsic::x86_sse41_ptestz, {zeros, zeros});
}

Value *convert(const SimdCall &call, Value *value) {
  return call.intrinsic(isDouble(value) ? Intrinsic::x86_sse2_cvttpd2dq
                                        : Intrinsic::x86_sse2_cvttps2dq,
                        {value});
}

Value *convertUnsigned(const SimdCall &call, Value *value) {
  return call.intrinsic(isDouble(value)
                            ? Intrinsic::x86_avx512_mask_cvttpd2udq_128
                            : Intrinsic::x86_avx512_mask_cvttps2udq_128,
                        {value, llvm::Constant::getNullValue(call.result),
                         call.builder.getInt8(0xff)});
}

/// Lanes of `value` where the condition holds, else zero bits.
Value *keepWhere(const SimdCall &call, Value *condition, Value *value) {
  return call.builder.CreateSelect(
      condition, value, llvm::Constant::getNullValue(value->getType()));
}

/// NaN becomes 0 before; 0x80000000 becomes 0x7fffffff where the value is high.
Value *truncateF32Signed(const SimdCall &call) {
  llvm::IRBuilder<> &builder = call.builder;
  Value *value = call.operands[0];
  Value *number = keepWhere(call, builder.CreateFCmpORD(value, value), value);
  Value *isHigh = builder.CreateFCmpOGE(value, call.number(value, 0x1p31));
  return builder.CreateXor(convert(call, number),
                           builder.CreateSExt(isHigh, call.result));
}

/// What is below 2^31 plus what is above, each converted as a signed number.
Value *truncateF32Unsigned(const SimdCall &call) {
  llvm::IRBuilder<> &builder = call.builder;
  // NaN and what is negative becomes 0.
  Value *value =
      nativeMax(call, call.operands[0], call.number(call.operands[0], 0.0));
  if (call.has(Avx512))
    return convertUnsigned(call, value);
  Value *rest = builder.CreateFSub(value, call.number(value, 0x1p31));
  Value *isHigh = builder.CreateFCmpOGE(rest, call.number(value, 0x1p31));
  Value *above = builder.CreateXor(convert(call, rest),
                                   builder.CreateSExt(isHigh, call.result));
  above = call.intrinsic(Intrinsic::smax, {above, call.integer(above, 0)},
                         {call.result});
  return builder.CreateAdd(convert(call, value), above);
}

/// The bound, or for NaN zero, where the value is not below it.
Value *truncateF64Signed(const SimdCall &call) {
  Value *value = call.operands[0];
  Value *bound = keepWhere(call, call.builder.CreateFCmpORD(value, value),
                           call.number(value, 0x1.fffffffcp30));
  return convert(call, nativeMin(call, value, bound));
}

/// As an addend to 2^52 an integer stands in the low bits of the sum.
Value *truncateF64Unsigned(const SimdCall &call) {
  llvm::IRBuilder<> &builder = call.builder;
  Value *value =
      nativeMax(call, call.operands[0], call.number(call.operands[0], 0.0));
  if (call.has(Avx512))
    return convertUnsigned(call, value);
  if (!call.has("+sse4.1"))
    return nullptr;
  value = nativeMin(call, value, call.number(value, 0x1.fffffffep31));
  value = builder.CreateUnaryIntrinsic(Intrinsic::trunc, value);
  Value *bits = builder.CreateBitCast(
      builder.CreateFAdd(value, call.number(value, 0x1p52)), call.result);
  return builder.CreateShuffleVector(
      bits, llvm::Constant::getNullValue(call.result), {0, 2, 4, 5});
}

Value *swizzle(const SimdCall &call, bool isRelaxed) {
  if (!call.has("+ssse3"))
    return nullptr;
  Value *indices = call.operands[1];
  // The instruction looks at bits 0 to 3 and yields 0 where bit 7 is set.
  if (!isRelaxed)
    indices =
        call.intrinsic(Intrinsic::uadd_sat,
                       {indices, call.integer(indices, 0x70)}, {call.result});
  return call.intrinsic(Intrinsic::x86_ssse3_pshuf_b_128,
                        {call.operands[0], indices});
}

/// Only -2^15 * -2^15 yields 0x8000.
Value *roundedProduct(const SimdCall &call, bool isRelaxed) {
  if (!call.has("+ssse3"))
    return nullptr;
  Value *product =
      call.intrinsic(Intrinsic::x86_ssse3_pmul_hr_sw_128, call.operands);
  if (isRelaxed)
    return product;
  Value *overflows =
      call.builder.CreateICmpEQ(product, call.integer(product, 0x8000));
  return call.builder.CreateXor(
      product, call.builder.CreateSExt(overflows, call.result));
}

/// Products of bytes, the first ones unsigned, added in pairs with saturation.
Value *multiplyBytes(const SimdCall &call, Value *unsignedBytes,
                     Value *signedBytes) {
  if (!call.has("+ssse3"))
    return nullptr;
  return call.intrinsic(Intrinsic::x86_ssse3_pmadd_ub_sw_128,
                        {unsignedBytes, signedBytes});
}

Value *addWords(const SimdCall &call, Value *words) {
  return call.intrinsic(Intrinsic::x86_sse2_pmadd_wd,
                        {words, call.integer(words, 1)});
}

/// The second factor is one of 7 bits, so that it may count as unsigned.
Value *dotAdd(const SimdCall &call) {
  Value *left = call.operands[0], *right = call.operands[1],
        *sum = call.operands[2];
  if (call.has("+avxvnni") || call.has("+avx512vnni,+avx512vl"))
    return call.intrinsic(Intrinsic::x86_avx512_vpdpbusd_128,
                          {sum, right, left});
  Value *words = multiplyBytes(call, right, left);
  return words ? call.builder.CreateAdd(addWords(call, words), sum) : nullptr;
}

Value *multiplyAdd(const SimdCall &call, bool isNegated) {
  if (call.has("+fma") || call.has(Avx512))
    return nullptr;
  llvm::IRBuilder<> &builder = call.builder;
  Value *product = builder.CreateFMul(call.operands[0], call.operands[1]);
  return isNegated ? builder.CreateFSub(call.operands[2], product)
                   : builder.CreateFAdd(product, call.operands[2]);
}

/// By the top bit of each lane, for want of an instruction of each byte of
/// 16-bit lanes.
Value *laneSelect(const SimdCall &call) {
  if (!call.has("+sse4.1"))
    return nullptr;
  Value *whenSet = call.operands[0], *whenClear = call.operands[1],
        *mask = call.operands[2];
  if (call.operation == SimdOperation::I16x8RelaxedLaneselect) {
    llvm::Type *bytes =
        llvm::FixedVectorType::get(call.builder.getInt8Ty(), 16);
    const auto cast = [&](Value *value) {
      return call.builder.CreateBitCast(value, bytes);
    };
    Value *selected =
        call.intrinsic(Intrinsic::x86_sse41_pblendvb,
                       {cast(whenClear), cast(whenSet), cast(mask)});
    return call.builder.CreateBitCast(selected, call.result);
  }
  return call.builder.CreateSelect(
      call.builder.CreateICmpSLT(mask, call.integer(mask, 0)), whenSet,
      whenClear);
}

} // namespace

Value *lowerSimdForX86_64(const SimdCall &call) {
  using Op = SimdOperation;
  switch (call.operation) {
  case Op::I8x16Swizzle:
    return swizzle(call, false);
  case Op::I8x16RelaxedSwizzle:
    return swizzle(call, true);
  case Op::I8x16NarrowI16x8S:
    return call.intrinsic(Intrinsic::x86_sse2_packsswb_128, call.operands);
  case Op::I8x16NarrowI16x8U:
    return call.intrinsic(Intrinsic::x86_sse2_packuswb_128, call.operands);
  case Op::I16x8NarrowI32x4S:
    return call.intrinsic(Intrinsic::x86_sse2_packssdw_128, call.operands);
  case Op::I16x8NarrowI32x4U:
    return call.has("+sse4.1")
               ? call.intrinsic(Intrinsic::x86_sse41_packusdw, call.operands)
               : nullptr;
  case Op::I16x8Q15mulrSatS:
    return roundedProduct(call, false);
  case Op::I16x8RelaxedQ15mulrS:
    return roundedProduct(call, true);
  case Op::I16x8ExtaddPairwiseI8x16S:
    return multiplyBytes(call, call.integer(call.operands[0], 1),
                         call.operands[0]);
  case Op::I16x8ExtaddPairwiseI8x16U:
    return multiplyBytes(call, call.operands[0],
                         call.integer(call.operands[0], 1));
  case Op::I32x4ExtaddPairwiseI16x8S:
    return addWords(call, call.operands[0]);
  case Op::I32x4DotI16x8S:
    return call.intrinsic(Intrinsic::x86_sse2_pmadd_wd, call.operands);
  case Op::I8x16AllTrue:
  case Op::I16x8AllTrue:
  case Op::I32x4AllTrue:
  case Op::I64x2AllTrue:
    return allTrue(call);
  case Op::F32x4Min:
  case Op::F64x2Min:
    return minMax(call, true);
  case Op::F32x4Max:
  case Op::F64x2Max:
    return minMax(call, false);
  case Op::F32x4Pmin:
  case Op::F64x2Pmin:
    return nativeMin(call, call.operands[1], call.operands[0]);
  case Op::F32x4Pmax:
  case Op::F64x2Pmax:
    return nativeMax(call, call.operands[1], call.operands[0]);
  case Op::F32x4RelaxedMin:
  case Op::F64x2RelaxedMin:
    return nativeMin(call, call.operands[0], call.operands[1]);
  case Op::F32x4RelaxedMax:
  case Op::F64x2RelaxedMax:
    return nativeMax(call, call.operands[0], call.operands[1]);
  case Op::I32x4TruncSatF32x4S:
    return truncateF32Signed(call);
  case Op::I32x4TruncSatF32x4U:
    return truncateF32Unsigned(call);
  case Op::I32x4TruncSatF64x2SZero:
    return truncateF64Signed(call);
  case Op::I32x4TruncSatF64x2UZero:
    return truncateF64Unsigned(call);
  case Op::I32x4RelaxedTruncF32x4S:
  case Op::I32x4RelaxedTruncF64x2SZero:
    return convert(call, call.operands[0]);
  case Op::I32x4RelaxedTruncF32x4U:
    return call.has(Avx512) ? convertUnsigned(call, call.operands[0])
                            : truncateF32Unsigned(call);
  case Op::I32x4RelaxedTruncF64x2UZero:
    return call.has(Avx512) ? convertUnsigned(call, call.operands[0])
                            : truncateF64Unsigned(call);
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
    return laneSelect(call);
  case Op::I16x8RelaxedDotI8x16I7x16S:
    return multiplyBytes(call, call.operands[1], call.operands[0]);
  case Op::I32x4RelaxedDotI8x16I7x16AddS:
    return dotAdd(call);
  default:
    return nullptr;
  }
}

} // namespace wrought::codegen

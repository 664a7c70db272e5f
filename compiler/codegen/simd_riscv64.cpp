//===- simd_riscv64.cpp - SIMD operations on the V extension --------------===//

#include "codegen/simd_lowering.h"

#include "llvm/IR/IntrinsicsRISCV.h"

namespace wrought::codegen {

using llvm::Value;
namespace Intrinsic = llvm::Intrinsic;

namespace {

/// Registers have at least 128 bits; those of longer ones hold zeros here, so
/// that any index of 16 and more reads or yields 0.
Value *swizzle(const SimdCall &call) {
  if (!call.has("+v"))
    return nullptr;
  llvm::IRBuilder<> &builder = call.builder;
  auto *whole = llvm::ScalableVectorType::get(builder.getInt8Ty(), 8);
  const auto widen = [&](Value *vector) {
    return builder.CreateInsertVector(
        whole, llvm::Constant::getNullValue(whole), vector, uint64_t{0});
  };
  Value *gathered =
      call.intrinsic(Intrinsic::riscv_vrgather_vv,
                     {llvm::PoisonValue::get(whole), widen(call.operands[0]),
                      widen(call.operands[1]), builder.getInt64(16)},
                     {whole, builder.getInt64Ty()});
  return builder.CreateExtractVector(call.result, gathered, uint64_t{0});
}

/// By way of 64 bits, whose saturation the narrower one agrees with: qemu 7.2
/// dies of the instruction that converts and narrows at once.
Value *truncateF64(const SimdCall &call, bool isSigned) {
  if (!call.has("+v"))
    return nullptr;
  llvm::IRBuilder<> &builder = call.builder;
  Value *operand = call.operands[0];
  auto *wide = llvm::FixedVectorType::get(builder.getInt64Ty(), 2);
  auto *narrow = llvm::FixedVectorType::get(builder.getInt32Ty(), 2);
  const auto clamp = [&](llvm::Intrinsic::ID id, Value *value, uint64_t bound) {
    return call.intrinsic(id, {value, call.integer(value, bound)}, {wide});
  };
  Value *value =
      call.intrinsic(isSigned ? Intrinsic::fptosi_sat : Intrinsic::fptoui_sat,
                     {operand}, {wide, operand->getType()});
  if (isSigned) {
    value = clamp(Intrinsic::smin, value, INT32_MAX);
    value = clamp(Intrinsic::smax, value, static_cast<uint64_t>(INT32_MIN));
  } else {
    value = clamp(Intrinsic::umin, value, UINT32_MAX);
  }
  return call.concatenate(builder.CreateTrunc(value, narrow),
                          llvm::Constant::getNullValue(narrow));
}

} // namespace

Value *lowerSimdForRiscv64(const SimdCall &call) {
  switch (call.operation) {
  case SimdOperation::I8x16Swizzle:
  case SimdOperation::I8x16RelaxedSwizzle:
    return swizzle(call);
  case SimdOperation::I32x4TruncSatF64x2SZero:
  case SimdOperation::I32x4RelaxedTruncF64x2SZero:
    return truncateF64(call, true);
  case SimdOperation::I32x4TruncSatF64x2UZero:
  case SimdOperation::I32x4RelaxedTruncF64x2UZero:
    return truncateF64(call, false);
  default:
    return nullptr;
  }
}

} // namespace wrought::codegen

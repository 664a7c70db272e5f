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

} // namespace

Value *lowerSimdForRiscv64(const SimdCall &call) {
  switch (call.operation) {
  case SimdOperation::I8x16Swizzle:
  case SimdOperation::I8x16RelaxedSwizzle:
    return swizzle(call);
  default:
    return nullptr;
  }
}

} // namespace wrought::codegen

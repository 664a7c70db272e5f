//===- simd_lowering.h - Code for the operations of simd_operations.def ---===//
//
// Private to codegen. There is portable code for each operation; a target has
// its own for those that it has better instructions for. The code must not be
// undefined for any operand.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/IR/IRBuilder.h"
#include "llvm/MC/MCSubtargetInfo.h"

namespace wrought::codegen {

enum class SimdOperation : uint8_t {
#define SIMD_OPERATION(Name, text) Name,
#include "targets/simd_operations.def"
};

/// A call to be replaced.
struct SimdCall {
  SimdOperation operation;
  llvm::Type *result;
  llvm::ArrayRef<llvm::Value *> operands;
  const llvm::MCSubtargetInfo &subtarget;
  llvm::IRBuilder<> &builder; ///< inserts before the call

  bool has(llvm::StringRef features) const {
    return subtarget.checkFeatures(features);
  }
  llvm::Value *intrinsic(llvm::Intrinsic::ID id,
                         llvm::ArrayRef<llvm::Value *> arguments,
                         llvm::ArrayRef<llvm::Type *> overloads = {}) const {
    return builder.CreateIntrinsic(id, overloads, arguments);
  }
  /// A vector or number of the operand's type.
  llvm::Constant *number(const llvm::Value *like, double value) const {
    return llvm::ConstantFP::get(like->getType(), value);
  }
  llvm::Constant *integer(const llvm::Value *like, uint64_t value) const {
    return llvm::ConstantInt::get(like->getType(), value);
  }
  llvm::Value *half(llvm::Value *vector, bool isHigh) const;
  llvm::Value *concatenate(llvm::Value *low, llvm::Value *high) const;
  /// The same operands, another operation.
  SimdCall as(SimdOperation other) const {
    return {other, result, operands, subtarget, builder};
  }
};

/// Never null.
llvm::Value *lowerSimdPortably(const SimdCall &call);
/// Null where the portable code is as good.
llvm::Value *lowerSimdForX86_64(const SimdCall &call);
llvm::Value *lowerSimdForAArch64(const SimdCall &call);
llvm::Value *lowerSimdForRiscv64(const SimdCall &call);

} // namespace wrought::codegen

//===- llvm_types.h - Wasm types and ABI structs as LLVM types ------------===//
#pragma once

#include "wasm/types.h"

#include "llvm/IR/Constant.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/LLVMContext.h"

#include <array>

namespace wrought::translate {

/// The structs of runtime-support/abi/layout.def.
enum class AbiStruct : uint8_t {
#define ABI_STRUCT(Name) Name,
#define ABI_FIELD(...)
#define ABI_END(...)
#include "abi/layout.def"
};

/// Field numbers: Memory_base, Table_length, …
namespace field {
#define ABI_STRUCT(Name) enum Name##Fields : unsigned {
#define ABI_FIELD(Name, kind, field) Name##_##field,
#define ABI_END(Name)                                                          \
  Name##_FieldCount                                                            \
  }                                                                            \
  ;
#include "abi/layout.def"
} // namespace field

/// Types of one LLVMContext.
class LlvmTypes {
public:
  explicit LlvmTypes(llvm::LLVMContext &context);

  llvm::LLVMContext &context;
  llvm::IntegerType *i1, *i8, *i16, *i32, *i64;
  llvm::Type *f32, *f64, *voidType;
  llvm::PointerType *pointer;
  /// The shapes of a v128, and v128 itself, which is i64x2.
  llvm::FixedVectorType *i8x16, *i16x8, *i32x4, *i64x2, *f32x4, *f64x2, *v128;

  /// References are pointers.
  llvm::Type *value(wasm::ValueType type) const;
  /// Void, the one type, or a struct of all.
  llvm::Type *results(const std::vector<wasm::ValueType> &types) const;
  llvm::FunctionType *function(const wasm::FunctionType &type) const;
  /// From the bytes in memory order.
  llvm::Constant *v128Constant(const std::array<uint8_t, 16> &bytes) const;
  llvm::StructType *abi(AbiStruct which) const {
    return abi_[static_cast<size_t>(which)];
  }

private:
  std::vector<llvm::StructType *> abi_;
};

} // namespace wrought::translate

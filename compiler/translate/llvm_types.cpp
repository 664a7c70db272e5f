#include "translate/llvm_types.h"

#include "llvm/IR/Constants.h"
#include "llvm/Support/Endian.h"

namespace wrought::translate {

LlvmTypes::LlvmTypes(llvm::LLVMContext &context)
    : context(context), i1(llvm::Type::getInt1Ty(context)),
      i8(llvm::Type::getInt8Ty(context)), i16(llvm::Type::getInt16Ty(context)),
      i32(llvm::Type::getInt32Ty(context)),
      i64(llvm::Type::getInt64Ty(context)),
      f32(llvm::Type::getFloatTy(context)),
      f64(llvm::Type::getDoubleTy(context)),
      voidType(llvm::Type::getVoidTy(context)),
      pointer(llvm::PointerType::get(context, 0)),
      i8x16(llvm::FixedVectorType::get(i8, 16)),
      i16x8(llvm::FixedVectorType::get(i16, 8)),
      i32x4(llvm::FixedVectorType::get(i32, 4)),
      i64x2(llvm::FixedVectorType::get(i64, 2)),
      f32x4(llvm::FixedVectorType::get(f32, 4)),
      f64x2(llvm::FixedVectorType::get(f64, 2)), v128(i64x2) {
  llvm::SmallVector<llvm::Type *, 16> fields;
  [[maybe_unused]] llvm::Type *Pointer = pointer;
  [[maybe_unused]] llvm::Type *U64 = i64;
#define ABI_STRUCT(Name) fields.clear();
#define ABI_FIELD(Name, kind, field) fields.push_back(kind);
#define ABI_END(Name) abi_.push_back(llvm::StructType::get(context, fields));
#include "abi/layout.def"
}

llvm::Type *LlvmTypes::value(wasm::ValueType type) const {
  switch (type.kind()) {
  case wasm::ValueKind::I32:
    return i32;
  case wasm::ValueKind::I64:
    return i64;
  case wasm::ValueKind::F32:
    return f32;
  case wasm::ValueKind::F64:
    return f64;
  case wasm::ValueKind::V128:
    return v128;
  case wasm::ValueKind::Ref:
    return pointer;
  case wasm::ValueKind::Bottom:
    break;
  }
  llvm_unreachable("bottom is the type of no value");
}

llvm::Type *
LlvmTypes::results(const std::vector<wasm::ValueType> &types) const {
  if (types.empty())
    return voidType;
  if (types.size() == 1)
    return value(types[0]);
  llvm::SmallVector<llvm::Type *, 8> members;
  for (wasm::ValueType type : types)
    members.push_back(value(type));
  return llvm::StructType::get(context, members);
}

llvm::FunctionType *LlvmTypes::function(const wasm::FunctionType &type) const {
  llvm::SmallVector<llvm::Type *, 16> parameters;
  for (wasm::ValueType parameter : type.parameters)
    parameters.push_back(value(parameter));
  return llvm::FunctionType::get(results(type.results), parameters, false);
}

llvm::Constant *
LlvmTypes::v128Constant(const std::array<uint8_t, 16> &bytes) const {
  const uint64_t halves[] = {llvm::support::endian::read64le(bytes.data()),
                             llvm::support::endian::read64le(&bytes[8])};
  return llvm::ConstantDataVector::get(context, halves);
}

} // namespace wrought::translate

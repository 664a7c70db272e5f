//===- emit_simd_lane.cpp - Vectors as such, and moving lanes -------------===//
//
// A v128 is <2 x i64> wherever it is kept; each instruction casts it to the
// shape that it works on. Lane numbers are constants in range, so that nothing
// here can become poison.
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"

#include "llvm/IR/Operator.h"
#include "llvm/Support/SwapByteOrder.h"

namespace wrought::translate {

using wasm::Instruction;

llvm::Value *FunctionEmitter::popVector(Shape shape) {
  llvm::Value *value = pop();
  // Undo the cast of what was just made, so that its maker is seen.
  if (auto *cast = llvm::dyn_cast<llvm::BitCastOperator>(value))
    if (cast->getSrcTy() == shape)
      return cast->getOperand(0);
  // What looks at constants sees through no cast.
  if (llvm::isa<llvm::ConstantAggregateZero>(value))
    return llvm::Constant::getNullValue(shape);
  static_assert(llvm::sys::IsLittleEndianHost);
  if (auto *constant = llvm::dyn_cast<llvm::ConstantDataVector>(value))
    return llvm::ConstantDataVector::getRaw(constant->getRawDataValues(),
                                            shape->getNumElements(),
                                            shape->getElementType());
  return builder_.CreateBitCast(value, shape);
}

void FunctionEmitter::pushVector(llvm::Value *vector) {
  push(builder_.CreateBitCast(vector, types_.v128));
}

llvm::Value *
FunctionEmitter::simdOperation(llvm::StringRef text, llvm::Type *result,
                               llvm::ArrayRef<llvm::Value *> operands) {
  llvm::SmallVector<llvm::Type *, 3> parameters;
  for (llvm::Value *operand : operands)
    parameters.push_back(operand->getType());
  auto *type = llvm::FunctionType::get(result, parameters, false);
  const std::string name = ("wrought.simd." + text).str();
  llvm::Function *function = module_.llvmModule().getFunction(name);
  if (!function) {
    function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage,
                                      name, module_.llvmModule());
    function->setMemoryEffects(llvm::MemoryEffects::none());
    function->addFnAttr(llvm::Attribute::NoUnwind);
    function->addFnAttr(llvm::Attribute::WillReturn);
  }
  assert(function->getFunctionType() == type);
  return builder_.CreateCall(function, operands);
}

void FunctionEmitter::unaryOperation(llvm::StringRef text, Shape operand,
                                     llvm::Type *result) {
  llvm::Value *value = simdOperation(text, result, {popVector(operand)});
  if (result->isVectorTy())
    pushVector(value);
  else
    push(value);
}

void FunctionEmitter::binaryOperation(llvm::StringRef text, Shape operands,
                                      Shape result) {
  llvm::Value *right = popVector(operands), *left = popVector(operands);
  pushVector(simdOperation(text, result, {left, right}));
}

void FunctionEmitter::ternaryOperation(llvm::StringRef text, Shape shape) {
  llvm::Value *third = popVector(shape), *second = popVector(shape),
              *first = popVector(shape);
  pushVector(simdOperation(text, shape, {first, second, third}));
}

void FunctionEmitter::splat(Shape shape) {
  llvm::Value *value = pop();
  if (value->getType()->isIntegerTy())
    value = builder_.CreateTrunc(value, shape->getElementType());
  pushVector(builder_.CreateVectorSplat(shape->getNumElements(), value));
}

void FunctionEmitter::extractLane(const Instruction &instruction, Shape shape) {
  push(builder_.CreateExtractElement(popVector(shape),
                                     uint64_t{instruction.lane}));
}

void FunctionEmitter::extractLane(const Instruction &instruction, Shape shape,
                                  bool isSigned) {
  extractLane(instruction, shape);
  llvm::Value *value = pop();
  push(isSigned ? builder_.CreateSExt(value, types_.i32)
                : builder_.CreateZExt(value, types_.i32));
}

void FunctionEmitter::replaceLane(const Instruction &instruction, Shape shape) {
  llvm::Value *value = pop();
  llvm::Value *vector = popVector(shape);
  if (value->getType()->isIntegerTy())
    value = builder_.CreateTrunc(value, shape->getElementType());
  pushVector(
      builder_.CreateInsertElement(vector, value, uint64_t{instruction.lane}));
}

void FunctionEmitter::emitV128Const(const Instruction &i) {
  push(types_.v128Constant(i.bytes));
}

void FunctionEmitter::emitI8x16Shuffle(const Instruction &i) {
  const llvm::SmallVector<int, 16> lanes(i.bytes.begin(), i.bytes.end());
  llvm::Value *right = popVector(types_.i8x16), *left = popVector(types_.i8x16);
  pushVector(builder_.CreateShuffleVector(left, right, lanes));
}

void FunctionEmitter::emitI8x16Swizzle(const Instruction &) {
  binaryOperation("i8x16.swizzle", types_.i8x16, types_.i8x16);
}

void FunctionEmitter::emitI8x16Splat(const Instruction &) {
  splat(types_.i8x16);
}
void FunctionEmitter::emitI16x8Splat(const Instruction &) {
  splat(types_.i16x8);
}
void FunctionEmitter::emitI32x4Splat(const Instruction &) {
  splat(types_.i32x4);
}
void FunctionEmitter::emitI64x2Splat(const Instruction &) {
  splat(types_.i64x2);
}
void FunctionEmitter::emitF32x4Splat(const Instruction &) {
  splat(types_.f32x4);
}
void FunctionEmitter::emitF64x2Splat(const Instruction &) {
  splat(types_.f64x2);
}
void FunctionEmitter::emitI8x16ExtractLaneS(const Instruction &i) {
  extractLane(i, types_.i8x16, true);
}
void FunctionEmitter::emitI8x16ExtractLaneU(const Instruction &i) {
  extractLane(i, types_.i8x16, false);
}
void FunctionEmitter::emitI8x16ReplaceLane(const Instruction &i) {
  replaceLane(i, types_.i8x16);
}
void FunctionEmitter::emitI16x8ExtractLaneS(const Instruction &i) {
  extractLane(i, types_.i16x8, true);
}
void FunctionEmitter::emitI16x8ExtractLaneU(const Instruction &i) {
  extractLane(i, types_.i16x8, false);
}
void FunctionEmitter::emitI16x8ReplaceLane(const Instruction &i) {
  replaceLane(i, types_.i16x8);
}
void FunctionEmitter::emitI32x4ExtractLane(const Instruction &i) {
  extractLane(i, types_.i32x4);
}
void FunctionEmitter::emitI32x4ReplaceLane(const Instruction &i) {
  replaceLane(i, types_.i32x4);
}
void FunctionEmitter::emitI64x2ExtractLane(const Instruction &i) {
  extractLane(i, types_.i64x2);
}
void FunctionEmitter::emitI64x2ReplaceLane(const Instruction &i) {
  replaceLane(i, types_.i64x2);
}
void FunctionEmitter::emitF32x4ExtractLane(const Instruction &i) {
  extractLane(i, types_.f32x4);
}
void FunctionEmitter::emitF32x4ReplaceLane(const Instruction &i) {
  replaceLane(i, types_.f32x4);
}
void FunctionEmitter::emitF64x2ExtractLane(const Instruction &i) {
  extractLane(i, types_.f64x2);
}
void FunctionEmitter::emitF64x2ReplaceLane(const Instruction &i) {
  replaceLane(i, types_.f64x2);
}

} // namespace wrought::translate

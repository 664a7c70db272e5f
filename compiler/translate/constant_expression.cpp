#include "translate/constant_expression.h"

#include "decode/operator_reader.h"
#include "translate/heap_access.h"

namespace wrought::translate {

namespace {

class Evaluator {
public:
  Evaluator(ModuleEmitter &module, Builder &builder)
      : module_(module), types_(module.types()), builder_(builder) {}

  llvm::Value *run(const wasm::ConstantExpression &expression) {
    decode::OperatorReader reader(module_.wasm(), expression.code);
    wasm::Instruction instruction;
    while (reader.next(instruction)) {
      if (instruction.opcode == wasm::Opcode::End)
        break;
      llvm::Value *value = step(instruction);
      if (!value)
        return nullptr;
      stack_.push_back(value);
    }
    return stack_.back();
  }

private:
  llvm::Value *step(const wasm::Instruction &instruction) {
    using wasm::Opcode;
    switch (instruction.opcode) {
    case Opcode::I32Const:
      return builder_.getInt32(static_cast<uint32_t>(instruction.i32));
    case Opcode::I64Const:
      return builder_.getInt64(static_cast<uint64_t>(instruction.i64));
    case Opcode::F32Const:
      return floatConstant(types_.f32, llvm::APInt(32, instruction.f32Bits));
    case Opcode::F64Const:
      return floatConstant(types_.f64, llvm::APInt(64, instruction.f64Bits));
    case Opcode::V128Const:
      return types_.v128Constant(instruction.bytes);
    case Opcode::RefNull:
      return llvm::ConstantPointerNull::get(types_.pointer);
    case Opcode::RefFunc:
      return module_.instance().functionReference(
          builder_, wasm::FunctionIndex(instruction.index));
    case Opcode::GlobalGet:
      return readGlobal(wasm::GlobalIndex(instruction.index));
    case Opcode::I32Add:
    case Opcode::I64Add:
      return binary(llvm::Instruction::Add);
    case Opcode::I32Sub:
    case Opcode::I64Sub:
      return binary(llvm::Instruction::Sub);
    case Opcode::I32Mul:
    case Opcode::I64Mul:
      return binary(llvm::Instruction::Mul);
    case Opcode::RefI31:
      return makeI31(builder_, stack_.pop_back_val());
    case Opcode::AnyConvertExtern:
      return convert(&HeapAccess::anyFromExtern);
    case Opcode::ExternConvertAny:
      return convert(&HeapAccess::externFromAny);
    default:
      // What is left makes objects, which only a running program can.
      return builder_.GetInsertBlock() ? newObject(instruction) : nullptr;
    }
  }

  llvm::Value *newObject(const wasm::Instruction &instruction) {
    using wasm::Opcode;
    HeapAccess heap(module_, builder_);
    const wasm::TypeIndex type(instruction.index);
    switch (instruction.opcode) {
    case Opcode::StructNew:
      return heap.newStruct(type,
                            pop(module_.wasm().types[type].fields.size()));
    case Opcode::StructNewDefault:
      return heap.allocate(type, builder_.getInt64(0));
    case Opcode::ArrayNew: {
      llvm::Value *length = popLength();
      return heap.newArray(type, stack_.pop_back_val(), length);
    }
    case Opcode::ArrayNewDefault:
      return heap.allocate(type, popLength());
    case Opcode::ArrayNewFixed:
      return heap.newFixedArray(type, pop(instruction.index2));
    default:
      llvm_unreachable("not a translated constant instruction");
    }
  }

  static llvm::Constant *floatConstant(llvm::Type *type,
                                       const llvm::APInt &bits) {
    return llvm::ConstantFP::get(type->getContext(),
                                 llvm::APFloat(type->getFltSemantics(), bits));
  }

  Values pop(size_t count) {
    Values values(stack_.end() - count, stack_.end());
    stack_.truncate(stack_.size() - count);
    return values;
  }

  llvm::Value *popLength() {
    return builder_.CreateZExt(stack_.pop_back_val(), types_.i64);
  }

  llvm::Value *convert(llvm::Value *(HeapAccess::*conversion)(llvm::Value *)) {
    llvm::Value *reference = stack_.pop_back_val();
    if (llvm::isa<llvm::ConstantPointerNull>(reference))
      return reference;
    if (!builder_.GetInsertBlock())
      return nullptr;
    HeapAccess heap(module_, builder_);
    return (heap.*conversion)(reference);
  }

  llvm::Value *binary(llvm::Instruction::BinaryOps operation) {
    llvm::Value *right = stack_.pop_back_val();
    llvm::Value *left = stack_.pop_back_val();
    return builder_.CreateBinOp(operation, left, right);
  }

  llvm::Value *readGlobal(wasm::GlobalIndex index) {
    const wasm::Global &global = module_.wasm().globals[index.value];
    if (llvm::Constant *known = module_.knownGlobal(index))
      return known;
    if (!builder_.GetInsertBlock())
      return nullptr;
    return builder_.CreateLoad(
        types_.value(global.type.value),
        module_.instance().globalAddress(builder_, index));
  }

  ModuleEmitter &module_;
  const LlvmTypes &types_;
  Builder &builder_;
  llvm::SmallVector<llvm::Value *, 4> stack_;
};

} // namespace

llvm::Value *evaluate(ModuleEmitter &module,
                      const wasm::ConstantExpression &expression,
                      Builder &builder) {
  return Evaluator(module, builder).run(expression);
}

llvm::Constant *evaluateConstant(ModuleEmitter &module,
                                 const wasm::ConstantExpression &expression) {
  Builder nowhere(module.types().context);
  return llvm::cast_or_null<llvm::Constant>(
      evaluate(module, expression, nowhere));
}

} // namespace wrought::translate

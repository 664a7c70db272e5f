#include "translate/constant_expression.h"

#include "decode/operator_reader.h"
#include "translate/module_emitter.h"

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
    default:
      llvm_unreachable("not a translated constant instruction");
    }
  }

  static llvm::Constant *floatConstant(llvm::Type *type,
                                       const llvm::APInt &bits) {
    return llvm::ConstantFP::get(type->getContext(),
                                 llvm::APFloat(type->getFltSemantics(), bits));
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

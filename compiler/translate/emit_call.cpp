#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;

llvm::CallInst *
FunctionEmitter::callRuntime(RuntimeFunction which,
                             llvm::ArrayRef<llvm::Value *> arguments) {
  writeFuelBack();
  return builder_.CreateCall(module_.runtimeFunction(which), arguments);
}

/// Whatever may be the host's may have failed.
void FunctionEmitter::checkForeignCall(const Callee &callee) {
  if (!callee.isForeign)
    return;
  llvm::Value *hasFailed = module_.instance().hasForeignFailed(builder_);
  llvm::BasicBlock *failed = createBlock("failed");
  llvm::BasicBlock *next = createBlock();
  builder_.CreateCondBr(hasFailed, failed, next, module_.unlikely);
  builder_.SetInsertPoint(failed);
  callRuntime(RuntimeFunction::host_failed, {})->setDoesNotReturn();
  builder_.CreateUnreachable();
  builder_.SetInsertPoint(next);
}

void FunctionEmitter::call(const Callee &callee,
                           const wasm::FunctionType &type) {
  makesCalls_ = true;
  const CallingConvention convention(module_, callee.convention, type);
  writeFuelBack();
  const Values results =
      convention.call(builder_, callee, popArguments(type.parameters.size()));
  readFuelAgain();
  checkForeignCall(callee);
  stack_.append(results);
}

/// A function without tail calls of its own is called, and its results are
/// returned: that costs one frame, and no chain of calls gets longer by it.
void FunctionEmitter::returnCall(const Callee &callee,
                                 const wasm::FunctionType &type,
                                 const Values &arguments) {
  const CallingConvention convention(module_, callee.convention, type);
  writeFuelBack();
  if (callee.convention == Convention::Tail)
    return convention.tailCall(builder_, callee, arguments);
  makesCalls_ = true;
  const Values results = convention.call(builder_, callee, arguments);
  readFuelAgain();
  checkForeignCall(callee);
  convention_.returnResults(builder_, results);
}

void FunctionEmitter::emitTailCall(const TailCallee &callee,
                                   const wasm::FunctionType &type) {
  const Values arguments = popArguments(type.parameters.size());
  if (callee.tailCode) {
    llvm::BasicBlock *leave = createBlock("tail");
    llvm::BasicBlock *stay = createBlock("call");
    builder_.CreateCondBr(builder_.CreateIsNotNull(callee.tailCode), leave,
                          stay);
    builder_.SetInsertPoint(leave);
    returnCall({callee.tailCode, Convention::Tail, callee.callee.instance},
               type, arguments);
    builder_.SetInsertPoint(stay);
  }
  returnCall(callee.callee, type, arguments);
  becomeUnreachable();
}

/// The record at a table's element, whose type the instruction names.
llvm::Value *FunctionEmitter::popTableRecord(const Instruction &instruction) {
  llvm::Value *position = popIndex();
  llvm::Value *record =
      checkedTableElement(wasm::TableIndex(instruction.index2), position,
                          abi::Trap::UndefinedElement);
  trapIf(builder_.CreateIsNull(record), abi::Trap::UninitializedElement);

  llvm::Value *fits =
      isFunctionOfType(record, wasm::TypeIndex(instruction.index));
  trapIf(builder_.CreateNot(fits), abi::Trap::IndirectCallTypeMismatch);
  return record;
}

llvm::Value *FunctionEmitter::popRecord() {
  llvm::Value *record = pop();
  trapIf(builder_.CreateIsNull(record), abi::Trap::NullReference);
  return record;
}

void FunctionEmitter::emitCall(const Instruction &instruction) {
  const wasm::FunctionIndex index(instruction.index);
  call(module_.instance().callee(builder_, index),
       module_.wasm().functionType(index));
}

void FunctionEmitter::emitCallIndirect(const Instruction &instruction) {
  llvm::Value *record = popTableRecord(instruction);
  const wasm::FunctionType &type = functionType(instruction.index);
  call(module_.instance().callee(builder_, record), type);
}

void FunctionEmitter::emitCallRef(const Instruction &instruction) {
  llvm::Value *record = popRecord();
  const wasm::FunctionType &type = functionType(instruction.index);
  call(module_.instance().callee(builder_, record), type);
}

void FunctionEmitter::emitReturnCall(const Instruction &instruction) {
  const wasm::FunctionIndex index(instruction.index);
  emitTailCall(module_.instance().tailCallee(builder_, index),
               module_.wasm().functionType(index));
}

void FunctionEmitter::emitReturnCallIndirect(const Instruction &instruction) {
  llvm::Value *record = popTableRecord(instruction);
  emitTailCall(module_.instance().tailCallee(builder_, record),
               functionType(instruction.index));
}

void FunctionEmitter::emitReturnCallRef(const Instruction &instruction) {
  llvm::Value *record = popRecord();
  emitTailCall(module_.instance().tailCallee(builder_, record),
               functionType(instruction.index));
}

} // namespace wrought::translate

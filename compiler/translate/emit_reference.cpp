#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;

void FunctionEmitter::emitRefNull(const Instruction &) {
  push(llvm::ConstantPointerNull::get(types_.pointer));
}

void FunctionEmitter::emitRefIsNull(const Instruction &) {
  pushBoolean(builder_.CreateIsNull(pop()));
}

void FunctionEmitter::emitRefFunc(const Instruction &instruction) {
  push(module_.instance().functionReference(
      builder_, wasm::FunctionIndex(instruction.index)));
}

void FunctionEmitter::emitRefEq(const Instruction &) {
  llvm::Value *right = pop(), *left = pop();
  pushBoolean(builder_.CreateICmpEQ(left, right));
}

void FunctionEmitter::emitRefAsNonNull(const Instruction &) {
  trapIf(builder_.CreateIsNull(stack_.back()), abi::Trap::NullReference);
}

void FunctionEmitter::emitBrOnNull(const Instruction &instruction) {
  llvm::Value *reference = pop();
  branchIf(frame(instruction.index), builder_.CreateIsNull(reference));
  push(reference);
}

void FunctionEmitter::emitBrOnNonNull(const Instruction &instruction) {
  llvm::Value *isSet = builder_.CreateIsNotNull(stack_.back());
  branchIf(frame(instruction.index), isSet);
  pop();
}

} // namespace wrought::translate

#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;

void FunctionEmitter::emitLocalGet(const Instruction &instruction) {
  llvm::AllocaInst *local = locals_[instruction.index];
  push(builder_.CreateLoad(local->getAllocatedType(), local));
}

void FunctionEmitter::emitLocalSet(const Instruction &instruction) {
  builder_.CreateStore(pop(), locals_[instruction.index]);
}

void FunctionEmitter::emitLocalTee(const Instruction &instruction) {
  builder_.CreateStore(stack_.back(), locals_[instruction.index]);
}

void FunctionEmitter::emitGlobalGet(const Instruction &instruction) {
  const wasm::GlobalIndex index(instruction.index);
  if (llvm::Constant *known = module_.knownGlobal(index))
    return push(known);
  const wasm::GlobalType &type = module_.wasm().globals[index.value].type;
  llvm::LoadInst *load =
      builder_.CreateLoad(types_.value(type.value),
                          module_.instance().globalAddress(builder_, index));
  load->setMetadata(llvm::LLVMContext::MD_tbaa, module_.stateTag);
  push(load);
}

void FunctionEmitter::emitGlobalSet(const Instruction &instruction) {
  const wasm::GlobalIndex index(instruction.index);
  llvm::StoreInst *store = builder_.CreateStore(
      pop(), module_.instance().globalAddress(builder_, index));
  store->setMetadata(llvm::LLVMContext::MD_tbaa, module_.stateTag);
}

} // namespace wrought::translate

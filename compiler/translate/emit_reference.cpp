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

} // namespace wrought::translate

#include "translate/function_emitter.h"
#include "translate/type_id.h"

namespace wrought::translate {

using wasm::Instruction;

llvm::CallInst *
FunctionEmitter::callRuntime(RuntimeFunction which,
                             llvm::ArrayRef<llvm::Value *> arguments) {
  return builder_.CreateCall(module_.runtimeFunction(which), arguments);
}

void FunctionEmitter::call(const Callee &callee,
                           const wasm::FunctionType &type) {
  auto arguments = popArguments(type.parameters.size());
  if (callee.instance)
    arguments.insert(arguments.begin(), callee.instance);
  makesCalls_ = true;
  pushResults(builder_.CreateCall(callee.type, callee.code, arguments), type);
}

void FunctionEmitter::emitCall(const Instruction &instruction) {
  const wasm::FunctionIndex index(instruction.index);
  call(module_.instance().callee(builder_, index),
       module_.wasm().functionType(index));
}

/// Calls the function of a record that is known to be of that type.
void FunctionEmitter::callRecord(llvm::Value *record,
                                 const wasm::FunctionType &type) {
  call(module_.instance().callee(builder_, record, type), type);
}

void FunctionEmitter::emitCallIndirect(const Instruction &instruction) {
  const wasm::TypeIndex typeIndex(instruction.index);
  llvm::Value *position = popIndex();
  llvm::Value *record =
      checkedTableElement(wasm::TableIndex(instruction.index2), position,
                          abi::Trap::UndefinedElement);
  trapIf(builder_.CreateIsNull(record), abi::Trap::UninitializedElement);

  const TypeId id = typeId(module_.wasm().types, typeIndex);
  // Exactly numbered types differ from all others in the first word.
  const unsigned words = id[1] == 0 && id[2] == 0 ? 1 : 3;
  llvm::Value *differs = nullptr;
  for (unsigned i = 0; i < words; ++i) {
    llvm::Value *word = builder_.CreateICmpNE(
        module_.loadRecord(builder_, record, field::FunctionRecord_typeId0 + i),
        builder_.getInt64(id[i]));
    differs = differs ? builder_.CreateOr(differs, word) : word;
  }
  trapIf(differs, abi::Trap::IndirectCallTypeMismatch);
  callRecord(record, module_.wasm().types[typeIndex].function);
}

void FunctionEmitter::emitCallRef(const Instruction &instruction) {
  const wasm::TypeIndex index(instruction.index);
  llvm::Value *record = pop();
  trapIf(builder_.CreateIsNull(record), abi::Trap::NullReference);
  callRecord(record, module_.wasm().types[index].function);
}

} // namespace wrought::translate

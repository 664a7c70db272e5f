#include "translate/function_emitter.h"
#include "translate/type_id.h"

namespace wrought::translate {

using wasm::Instruction;

llvm::CallInst *
FunctionEmitter::callRuntime(RuntimeFunction which,
                             llvm::ArrayRef<llvm::Value *> arguments) {
  return builder_.CreateCall(module_.runtimeFunction(which), arguments);
}

void FunctionEmitter::emitCall(const Instruction &instruction) {
  const wasm::FunctionIndex index(instruction.index);
  const wasm::FunctionType &type = module_.wasm().functionType(index);
  const Callee callee = module_.instance().callee(builder_, index);
  auto arguments = popArguments(type.parameters.size());
  pushResults(builder_.CreateCall(callee.type, callee.code, arguments), type);
}

/// A field of a function record, which never changes.
llvm::LoadInst *FunctionEmitter::loadRecord(llvm::Value *record,
                                            unsigned field) {
  llvm::LoadInst *load =
      loadField(AbiStruct::FunctionRecord, record, field, module_.recordTag);
  load->setMetadata(llvm::LLVMContext::MD_invariant_load, module_.emptyNode);
  return load;
}

/// Calls the function of a record that is known to be of that type.
void FunctionEmitter::callRecord(llvm::Value *record,
                                 const wasm::FunctionType &type) {
  llvm::Value *code = loadRecord(record, field::FunctionRecord_code);
  auto arguments = popArguments(type.parameters.size());
  pushResults(builder_.CreateCall(types_.function(type), code, arguments),
              type);
}

void FunctionEmitter::emitCallIndirect(const Instruction &instruction) {
  const wasm::TypeIndex typeIndex(instruction.index);
  const wasm::FunctionType &type = module_.wasm().types[typeIndex].function;
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
        loadRecord(record, field::FunctionRecord_typeId0 + i),
        builder_.getInt64(id[i]));
    differs = differs ? builder_.CreateOr(differs, word) : word;
  }
  trapIf(differs, abi::Trap::IndirectCallTypeMismatch);
  callRecord(record, type);
}

void FunctionEmitter::emitCallRef(const Instruction &instruction) {
  const wasm::TypeIndex index(instruction.index);
  llvm::Value *record = pop();
  trapIf(builder_.CreateIsNull(record), abi::Trap::NullReference);
  callRecord(record, module_.wasm().types[index].function);
}

} // namespace wrought::translate

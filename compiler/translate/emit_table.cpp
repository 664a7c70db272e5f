#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;
using wasm::TableIndex;

llvm::Value *FunctionEmitter::tableLength(const TableView &view) {
  if (view.fixedElements)
    return builder_.getInt64(view.fixedLength);
  return loadField(AbiStruct::Table, view.descriptor, field::Table_length,
                   module_.stateTag);
}

llvm::Value *FunctionEmitter::tableElements(const TableView &view) {
  if (view.fixedElements)
    return view.fixedElements;
  return loadField(AbiStruct::Table, view.descriptor, field::Table_elements,
                   module_.stateTag);
}

llvm::Type *FunctionEmitter::indexType(TableIndex index) const {
  return module_.wasm().tables[index.value].type.limits.is64 ? types_.i64
                                                             : types_.i32;
}

llvm::Value *FunctionEmitter::tableElement(const TableView &view,
                                           llvm::Value *index) {
  return builder_.CreateGEP(types_.pointer, tableElements(view), index);
}

/// The element at a position that is a zero-extended index; traps beyond the
/// end.
llvm::Value *FunctionEmitter::checkedTableElement(TableIndex index,
                                                  llvm::Value *position,
                                                  abi::Trap which) {
  const TableView view = module_.instance().table(builder_, index);
  trapIf(builder_.CreateICmpUGE(position, tableLength(view)), which);
  llvm::LoadInst *element =
      builder_.CreateLoad(types_.pointer, tableElement(view, position));
  element->setMetadata(llvm::LLVMContext::MD_tbaa, module_.stateTag);
  return element;
}

void FunctionEmitter::emitTableGet(const Instruction &instruction) {
  push(checkedTableElement(TableIndex(instruction.index), popIndex(),
                           abi::Trap::TableOutOfBounds));
}

void FunctionEmitter::emitTableSet(const Instruction &instruction) {
  llvm::Value *reference = pop();
  llvm::Value *position = popIndex();
  const TableView view =
      module_.instance().table(builder_, TableIndex(instruction.index));
  trapIf(builder_.CreateICmpUGE(position, tableLength(view)),
         abi::Trap::TableOutOfBounds);
  llvm::StoreInst *store =
      builder_.CreateStore(reference, tableElement(view, position));
  store->setMetadata(llvm::LLVMContext::MD_tbaa, module_.stateTag);
}

void FunctionEmitter::emitTableSize(const Instruction &instruction) {
  const TableIndex index(instruction.index);
  const TableView view = module_.instance().table(builder_, index);
  push(builder_.CreateTrunc(tableLength(view), indexType(index)));
}

void FunctionEmitter::emitTableGrow(const Instruction &instruction) {
  llvm::Value *count = popIndex();
  spendFuel(count);
  llvm::Value *reference = pop();
  const TableIndex index(instruction.index);
  const TableView view = module_.instance().table(builder_, index);
  llvm::Value *old = callRuntime(RuntimeFunction::table_grow,
                                 {view.descriptor, reference, count});
  push(builder_.CreateTrunc(old, indexType(index)));
}

void FunctionEmitter::emitTableFill(const Instruction &instruction) {
  llvm::Value *count = popIndex();
  spendFuel(count);
  llvm::Value *reference = pop();
  llvm::Value *position = popIndex();
  const TableView view =
      module_.instance().table(builder_, TableIndex(instruction.index));
  callRuntime(RuntimeFunction::table_fill,
              {view.descriptor, position, reference, count});
}

void FunctionEmitter::emitTableCopy(const Instruction &instruction) {
  llvm::Value *count = popIndex(), *source = popIndex(),
              *destination = popIndex();
  spendFuel(count);
  InstanceModel &instance = module_.instance();
  callRuntime(
      RuntimeFunction::table_copy,
      {instance.table(builder_, TableIndex(instruction.index)).descriptor,
       instance.table(builder_, TableIndex(instruction.index2)).descriptor,
       destination, source, count});
}

void FunctionEmitter::emitTableInit(const Instruction &instruction) {
  llvm::Value *count = popIndex(), *source = popIndex(),
              *destination = popIndex();
  spendFuel(count);
  InstanceModel &instance = module_.instance();
  callRuntime(
      RuntimeFunction::table_init,
      {instance.table(builder_, TableIndex(instruction.index2)).descriptor,
       instance.elementSegment(builder_, wasm::ElementIndex(instruction.index)),
       destination, source, count});
}

void FunctionEmitter::emitElemDrop(const Instruction &instruction) {
  llvm::Value *segment = module_.instance().elementSegment(
      builder_, wasm::ElementIndex(instruction.index));
  builder_.CreateStore(builder_.getInt64(0),
                       builder_.CreateStructGEP(types_.abi(AbiStruct::Segment),
                                                segment,
                                                field::Segment_length));
}

} // namespace wrought::translate

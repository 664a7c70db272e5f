#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;

/// So many bytes are copied or filled in for one unit of fuel.
static constexpr unsigned fuelBytesLog2 = 4;

void FunctionEmitter::load(const Instruction &instruction, llvm::Type *type) {
  // To LLVM a load that races with a store is undefined each time that it is
  // used. What was checked must stay what is used.
  const bool isShared = memory(instruction.memory.memory).type.limits.isShared;
  llvm::Value *address =
      accessAddress(instruction.memory,
                    static_cast<unsigned>(type->getPrimitiveSizeInBits()) / 8);
  llvm::LoadInst *value =
      builder_.CreateAlignedLoad(type, address, llvm::Align(1));
  value->setMetadata(llvm::LLVMContext::MD_tbaa,
                     module_.memoryTag(instruction.memory.memory));
  // The fault is the trap: LLVM must not drop a load whose value is unused.
  // Code generation relaxes those that are used anyway.
  value->setVolatile(mayFault(instruction.memory) &&
                     !module_.plan().options().relaxedTraps);
  push(isShared ? builder_.CreateFreeze(value)
                : static_cast<llvm::Value *>(value));
}

void FunctionEmitter::loadExtended(const Instruction &instruction,
                                   llvm::Type *stored, llvm::Type *result,
                                   bool isSigned) {
  load(instruction, stored);
  llvm::Value *value = pop();
  push(isSigned ? builder_.CreateSExt(value, result)
                : builder_.CreateZExt(value, result));
}

void FunctionEmitter::store(const Instruction &instruction,
                            llvm::Type *stored) {
  llvm::Value *value = pop();
  if (value->getType() != stored)
    value = builder_.CreateTrunc(value, stored);
  llvm::Value *address = accessAddress(
      instruction.memory,
      static_cast<unsigned>(stored->getPrimitiveSizeInBits()) / 8);
  if (stored == types_.v128)
    probeVectorStore(instruction.memory, address);
  llvm::StoreInst *access =
      builder_.CreateAlignedStore(value, address, llvm::Align(1));
  access->setMetadata(llvm::LLVMContext::MD_tbaa,
                      module_.memoryTag(instruction.memory.memory));
}

void FunctionEmitter::emitI32Load(const Instruction &i) { load(i, types_.i32); }
void FunctionEmitter::emitI64Load(const Instruction &i) { load(i, types_.i64); }
void FunctionEmitter::emitF32Load(const Instruction &i) { load(i, types_.f32); }
void FunctionEmitter::emitF64Load(const Instruction &i) { load(i, types_.f64); }

void FunctionEmitter::emitI32Load8S(const Instruction &i) {
  loadExtended(i, types_.i8, types_.i32, true);
}
void FunctionEmitter::emitI32Load8U(const Instruction &i) {
  loadExtended(i, types_.i8, types_.i32, false);
}
void FunctionEmitter::emitI32Load16S(const Instruction &i) {
  loadExtended(i, types_.i16, types_.i32, true);
}
void FunctionEmitter::emitI32Load16U(const Instruction &i) {
  loadExtended(i, types_.i16, types_.i32, false);
}
void FunctionEmitter::emitI64Load8S(const Instruction &i) {
  loadExtended(i, types_.i8, types_.i64, true);
}
void FunctionEmitter::emitI64Load8U(const Instruction &i) {
  loadExtended(i, types_.i8, types_.i64, false);
}
void FunctionEmitter::emitI64Load16S(const Instruction &i) {
  loadExtended(i, types_.i16, types_.i64, true);
}
void FunctionEmitter::emitI64Load16U(const Instruction &i) {
  loadExtended(i, types_.i16, types_.i64, false);
}
void FunctionEmitter::emitI64Load32S(const Instruction &i) {
  loadExtended(i, types_.i32, types_.i64, true);
}
void FunctionEmitter::emitI64Load32U(const Instruction &i) {
  loadExtended(i, types_.i32, types_.i64, false);
}

void FunctionEmitter::emitI32Store(const Instruction &i) {
  store(i, types_.i32);
}
void FunctionEmitter::emitI64Store(const Instruction &i) {
  store(i, types_.i64);
}
void FunctionEmitter::emitF32Store(const Instruction &i) {
  store(i, types_.f32);
}
void FunctionEmitter::emitF64Store(const Instruction &i) {
  store(i, types_.f64);
}
void FunctionEmitter::emitI32Store8(const Instruction &i) {
  store(i, types_.i8);
}
void FunctionEmitter::emitI32Store16(const Instruction &i) {
  store(i, types_.i16);
}
void FunctionEmitter::emitI64Store8(const Instruction &i) {
  store(i, types_.i8);
}
void FunctionEmitter::emitI64Store16(const Instruction &i) {
  store(i, types_.i16);
}
void FunctionEmitter::emitI64Store32(const Instruction &i) {
  store(i, types_.i32);
}

void FunctionEmitter::emitMemorySize(const Instruction &instruction) {
  const MemoryView &view = memory(wasm::MemoryIndex(instruction.index));
  llvm::Value *byteLength =
      memoryByteLength(view, llvm::AtomicOrdering::SequentiallyConsistent);
  llvm::Value *pages = builder_.CreateLShr(byteLength, view.type.pageSizeLog2);
  push(builder_.CreateTrunc(pages, types_.value(view.type.indexType())));
}

void FunctionEmitter::emitMemoryGrow(const Instruction &instruction) {
  llvm::Value *pages = pop();
  spendFuel(pages);
  llvm::Value *descriptor = module_.instance().memoryDescriptor(
      builder_, wasm::MemoryIndex(instruction.index));
  const bool isShared =
      memory(wasm::MemoryIndex(instruction.index)).type.limits.isShared;
  llvm::Value *old =
      callRuntime(isShared ? RuntimeFunction::memory_grow_shared
                           : RuntimeFunction::memory_grow,
                  {descriptor, builder_.CreateZExt(pages, types_.i64)});
  push(builder_.CreateTrunc(old, pages->getType()));
}

/// An index or a count of either width.
llvm::Value *FunctionEmitter::popIndex() {
  return builder_.CreateZExt(pop(), types_.i64);
}

void FunctionEmitter::emitMemoryInit(const Instruction &instruction) {
  llvm::Value *count = popIndex(), *source = popIndex(),
              *destination = popIndex();
  spendFuel(count, fuelBytesLog2);
  callRuntime(RuntimeFunction::memory_init,
              {module_.instance().memoryDescriptor(
                   builder_, wasm::MemoryIndex(instruction.index2)),
               module_.instance().dataSegment(
                   builder_, wasm::DataIndex(instruction.index)),
               destination, source, count});
}

void FunctionEmitter::emitDataDrop(const Instruction &instruction) {
  llvm::Value *segment = module_.instance().dataSegment(
      builder_, wasm::DataIndex(instruction.index));
  builder_.CreateStore(builder_.getInt64(0),
                       builder_.CreateStructGEP(types_.abi(AbiStruct::Segment),
                                                segment,
                                                field::Segment_length));
}

void FunctionEmitter::emitMemoryCopy(const Instruction &instruction) {
  llvm::Value *count = popIndex(), *source = popIndex(),
              *destination = popIndex();
  spendFuel(count, fuelBytesLog2);
  InstanceModel &instance = module_.instance();
  callRuntime(RuntimeFunction::memory_copy,
              {instance.memoryDescriptor(builder_,
                                         wasm::MemoryIndex(instruction.index)),
               instance.memoryDescriptor(builder_,
                                         wasm::MemoryIndex(instruction.index2)),
               destination, source, count});
}

void FunctionEmitter::emitMemoryFill(const Instruction &instruction) {
  llvm::Value *count = popIndex();
  spendFuel(count, fuelBytesLog2);
  llvm::Value *byte = pop();
  llvm::Value *destination = popIndex();
  callRuntime(RuntimeFunction::memory_fill,
              {module_.instance().memoryDescriptor(
                   builder_, wasm::MemoryIndex(instruction.index)),
               destination, byte, count});
}

} // namespace wrought::translate

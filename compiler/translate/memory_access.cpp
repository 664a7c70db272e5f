//===- memory_access.cpp - The only place that forms guest addresses ------===//
//
// *** Two reviews for every change here: this file is the sandbox. ***
//
// An access at address a with static offset o and n bytes is in bounds when
// a + o + n <= byteLength. With guard pages, a 32-bit a is zero-extended and so
// below 4 GiB: when o + n is at most the guard's size, anything out of bounds
// lies in pages without access, and the fault is the trap. Otherwise the bound
// is compared; a + (o + n) cannot wrap, since a < 2^32 and o + n < 2^33.
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"

namespace wrought::translate {

const MemoryView &FunctionEmitter::memory(wasm::MemoryIndex index) {
  std::optional<MemoryView> &view = memories_[index.value];
  if (!view)
    view = module_.instance().memory(*this, index);
  return *view;
}

/// Another thread may grow a shared memory meanwhile: its size is read whole
/// and once, and only ever gets larger.
llvm::Value *FunctionEmitter::memoryByteLength(const MemoryView &view,
                                               llvm::AtomicOrdering ofShared) {
  if (view.fixedByteLength)
    return builder_.getInt64(*view.fixedByteLength);
  llvm::LoadInst *load = loadField(AbiStruct::Memory, view.descriptor,
                                   field::Memory_byteLength, module_.stateTag);
  if (view.type.limits.isShared) {
    load->setAtomic(ofShared);
    load->setAlignment(llvm::Align(8));
  }
  return load;
}

llvm::Value *FunctionEmitter::memoryBase(const MemoryView &view) {
  if (view.base)
    return view.base;
  return loadField(AbiStruct::Memory, view.descriptor, field::Memory_base,
                   module_.stateTag);
}

/// Pops the address operand and yields the host address, checked.
llvm::Value *
FunctionEmitter::accessAddress(const wasm::MemoryArgument &argument,
                               unsigned byteLength) {
  const Options &options = module_.plan().options();
  const MemoryView &view = memory(argument.memory);
  assert(!view.type.limits.is64 && "memory64 needs checks of its own");
  llvm::Value *address = builder_.CreateZExt(pop(), types_.i64);

  const uint64_t reach = argument.offset + byteLength;
  const bool guarded = options.boundsChecks == BoundsChecks::Guard &&
                       reach <= options.target->guardByteLength;
  if (!guarded && options.boundsChecks != BoundsChecks::None) {
    llvm::Value *end = builder_.CreateNUWAdd(address, builder_.getInt64(reach));
    trapIf(builder_.CreateICmpUGT(end, memoryByteLength(view)),
           abi::Trap::MemoryOutOfBounds);
  }
  llvm::Value *pointer =
      builder_.CreateGEP(types_.i8, memoryBase(view), address);
  if (argument.offset != 0)
    pointer = builder_.CreateGEP(types_.i8, pointer,
                                 builder_.getInt64(argument.offset));
  return pointer;
}

} // namespace wrought::translate

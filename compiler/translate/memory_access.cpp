//===- memory_access.cpp - The only place that forms guest addresses ------===//
//
// *** Two reviews for every change here: this file is the sandbox. ***
//
// An access at address a with static offset o and n bytes is in bounds when
// a + o + n <= length, the memory's size in bytes. Let reach be o + n.
//
// Guarded memories have 4 GiB and a guard reserved. Where a < 2^32 and reach is
// at most the guard's size, anything out of bounds lies in pages without
// access, and the fault is the trap. A 32-bit a is zero-extended and so below
// 2^32; a 64-bit a is compared with 2^32.
//
// All else is compared with the length, of which the least is known, since no
// memory shrinks. In 64 bits, by the first of these that applies:
//   reach >= 2^64   always out of bounds
//   reach <= least  a > length - reach, a difference that cannot wrap
//   32-bit a        a + reach > length, where the sum is below 2^32 + 2^33
//   64-bit a        reach > length, else a > length - reach as above
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"

#include "llvm/IR/MDBuilder.h"

namespace wrought::translate {

const MemoryView &FunctionEmitter::memory(wasm::MemoryIndex index) {
  std::optional<MemoryView> &view = memories_[index.value];
  if (!view)
    view = module_.instance().memory(*this, index);
  return *view;
}

llvm::Value *FunctionEmitter::memoryBase(const MemoryView &view) {
  if (view.base)
    return view.base;
  return loadField(AbiStruct::Memory, view.descriptor, field::Memory_base,
                   module_.stateTag);
}

/// Another thread may grow a shared memory meanwhile: its size is read whole
/// and once, and only ever gets larger.
llvm::Value *FunctionEmitter::memoryByteLength(const MemoryView &view,
                                               llvm::AtomicOrdering ofShared) {
  if (view.fixedByteLength)
    return builder_.getInt64(*view.fixedByteLength);
  llvm::LoadInst *load = loadField(AbiStruct::Memory, view.descriptor,
                                   field::Memory_byteLength, module_.stateTag);
  // From this, checks can be seen to imply each other. Only the runtime writes
  // it.
  if (view.leastByteLength != 0)
    load->setMetadata(llvm::LLVMContext::MD_range,
                      llvm::MDBuilder(types_.context)
                          .createRange(llvm::APInt(64, view.leastByteLength),
                                       llvm::APInt(64, 0)));
  if (view.type.limits.isShared) {
    load->setAtomic(ofShared);
    load->setAlignment(llvm::Align(8));
  }
  return load;
}

/// Traps unless the access is in bounds or faults. `address` has 64 bits.
void FunctionEmitter::checkAccess(const MemoryView &view, llvm::Value *address,
                                  uint64_t offset, unsigned byteLength) {
  constexpr auto Trap = abi::Trap::MemoryOutOfBounds;
  const Options &options = module_.plan().options();
  if (options.boundsChecks == BoundsChecks::None)
    return;
  const bool is64 = view.type.limits.is64;
  if (offset > UINT64_MAX - byteLength)
    return trapIf(builder_.getTrue(), Trap);
  const uint64_t reach = offset + byteLength;
  if (view.isGuarded && reach <= options.target->guardByteLength) {
    if (is64)
      trapIf(builder_.CreateICmpUGT(address, builder_.getInt64(UINT32_MAX)),
             Trap);
    return;
  }

  llvm::Value *length = memoryByteLength(view);
  llvm::Value *needed = builder_.getInt64(reach);
  if (reach > view.leastByteLength) {
    if (!is64)
      return trapIf(builder_.CreateICmpUGT(
                        builder_.CreateNUWAdd(address, needed), length),
                    Trap);
    trapIf(builder_.CreateICmpUGT(needed, length), Trap);
  }
  trapIf(builder_.CreateICmpUGT(address, builder_.CreateSub(length, needed)),
         Trap);
}

bool FunctionEmitter::mayFault(const wasm::MemoryArgument &argument) {
  return memory(argument.memory).isGuarded;
}

/// Pops the address operand and yields the host address, checked.
llvm::Value *
FunctionEmitter::accessAddress(const wasm::MemoryArgument &argument,
                               unsigned byteLength) {
  const MemoryView &view = memory(argument.memory);
  llvm::Value *address = popIndex();
  checkAccess(view, address, argument.offset, byteLength);
  llvm::Value *pointer =
      builder_.CreateGEP(types_.i8, memoryBase(view), address);
  if (argument.offset != 0)
    pointer = builder_.CreateGEP(types_.i8, pointer,
                                 builder_.getInt64(argument.offset));
  return pointer;
}

/// Faults where the last byte of a store cannot be written, for targets that
/// store a vector in parts: no part may be written then.
void FunctionEmitter::probeVectorStore(const wasm::MemoryArgument &argument,
                                       llvm::Value *address) {
  const Options &options = module_.plan().options();
  if (!mayFault(argument) || options.relaxedTraps ||
      options.target->storesVectorsAtOnce)
    return;
  builder_.CreateLoad(
      types_.i8, builder_.CreateGEP(types_.i8, address, builder_.getInt64(15)),
      /*isVolatile=*/true);
}

} // namespace wrought::translate

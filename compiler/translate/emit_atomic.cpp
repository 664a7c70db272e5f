//===- emit_atomic.cpp - Atomic accesses, fence, wait and notify ----------===//
//
// All of them are sequentially consistent. An atomic access at an address that
// is no multiple of its size traps before anything else is looked at, so LLVM
// may count on natural alignment. Narrow ones wrap their operands and
// zero-extend what they read.
//
// Source: the threads proposal, "Atomic Memory Accesses".
//
//===----------------------------------------------------------------------===//

#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;
using Rmw = llvm::AtomicRMWInst::BinOp;

constexpr auto SeqCst = llvm::AtomicOrdering::SequentiallyConsistent;

/// accessAddress for an atomic access: the address must be aligned as well.
llvm::Value *
FunctionEmitter::atomicAddress(const wasm::MemoryArgument &argument,
                               llvm::Type *stored) {
  const unsigned byteLength = stored->getPrimitiveSizeInBits() / 8;
  if (byteLength > 1) {
    // Whether the sum wraps does not matter to its lowest bits.
    llvm::Value *index = stack_.back();
    auto number = [&](uint64_t value) {
      return llvm::ConstantInt::get(index->getType(), value);
    };
    const uint64_t mask = byteLength - 1;
    llvm::Value *sum =
        builder_.CreateAdd(index, number(argument.offset & mask));
    trapIf(
        builder_.CreateICmpNE(builder_.CreateAnd(sum, number(mask)), number(0)),
        abi::Trap::UnalignedAtomic);
  }
  return accessAddress(argument, byteLength);
}

static llvm::Align naturalAlignment(llvm::Type *stored) {
  return llvm::Align(stored->getPrimitiveSizeInBits() / 8);
}

void FunctionEmitter::atomicLoad(const Instruction &instruction,
                                 llvm::Type *stored, llvm::Type *result) {
  llvm::LoadInst *load = builder_.CreateAlignedLoad(
      stored, atomicAddress(instruction.memory, stored),
      naturalAlignment(stored));
  load->setAtomic(SeqCst);
  load->setMetadata(llvm::LLVMContext::MD_tbaa,
                    module_.memoryTag(instruction.memory.memory));
  push(builder_.CreateZExt(load, result));
}

void FunctionEmitter::atomicStore(const Instruction &instruction,
                                  llvm::Type *stored) {
  llvm::Value *value = builder_.CreateTrunc(pop(), stored);
  llvm::StoreInst *store = builder_.CreateAlignedStore(
      value, atomicAddress(instruction.memory, stored),
      naturalAlignment(stored));
  store->setAtomic(SeqCst);
  store->setMetadata(llvm::LLVMContext::MD_tbaa,
                     module_.memoryTag(instruction.memory.memory));
}

void FunctionEmitter::atomicRmw(const Instruction &instruction, Rmw operation,
                                llvm::Type *stored, llvm::Type *result) {
  llvm::Value *value = builder_.CreateTrunc(pop(), stored);
  llvm::AtomicRMWInst *access = builder_.CreateAtomicRMW(
      operation, atomicAddress(instruction.memory, stored), value,
      naturalAlignment(stored), SeqCst);
  access->setMetadata(llvm::LLVMContext::MD_tbaa,
                      module_.memoryTag(instruction.memory.memory));
  // One that changes nothing becomes a fence where nobody looks at the result,
  // and then does not trap.
  access->setVolatile(true);
  push(builder_.CreateZExt(access, result));
}

void FunctionEmitter::atomicCompareExchange(const Instruction &instruction,
                                            llvm::Type *stored,
                                            llvm::Type *result) {
  llvm::Value *replacement = builder_.CreateTrunc(pop(), stored);
  llvm::Value *expected = builder_.CreateTrunc(pop(), stored);
  llvm::AtomicCmpXchgInst *access = builder_.CreateAtomicCmpXchg(
      atomicAddress(instruction.memory, stored), expected, replacement,
      naturalAlignment(stored), SeqCst, SeqCst);
  access->setMetadata(llvm::LLVMContext::MD_tbaa,
                      module_.memoryTag(instruction.memory.memory));
  push(builder_.CreateZExt(builder_.CreateExtractValue(access, 0), result));
}

void FunctionEmitter::emitAtomicFence(const Instruction &) {
  builder_.CreateFence(SeqCst);
}

//===----------------------------------------------------------------------===//
// Wait and notify: the runtime checks the address
//===----------------------------------------------------------------------===//

void FunctionEmitter::emitMemoryAtomicNotify(const Instruction &instruction) {
  llvm::Value *count = pop();
  llvm::Value *address = popIndex();
  push(callRuntime(
      RuntimeFunction::memory_notify,
      {module_.instance().memoryDescriptor(builder_, instruction.memory.memory),
       address, builder_.getInt64(instruction.memory.offset), count}));
}

void FunctionEmitter::atomicWait(const Instruction &instruction,
                                 RuntimeFunction which) {
  llvm::Value *timeout = pop();
  llvm::Value *expected = pop();
  llvm::Value *address = popIndex();
  push(callRuntime(
      which,
      {module_.instance().memoryDescriptor(builder_, instruction.memory.memory),
       address, builder_.getInt64(instruction.memory.offset), expected,
       timeout}));
}

void FunctionEmitter::emitMemoryAtomicWait32(const Instruction &i) {
  atomicWait(i, RuntimeFunction::memory_wait32);
}
void FunctionEmitter::emitMemoryAtomicWait64(const Instruction &i) {
  atomicWait(i, RuntimeFunction::memory_wait64);
}

//===----------------------------------------------------------------------===//
// The accesses by name
//===----------------------------------------------------------------------===//

#define ATOMIC_LOAD(Name, stored, result)                                      \
  void FunctionEmitter::emit##Name(const Instruction &i) {                     \
    atomicLoad(i, types_.stored, types_.result);                               \
  }
ATOMIC_LOAD(I32AtomicLoad, i32, i32)
ATOMIC_LOAD(I64AtomicLoad, i64, i64)
ATOMIC_LOAD(I32AtomicLoad8U, i8, i32)
ATOMIC_LOAD(I32AtomicLoad16U, i16, i32)
ATOMIC_LOAD(I64AtomicLoad8U, i8, i64)
ATOMIC_LOAD(I64AtomicLoad16U, i16, i64)
ATOMIC_LOAD(I64AtomicLoad32U, i32, i64)
#undef ATOMIC_LOAD

#define ATOMIC_STORE(Name, stored)                                             \
  void FunctionEmitter::emit##Name(const Instruction &i) {                     \
    atomicStore(i, types_.stored);                                             \
  }
ATOMIC_STORE(I32AtomicStore, i32)
ATOMIC_STORE(I64AtomicStore, i64)
ATOMIC_STORE(I32AtomicStore8, i8)
ATOMIC_STORE(I32AtomicStore16, i16)
ATOMIC_STORE(I64AtomicStore8, i8)
ATOMIC_STORE(I64AtomicStore16, i16)
ATOMIC_STORE(I64AtomicStore32, i32)
#undef ATOMIC_STORE

#define ATOMIC_RMW(Name, operation, stored, result)                            \
  void FunctionEmitter::emit##Name(const Instruction &i) {                     \
    atomicRmw(i, Rmw::operation, types_.stored, types_.result);                \
  }
#define ATOMIC_RMW_WIDTHS(Name, operation)                                     \
  ATOMIC_RMW(I32AtomicRmw##Name, operation, i32, i32)                          \
  ATOMIC_RMW(I64AtomicRmw##Name, operation, i64, i64)                          \
  ATOMIC_RMW(I32AtomicRmw8##Name##U, operation, i8, i32)                       \
  ATOMIC_RMW(I32AtomicRmw16##Name##U, operation, i16, i32)                     \
  ATOMIC_RMW(I64AtomicRmw8##Name##U, operation, i8, i64)                       \
  ATOMIC_RMW(I64AtomicRmw16##Name##U, operation, i16, i64)                     \
  ATOMIC_RMW(I64AtomicRmw32##Name##U, operation, i32, i64)
ATOMIC_RMW_WIDTHS(Add, Add)
ATOMIC_RMW_WIDTHS(Sub, Sub)
ATOMIC_RMW_WIDTHS(And, And)
ATOMIC_RMW_WIDTHS(Or, Or)
ATOMIC_RMW_WIDTHS(Xor, Xor)
ATOMIC_RMW_WIDTHS(Xchg, Xchg)
#undef ATOMIC_RMW_WIDTHS
#undef ATOMIC_RMW

#define ATOMIC_EXCHANGE(Name, stored, result)                                  \
  void FunctionEmitter::emit##Name(const Instruction &i) {                     \
    atomicCompareExchange(i, types_.stored, types_.result);                    \
  }
ATOMIC_EXCHANGE(I32AtomicRmwCmpxchg, i32, i32)
ATOMIC_EXCHANGE(I64AtomicRmwCmpxchg, i64, i64)
ATOMIC_EXCHANGE(I32AtomicRmw8CmpxchgU, i8, i32)
ATOMIC_EXCHANGE(I32AtomicRmw16CmpxchgU, i16, i32)
ATOMIC_EXCHANGE(I64AtomicRmw8CmpxchgU, i8, i64)
ATOMIC_EXCHANGE(I64AtomicRmw16CmpxchgU, i16, i64)
ATOMIC_EXCHANGE(I64AtomicRmw32CmpxchgU, i32, i64)
#undef ATOMIC_EXCHANGE

} // namespace wrought::translate

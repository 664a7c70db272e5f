#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;

llvm::CallInst *
FunctionEmitter::callRuntime(RuntimeFunction which,
                             llvm::ArrayRef<llvm::Value *> arguments) {
  writeFuelBack();
  return builder_.CreateCall(module_.runtimeFunction(which), arguments);
}

/// Whatever may be the host's may have failed.
void FunctionEmitter::checkForeignCall(const Callee &callee) {
  if (!callee.isForeign)
    return;
  llvm::Value *hasFailed = module_.instance().hasForeignFailed(builder_);
  llvm::BasicBlock *failed = createBlock("failed");
  llvm::BasicBlock *next = createBlock();
  builder_.CreateCondBr(hasFailed, failed, next, module_.unlikely);
  builder_.SetInsertPoint(failed);
  callRuntime(RuntimeFunction::host_failed, {})->setDoesNotReturn();
  builder_.CreateUnreachable();
  builder_.SetInsertPoint(next);
}

Values FunctionEmitter::callWith(const Callee &callee,
                                 const wasm::FunctionType &type,
                                 const Values &arguments) {
  makesCalls_ = true;
  const CallingConvention convention(module_, callee.convention, type);
  writeFuelBack();
  const Values results = convention.call(builder_, callee, arguments);
  readFuelAgain();
  checkForeignCall(callee);
  return results;
}

void FunctionEmitter::call(const Callee &callee,
                           const wasm::FunctionType &type) {
  stack_.append(callWith(callee, type, popArguments(type.parameters.size())));
}

/// Another instance may be of another library, whose stack limit, traps and
/// failures are its own: it is called by its runtime, which takes slots.
Values FunctionEmitter::callShared(llvm::Value *record,
                                   const wasm::FunctionType &type,
                                   const Values &arguments) {
  makesCalls_ = true;
  auto slotCount = [](const std::vector<wasm::ValueType> &values) {
    return values.size() +
           static_cast<size_t>(llvm::count_if(
               values, [](wasm::ValueType v) { return v.isVector(); }));
  };
  auto *layout = llvm::ArrayType::get(
      types_.i64, std::max<size_t>({slotCount(type.parameters),
                                    slotCount(type.results), 1}));
  llvm::AllocaInst *slots =
      entryBuilder().CreateAlloca(layout, nullptr, "slots");
  slots->setAlignment(llvm::Align(16));
  builder_.CreateLifetimeStart(slots);
  uint64_t slot = 0;
  auto next = [&](wasm::ValueType value) {
    llvm::Value *address = builder_.CreateConstGEP1_64(types_.i64, slots, slot);
    slot += value.isVector() ? 2 : 1;
    return address;
  };
  for (auto [value, argument] : llvm::zip_equal(type.parameters, arguments))
    builder_.CreateAlignedStore(argument, next(value), llvm::Align(8));
  callRuntime(RuntimeFunction::call_shared,
              {module_.instance().heapOwner(builder_), record, slots});
  readFuelAgain();
  slot = 0;
  Values results;
  for (wasm::ValueType value : type.results)
    results.push_back(builder_.CreateAlignedLoad(types_.value(value),
                                                 next(value), llvm::Align(8)));
  builder_.CreateLifetimeEnd(slots);
  return results;
}

void FunctionEmitter::callRecord(llvm::Value *record,
                                 const wasm::FunctionType &type,
                                 bool mayBeForeign) {
  InstanceModel &instance = module_.instance();
  if (!mayBeForeign)
    return call(instance.callee(builder_, record), type);
  const Values arguments = popArguments(type.parameters.size());
  llvm::BasicBlock *foreign = createBlock("foreign");
  llvm::BasicBlock *own = createBlock("own");
  llvm::BasicBlock *next = createBlock();
  builder_.CreateCondBr(instance.isForeign(builder_, record), foreign, own,
                        module_.unlikely);
  builder_.SetInsertPoint(foreign);
  const Values others = callShared(record, type, arguments);
  llvm::BasicBlock *foreignEnd = builder_.GetInsertBlock();
  builder_.CreateBr(next);
  builder_.SetInsertPoint(own);
  const Values results =
      callWith(instance.callee(builder_, record), type, arguments);
  llvm::BasicBlock *ownEnd = builder_.GetInsertBlock();
  builder_.CreateBr(next);
  builder_.SetInsertPoint(next);
  for (auto [result, other] : llvm::zip_equal(results, others)) {
    llvm::PHINode *phi = builder_.CreatePHI(result->getType(), 2);
    phi->addIncoming(result, ownEnd);
    phi->addIncoming(other, foreignEnd);
    push(phi);
  }
}

/// A chain of tail calls through several instances is one of calls: each has an
/// entry of its own on the stack.
void FunctionEmitter::tailCallRecord(llvm::Value *record,
                                     const wasm::FunctionType &type,
                                     bool mayBeForeign) {
  InstanceModel &instance = module_.instance();
  const Values arguments = popArguments(type.parameters.size());
  if (mayBeForeign) {
    llvm::BasicBlock *foreign = createBlock("foreign");
    llvm::BasicBlock *own = createBlock("own");
    builder_.CreateCondBr(instance.isForeign(builder_, record), foreign, own,
                          module_.unlikely);
    builder_.SetInsertPoint(foreign);
    convention_.returnResults(builder_, callShared(record, type, arguments));
    builder_.SetInsertPoint(own);
  }
  emitTailCall(instance.tailCallee(builder_, record), type, arguments);
}

/// A function without tail calls of its own is called, and its results are
/// returned: that costs one frame, and no chain of calls gets longer by it.
void FunctionEmitter::returnCall(const Callee &callee,
                                 const wasm::FunctionType &type,
                                 const Values &arguments) {
  const CallingConvention convention(module_, callee.convention, type);
  writeFuelBack();
  if (callee.convention == Convention::Tail)
    return convention.tailCall(builder_, callee, arguments);
  makesCalls_ = true;
  const Values results = convention.call(builder_, callee, arguments);
  readFuelAgain();
  checkForeignCall(callee);
  convention_.returnResults(builder_, results);
}

void FunctionEmitter::emitTailCall(const TailCallee &callee,
                                   const wasm::FunctionType &type,
                                   const Values &arguments) {
  if (callee.tailCode) {
    llvm::BasicBlock *leave = createBlock("tail");
    llvm::BasicBlock *stay = createBlock("call");
    builder_.CreateCondBr(builder_.CreateIsNotNull(callee.tailCode), leave,
                          stay);
    builder_.SetInsertPoint(leave);
    returnCall({callee.tailCode, Convention::Tail, callee.callee.instance},
               type, arguments);
    builder_.SetInsertPoint(stay);
  }
  returnCall(callee.callee, type, arguments);
  becomeUnreachable();
}

/// The record at a table's element, whose type the instruction names.
llvm::Value *FunctionEmitter::popTableRecord(const Instruction &instruction) {
  llvm::Value *position = popIndex();
  llvm::Value *record =
      checkedTableElement(wasm::TableIndex(instruction.index2), position,
                          abi::Trap::UndefinedElement);
  trapIf(builder_.CreateIsNull(record), abi::Trap::UninitializedElement);

  if (!indirectTargets(instruction).allFit) {
    llvm::Value *fits =
        isFunctionOfType(record, wasm::TypeIndex(instruction.index));
    trapIf(builder_.CreateNot(fits), abi::Trap::IndirectCallTypeMismatch);
  }
  return record;
}

ModulePlan::IndirectTargets
FunctionEmitter::indirectTargets(const Instruction &instruction) const {
  return module_.plan().indirectTargets(wasm::TableIndex(instruction.index2),
                                        wasm::TypeIndex(instruction.index));
}

llvm::Value *FunctionEmitter::popRecord() {
  llvm::Value *record = pop();
  trapIf(builder_.CreateIsNull(record), abi::Trap::NullReference);
  return record;
}

void FunctionEmitter::emitCall(const Instruction &instruction) {
  const wasm::FunctionIndex index(instruction.index);
  call(module_.instance().callee(builder_, index),
       module_.wasm().functionType(index));
}

void FunctionEmitter::emitCallIndirect(const Instruction &instruction) {
  llvm::Value *record = popTableRecord(instruction);
  const wasm::FunctionType &type = functionType(instruction.index);
  if (const auto only = indirectTargets(instruction).only)
    return call(module_.instance().callee(builder_, *only), type);
  callRecord(
      record, type,
      module_.plan().mayHoldForeign(wasm::TableIndex(instruction.index2)));
}

void FunctionEmitter::emitCallRef(const Instruction &instruction) {
  llvm::Value *record = popRecord();
  callRecord(record, functionType(instruction.index),
             module_.plan().sharesFunctions());
}

void FunctionEmitter::emitReturnCall(const Instruction &instruction) {
  const wasm::FunctionIndex index(instruction.index);
  const wasm::FunctionType &type = module_.wasm().functionType(index);
  emitTailCall(module_.instance().tailCallee(builder_, index), type,
               popArguments(type.parameters.size()));
}

void FunctionEmitter::emitReturnCallIndirect(const Instruction &instruction) {
  llvm::Value *record = popTableRecord(instruction);
  const wasm::FunctionType &type = functionType(instruction.index);
  if (const auto only = indirectTargets(instruction).only)
    return emitTailCall(module_.instance().tailCallee(builder_, *only), type,
                        popArguments(type.parameters.size()));
  tailCallRecord(
      record, type,
      module_.plan().mayHoldForeign(wasm::TableIndex(instruction.index2)));
}

void FunctionEmitter::emitReturnCallRef(const Instruction &instruction) {
  llvm::Value *record = popRecord();
  tailCallRecord(record, functionType(instruction.index),
                 module_.plan().sharesFunctions());
}

} // namespace wrought::translate

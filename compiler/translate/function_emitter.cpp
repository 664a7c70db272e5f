#include "translate/function_emitter.h"

#include "llvm/ADT/StringExtras.h"

namespace wrought::translate {

namespace {

constexpr bool TranslatedFeatures[] = {
#define WASM_FEATURE(Name, flag, description, onByDefault, translated)         \
  translated,
#include "wasm/features.def"
};

} // namespace

void emitFunction(ModuleEmitter &module, wasm::FunctionIndex index) {
  FunctionEmitter(module, index).emit();
}

FunctionEmitter::FunctionEmitter(ModuleEmitter &module,
                                 wasm::FunctionIndex index)
    : module_(module), types_(module.types()), index_(index),
      type_(module.wasm().functionType(index)),
      convention_(module,
                  module.plan().hasTailEntry(index) ? Convention::Tail
                                                    : Convention::C,
                  type_),
      builder_(module.types().context),
      memories_(module.wasm().memories.size()) {}

void FunctionEmitter::emit() {
  decode::OperatorReader reader(module_.wasm(),
                                module_.wasm().functions[index_.value].body);
  std::vector<decode::LocalRun> runs;
  reader.readLocals(runs);
  createFunction();
  createLocals(runs);
  createFuel();

  wasm::Instruction instruction;
  while (reader.next(instruction)) {
    if (reachable_)
      dispatch(instruction);
    else
      skipUnreachable(instruction);
  }
  settleFuel();
  if (makesCalls_)
    checkStack();
  const ModulePlan &plan = module_.plan();
  if (plan.options().isInterruptible &&
      (makesCalls_ || plan.facts().makesTailCalls.test(index_.value))) {
    Builder entry = entryBuilder();
    trapAtEntry(module_.instance().isInterrupted(entry), [&](Builder &builder) {
      builder.CreateCall(module_.runtimeFunction(RuntimeFunction::interrupted))
          ->setDoesNotReturn();
    });
  }
  entryEnd_->eraseFromParent();
}

void FunctionEmitter::checkStack() {
  Builder entry = entryBuilder();
  if (llvm::Value *isExhausted = module_.instance().isStackExhausted(entry))
    trapAtEntry(isExhausted, [&](Builder &builder) {
      callTrap(builder, abi::Trap::StackExhausted);
    });
}

/// At the head of a loop.
void FunctionEmitter::checkInterruption() {
  if (!module_.plan().options().isInterruptible)
    return;
  llvm::BasicBlock *stop = createBlock("stop");
  llvm::BasicBlock *next = createBlock();
  builder_.CreateCondBr(module_.instance().isInterrupted(builder_), stop, next,
                        module_.unlikely);
  builder_.SetInsertPoint(stop);
  callRuntime(RuntimeFunction::interrupted, {})->setDoesNotReturn();
  builder_.CreateUnreachable();
  builder_.SetInsertPoint(next);
}

/// Behind what entryBuilder() added.
void FunctionEmitter::trapAtEntry(
    llvm::Value *condition, llvm::function_ref<void(Builder &)> emitTrap) {
  Builder entry = entryBuilder();
  llvm::BasicBlock *start = entryEnd_->getParent();
  llvm::BasicBlock *body = start->splitBasicBlock(entryEnd_);
  llvm::BasicBlock *trapBlock = createBlock("trap");
  start->getTerminator()->eraseFromParent();
  entry.SetInsertPoint(start);
  entry.CreateCondBr(condition, trapBlock, body, module_.unlikely);
  entry.SetInsertPoint(trapBlock);
  emitTrap(entry);
  entry.CreateUnreachable();
}

void FunctionEmitter::createFunction() {
  function_ = module_.plan().hasTailEntry(index_) ? module_.tailEntry(index_)
                                                  : module_.function(index_);
  module_.addCodeAttributes(function_);
  module_.setDefinitionLinkage(function_, index_);
  function_->addFnAttr("wrought-function", llvm::utostr(index_.value));

  const auto line =
      static_cast<uint32_t>(module_.wasm().functions[index_.value].body.begin);
  subprogram_ = module_.createSubprogram(function_, function_->getName(), line);
  builder_.SetInsertPoint(
      llvm::BasicBlock::Create(types_.context, "entry", function_));
  setLocation(line);

  ControlFrame frame;
  frame.kind = ControlFrame::Kind::Function;
  frame.end = createBlock("return");
  createPhis(frame.end, type_.results, frame.endPhis);
  frames_.push_back(std::move(frame));
}

void FunctionEmitter::createLocals(llvm::ArrayRef<decode::LocalRun> runs) {
  const auto create = [&](wasm::ValueType type) {
    locals_.push_back(builder_.CreateAlloca(types_.value(type)));
    return locals_.back();
  };
  for (wasm::ValueType parameter : type_.parameters)
    create(parameter);
  for (const decode::LocalRun &run : runs)
    for (uint32_t i = 0; i < run.count; ++i)
      create(run.type);
  const Values parameters = convention_.parameters(builder_, function_);
  for (size_t i = 0; i < locals_.size(); ++i) {
    llvm::Type *type = locals_[i]->getAllocatedType();
    builder_.CreateStore(i < parameters.size()
                             ? parameters[i]
                             : llvm::Constant::getNullValue(type),
                         locals_[i]);
  }
  // What entryBuilder() adds goes before this marker.
  entryEnd_ = builder_.CreateAlloca(types_.i8);
}

/// Takes over the marker's debug location, the function's start.
Builder FunctionEmitter::entryBuilder() { return Builder(entryEnd_); }

void FunctionEmitter::setLocation(uint64_t byteOffset) {
  builder_.SetCurrentDebugLocation(llvm::DILocation::get(
      types_.context, static_cast<unsigned>(byteOffset), 0, subprogram_));
}

void FunctionEmitter::dispatch(const wasm::Instruction &instruction) {
  setLocation(instruction.byteOffset);
  countFuel(instruction.opcode);
  switch (instruction.opcode) {
#define WASM_OP(prefix, code, Name, text, immediates, operands, results,       \
                feature)                                                       \
  case wasm::Opcode::Name:                                                     \
    [this](const auto &i) {                                                    \
      using Self = std::conditional_t<                                         \
          TranslatedFeatures[static_cast<size_t>(wasm::Feature::feature)] &&   \
              sizeof(i) != 0,                                                  \
          FunctionEmitter, void>;                                              \
      if constexpr (!std::is_void_v<Self>)                                     \
        static_cast<Self *>(this)->emit##Name(i);                              \
      else                                                                     \
        llvm_unreachable("planTranslation refuses this feature");              \
    }(instruction);                                                            \
    break;
#include "wasm/opcodes.def"
  }
}

void FunctionEmitter::skipUnreachable(const wasm::Instruction &instruction) {
  switch (instruction.opcode) {
  case wasm::Opcode::Block:
  case wasm::Opcode::Loop:
  case wasm::Opcode::If:
  case wasm::Opcode::TryTable:
    ++skippedBlocks_;
    break;
  case wasm::Opcode::Else:
    if (skippedBlocks_ == 0)
      emitElse(instruction);
    break;
  case wasm::Opcode::End:
    if (skippedBlocks_ != 0)
      --skippedBlocks_;
    else
      emitEnd(instruction);
    break;
  default:
    break;
  }
}

//===----------------------------------------------------------------------===//
// Values and traps
//===----------------------------------------------------------------------===//

llvm::Value *FunctionEmitter::popCondition() {
  llvm::Value *value = pop();
  // Undo the widening of a comparison just made: less for -O0 to chew.
  if (auto *widened = llvm::dyn_cast<llvm::ZExtInst>(value))
    if (widened->getSrcTy() == types_.i1)
      return widened->getOperand(0);
  return builder_.CreateICmpNE(value, builder_.getInt32(0));
}

Values FunctionEmitter::popArguments(size_t count) {
  Values arguments(stack_.end() - count, stack_.end());
  stack_.truncate(stack_.size() - count);
  return arguments;
}

void FunctionEmitter::callTrap(Builder &builder, abi::Trap trap) {
  llvm::CallInst *call = builder.CreateCall(module_.trapFunction(trap));
  // Each call keeps its own place in the backtrace.
  call->addFnAttr(llvm::Attribute::NoMerge);
  call->setDoesNotReturn();
}

void FunctionEmitter::trap(abi::Trap trap) {
  // Nothing is left after this one, which a signal may tell as well.
  if (trap != abi::Trap::MemoryOutOfBounds)
    writeFuelBack();
  callTrap(builder_, trap);
  builder_.CreateUnreachable();
}

void FunctionEmitter::trapIf(llvm::Value *condition, abi::Trap which) {
  llvm::BasicBlock *trapBlock = createBlock("trap");
  llvm::BasicBlock *next = createBlock();
  builder_.CreateCondBr(condition, trapBlock, next, module_.unlikely);
  builder_.SetInsertPoint(trapBlock);
  trap(which);
  builder_.SetInsertPoint(next);
}

llvm::LoadInst *FunctionEmitter::loadField(AbiStruct type, llvm::Value *object,
                                           unsigned field, llvm::MDNode *tag) {
  llvm::StructType *layout = types_.abi(type);
  llvm::LoadInst *load =
      builder_.CreateLoad(layout->getElementType(field),
                          builder_.CreateStructGEP(layout, object, field));
  load->setMetadata(llvm::LLVMContext::MD_tbaa, tag);
  return load;
}

} // namespace wrought::translate

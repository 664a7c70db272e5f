#include "translate/function_emitter.h"

namespace wrought::translate {

using wasm::Instruction;
using wasm::ValueType;

FunctionEmitter::BlockSignature
FunctionEmitter::signature(const wasm::BlockType &type) const {
  BlockSignature result;
  switch (type.kind) {
  case wasm::BlockType::Kind::Empty:
    break;
  case wasm::BlockType::Kind::Value:
    result.results.push_back(type.value);
    break;
  case wasm::BlockType::Kind::Type: {
    const wasm::FunctionType &function =
        module_.wasm().types[type.type].function;
    result.parameters.append(function.parameters.begin(),
                             function.parameters.end());
    result.results.append(function.results.begin(), function.results.end());
    break;
  }
  }
  return result;
}

llvm::BasicBlock *FunctionEmitter::createBlock(const llvm::Twine &name) {
  return llvm::BasicBlock::Create(types_.context, name, function_);
}

void FunctionEmitter::createPhis(llvm::BasicBlock *block,
                                 llvm::ArrayRef<ValueType> types,
                                 llvm::SmallVectorImpl<llvm::PHINode *> &phis) {
  for (ValueType type : types) {
    llvm::PHINode *phi = llvm::PHINode::Create(types_.value(type), 2);
    phi->insertInto(block, block->end());
    phis.push_back(phi);
  }
}

ControlFrame &FunctionEmitter::pushFrame(ControlFrame::Kind kind,
                                         const BlockSignature &signature) {
  ControlFrame frame;
  frame.kind = kind;
  frame.end = createBlock();
  frame.height = stack_.size() - signature.parameters.size();
  createPhis(frame.end, signature.results, frame.endPhis);
  frames_.push_back(std::move(frame));
  return frames_.back();
}

/// Records the top of the stack as what a branch from here carries.
void FunctionEmitter::addIncoming(ControlFrame &target) {
  llvm::ArrayRef<llvm::PHINode *> phis = target.branchPhis();
  llvm::BasicBlock *from = builder_.GetInsertBlock();
  for (size_t i = 0; i < phis.size(); ++i)
    phis[i]->addIncoming(stack_[stack_.size() - phis.size() + i], from);
}

void FunctionEmitter::branchTo(ControlFrame &target) {
  addIncoming(target);
  builder_.CreateBr(target.branchTarget());
}

void FunctionEmitter::becomeUnreachable() {
  reachable_ = false;
  stack_.truncate(frames_.back().height);
}

void FunctionEmitter::emitUnreachable(const Instruction &) {
  trap(abi::Trap::Unreachable);
  becomeUnreachable();
}

void FunctionEmitter::emitNop(const Instruction &) {}

void FunctionEmitter::emitBlock(const Instruction &instruction) {
  pushFrame(ControlFrame::Kind::Block, signature(instruction.block));
}

void FunctionEmitter::emitLoop(const Instruction &instruction) {
  const BlockSignature types = signature(instruction.block);
  ControlFrame &frame = pushFrame(ControlFrame::Kind::Loop, types);
  frame.header = createBlock("loop");
  createPhis(frame.header, types.parameters, frame.headerPhis);
  branchTo(frame);
  stack_.truncate(frame.height);
  for (llvm::PHINode *phi : frame.headerPhis)
    push(phi);
  builder_.SetInsertPoint(frame.header);
  checkInterruption();
  beginFuelRegion(/*isChecked=*/true);
}

void FunctionEmitter::emitIf(const Instruction &instruction) {
  llvm::Value *condition = popCondition();
  const BlockSignature types = signature(instruction.block);
  ControlFrame &frame = pushFrame(ControlFrame::Kind::If, types);
  frame.parameters.append(stack_.begin() + frame.height, stack_.end());
  frame.elseBlock = createBlock("else");
  llvm::BasicBlock *then = createBlock("then");
  builder_.CreateCondBr(condition, then, frame.elseBlock);
  builder_.SetInsertPoint(then);
  beginFuelRegion();
}

void FunctionEmitter::emitElse(const Instruction &) {
  ControlFrame &frame = frames_.back();
  if (reachable_)
    branchTo(frame);
  stack_.truncate(frame.height);
  stack_.append(frame.parameters.begin(), frame.parameters.end());
  builder_.SetInsertPoint(frame.elseBlock);
  frame.elseBlock = nullptr;
  reachable_ = true;
  beginFuelRegion();
}

void FunctionEmitter::emitEnd(const Instruction &) {
  ControlFrame &frame = frames_.back();
  // Falling out of a loop is no branch to its header.
  if (frame.kind == ControlFrame::Kind::Loop)
    frame.kind = ControlFrame::Kind::Block;
  if (reachable_)
    branchTo(frame);
  if (frame.elseBlock) {
    // An if without else passes its parameters on.
    builder_.SetInsertPoint(frame.elseBlock);
    stack_.truncate(frame.height);
    stack_.append(frame.parameters.begin(), frame.parameters.end());
    branchTo(frame);
  }
  finishFrame();
}

/// Closes the innermost frame; code goes on at its end if anything gets there.
void FunctionEmitter::finishFrame() {
  ControlFrame frame = std::move(frames_.back());
  frames_.pop_back();
  stack_.truncate(frame.height);
  reachable_ = !frame.end->use_empty();
  if (!reachable_) {
    frame.end->eraseFromParent();
    return;
  }
  // Blocks in the order of the code: easier to read and to allocate for.
  if (frame.end != &function_->back())
    frame.end->moveAfter(&function_->back());
  builder_.SetInsertPoint(frame.end);
  for (llvm::PHINode *phi : frame.endPhis)
    push(phi);
  if (!frames_.empty())
    return beginFuelRegion();
  checkFuelAtReturn();
  // The function's own frame: return what was carried here.
  convention_.returnResults(builder_, stack_);
}

void FunctionEmitter::emitBr(const Instruction &instruction) {
  branchTo(frame(instruction.index));
  becomeUnreachable();
}

/// Branches to a frame on a condition, and goes on behind otherwise.
void FunctionEmitter::branchIf(ControlFrame &target, llvm::Value *condition) {
  addIncoming(target);
  llvm::BasicBlock *next = createBlock();
  builder_.CreateCondBr(condition, target.branchTarget(), next);
  builder_.SetInsertPoint(next);
  beginFuelRegion();
}

void FunctionEmitter::emitBrIf(const Instruction &instruction) {
  llvm::Value *condition = popCondition();
  branchIf(frame(instruction.index), condition);
}

void FunctionEmitter::emitBrTable(const Instruction &instruction) {
  llvm::Value *selector = pop();
  const auto &labels = instruction.labels;
  ControlFrame &fallback = frame(labels.back());
  llvm::SwitchInst *table = builder_.CreateSwitch(
      selector, fallback.branchTarget(), labels.size() - 1);
  addIncoming(fallback);
  for (uint32_t i = 0; i + 1 < labels.size(); ++i) {
    ControlFrame &target = frame(labels[i]);
    table->addCase(builder_.getInt32(i), target.branchTarget());
    addIncoming(target);
  }
  becomeUnreachable();
}

void FunctionEmitter::emitReturn(const Instruction &) {
  branchTo(frames_.front());
  becomeUnreachable();
}

void FunctionEmitter::emitDrop(const Instruction &) { pop(); }

void FunctionEmitter::emitSelect(const Instruction &) {
  llvm::Value *condition = popCondition();
  llvm::Value *second = pop();
  llvm::Value *first = pop();
  push(builder_.CreateSelect(condition, first, second));
}

void FunctionEmitter::emitSelectT(const Instruction &instruction) {
  emitSelect(instruction);
}

} // namespace wrought::translate

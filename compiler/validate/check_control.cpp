//===- check_control.cpp - Blocks, branches and calls ---------------------===//
//
// Source: WebAssembly Specification 3.0, "Validation / Instructions / Control
// Instructions" and "Appendix / Validation Algorithm".
//
//===----------------------------------------------------------------------===//
#include "validate/function_validator.h"
#include "wasm/limits.h"

namespace wrought::validate {

using namespace wasm;

bool FunctionValidator::pushFrame(FrameKind kind, BlockSignature signature) {
  if (frames_.size() >= limits::NestingDepth)
    return fail("nesting too deep: more than " +
                std::to_string(limits::NestingDepth) + " blocks");
  ControlFrame frame;
  frame.signature = signature;
  frame.height = static_cast<uint32_t>(operands_.size());
  frame.initializedCount = static_cast<uint32_t>(initialized_.size());
  frame.kind = kind;
  frame.isEntryReachable = isReachable_;
  frames_.push_back(frame);
  operands_.setFloor(frame.height);
  facts_.maxBlockDepth =
      std::max(facts_.maxBlockDepth, static_cast<uint32_t>(frames_.size()));
  return true;
}

/// Spec 3.0, "Instruction Sequences": what a block sets is set in it only.
void FunctionValidator::forgetInitialized(uint32_t count) {
  while (initialized_.size() > count) {
    isInitialized_[initialized_.back()] = false;
    initialized_.pop_back();
  }
}

BlockSignature FunctionValidator::resolve(const BlockType &block) const {
  switch (block.kind) {
  case BlockType::Kind::Empty:
    return BlockSignature();
  case BlockType::Kind::Value:
    return BlockSignature(block.value);
  case BlockType::Kind::Type:
    break;
  }
  return BlockSignature(*module_.types.functionType(block.type));
}

bool FunctionValidator::checkBlockType(const BlockType &block,
                                       BlockSignature &signature) {
  switch (block.kind) {
  case BlockType::Kind::Empty:
    break;
  case BlockType::Kind::Value:
    if (!checkValueType(block.value))
      return false;
    break;
  case BlockType::Kind::Type:
    if (!functionTypeAt(block.type.value) || !need(Feature::MultiValue))
      return false;
    break;
  }
  signature = resolve(block);
  return true;
}

bool FunctionValidator::enterBlock(const Instruction &instruction,
                                   FrameKind kind) {
  BlockSignature signature;
  if (!checkBlockType(instruction.block, signature))
    return false;
  const TypeList parameters = signature.parameters();
  return popList(parameters) && pushFrame(kind, signature) &&
         pushList(parameters);
}

/// The operands at `else` and `end` are the results, and nothing else.
bool FunctionValidator::closeArm(const char *place) {
  const ControlFrame &frame = frames_.back();
  if (!popList(frame.signature.results()))
    return false;
  return !operands_.hasAny() || surplus(place);
}

bool FunctionValidator::checkElse() {
  if (frames_.back().kind != FrameKind::If)
    return fail("unexpected else: no open if");
  if (!closeArm("else"))
    return false;
  ControlFrame &frame = frames_.back();
  forgetInitialized(frame.initializedCount);
  frame.kind = FrameKind::Else;
  frame.isPolymorphic = false;
  frame.isEndReachable |= isReachable_;
  isReachable_ = frame.isEntryReachable;
  return pushList(frame.signature.parameters());
}

bool FunctionValidator::checkEnd() {
  if (!closeArm("end"))
    return false;
  const ControlFrame frame = frames_.back();
  if (frame.kind == FrameKind::If) {
    if (!matchLists(frame.signature.parameters(), frame.signature.results(),
                    "if without else"))
      return false;
    isReachable_ |= frame.isEntryReachable;
  }
  isReachable_ |= frame.isEndReachable;
  forgetInitialized(frame.initializedCount);
  frames_.pop_back();
  if (frames_.empty())
    return true;
  operands_.setFloor(frames_.back().height);
  return pushList(frame.signature.results());
}

ControlFrame *FunctionValidator::label(uint32_t depth) {
  if (depth < frames_.size()) [[likely]]
    return &frames_[frames_.size() - 1 - depth];
  unknown("label", depth);
  return nullptr;
}

void FunctionValidator::markBranch(ControlFrame &target) {
  if (target.kind != FrameKind::Loop)
    target.isEndReachable |= isReachable_;
}

bool FunctionValidator::checkBranch(uint32_t depth) {
  ControlFrame *target = label(depth);
  if (!target || !popList(target->labelTypes()))
    return false;
  markBranch(*target);
  setUnreachable();
  return true;
}

bool FunctionValidator::checkBranchIf(uint32_t depth) {
  ControlFrame *target = label(depth);
  if (!target || !pop(I32))
    return false;
  markBranch(*target);
  const TypeList types = target->labelTypes();
  if (operands_.endsWith(types)) [[likely]]
    return true;
  return popListSlowly(types) && pushList(types);
}

bool FunctionValidator::checkBranchTable(const Instruction &instruction) {
  if (!pop(I32))
    return false;
  const ControlFrame *last = label(instruction.labels.back());
  if (!last)
    return false;
  const size_t arity = last->labelTypes().size();
  const uint32_t mark = ++branchTableCount_;
  for (uint32_t depth : instruction.labels) {
    ControlFrame *target = label(depth);
    if (!target)
      return false;
    if (target->tableMark == mark)
      continue;
    target->tableMark = mark;
    markBranch(*target);
    const TypeList types = target->labelTypes();
    if (types.size() != arity)
      return fail("type mismatch: label " + std::to_string(depth) +
                  " of br_table takes " + std::to_string(types.size()) +
                  " values, its default " + std::to_string(arity));
    if (!peekList(types))
      return false;
  }
  setUnreachable();
  return true;
}

bool FunctionValidator::checkReturn() {
  ControlFrame &body = frames_.front();
  if (!popList(body.labelTypes()))
    return false;
  markBranch(body);
  setUnreachable();
  return true;
}

bool FunctionValidator::checkCall(uint32_t function) {
  if (function >= module_.functions.size())
    return unknown("function", function);
  return checkCallee(module_.functionType(FunctionIndex(function)), false);
}

bool FunctionValidator::checkReturnCall(uint32_t function) {
  if (function >= module_.functions.size())
    return unknown("function", function);
  return checkCallee(module_.functionType(FunctionIndex(function)), true);
}

bool FunctionValidator::checkCallee(const FunctionType &callee, bool isTail) {
  if (!popList(callee.parameters))
    return false;
  if (!isTail)
    return pushList(callee.results);
  if (!matchLists(callee.results, functionType_->results,
                  "callee of a tail call"))
    return false;
  markBranch(frames_.front());
  setUnreachable();
  return true;
}

bool FunctionValidator::checkCallIndirect(const Instruction &instruction,
                                          bool isTail) {
  const TableType *table = tableAt(instruction.index2);
  if (!table)
    return false;
  if (!matches(table->element, ValueType::funcRef()))
    return fail("type mismatch: expected a table of functions, table " +
                std::to_string(instruction.index2) + " has " +
                describe(table->element));
  const FunctionType *type = functionTypeAt(instruction.index);
  return type && pop(table->limits.is64 ? I64 : I32) &&
         checkCallee(*type, isTail);
}

bool FunctionValidator::checkCallRef(uint32_t index, bool isTail) {
  const FunctionType *type = functionTypeAt(index);
  return type && need(Feature::FunctionReferences) &&
         pop(ValueType::reference(TypeIndex(index), true)) &&
         checkCallee(*type, isTail);
}

} // namespace wrought::validate

//===- check_exception.cpp - Throwing and catching ------------------------===//
//
// Source: WebAssembly Specification 3.0, "Validation / Instructions / Control
// Instructions" (throw, throw_ref, try_table and its catch clauses).
//
//===----------------------------------------------------------------------===//
#include "validate/function_validator.h"

namespace wrought::validate {

using namespace wasm;

const FunctionType *FunctionValidator::tagTypeAt(uint32_t index) {
  if (index < module_.tags.size())
    return functionTypeAt(module_.tags[index].type.type.value);
  unknown("tag", index);
  return nullptr;
}

bool FunctionValidator::checkThrow(uint32_t tag) {
  const FunctionType *type = tagTypeAt(tag);
  if (!type || !popList(type->parameters))
    return false;
  setUnreachable();
  return true;
}

bool FunctionValidator::checkThrowRef() {
  if (!pop(ValueType::reference(AbstractHeap::Exn, true)))
    return false;
  setUnreachable();
  return true;
}

/// Labels count from outside of the try_table.
bool FunctionValidator::checkCatch(const CatchClause &clause) {
  ControlFrame *target = label(clause.label);
  if (!target)
    return false;
  llvm::SmallVector<ValueType, 8> types;
  if (clause.kind == CatchKind::Catch || clause.kind == CatchKind::CatchRef) {
    const FunctionType *tag = tagTypeAt(clause.tag.value);
    if (!tag)
      return false;
    types.append(tag->parameters.begin(), tag->parameters.end());
  }
  if (clause.kind == CatchKind::CatchRef ||
      clause.kind == CatchKind::CatchAllRef)
    types.push_back(ValueType::reference(AbstractHeap::Exn, false));
  markBranch(*target);
  return matchLists(types, target->labelTypes(), "catch clause");
}

bool FunctionValidator::checkTryTable(const Instruction &instruction) {
  BlockSignature signature;
  if (!checkBlockType(instruction.block, signature))
    return false;
  for (const CatchClause &clause : instruction.catches)
    if (!checkCatch(clause))
      return false;
  const TypeList parameters = signature.parameters();
  return popList(parameters) && pushFrame(FrameKind::TryTable, signature) &&
         pushList(parameters);
}

} // namespace wrought::validate

//===- check_variable.cpp - drop, select, locals and globals --------------===//
//
// Source: WebAssembly Specification 3.0, "Validation / Instructions":
// "Parametric Instructions", "Variable Instructions".
//
//===----------------------------------------------------------------------===//
#include "validate/function_validator.h"

namespace wrought::validate {

using namespace wasm;

bool FunctionValidator::checkDrop() {
  ValueType type;
  return popAny(type);
}

bool FunctionValidator::checkSelect() {
  ValueType second, first;
  if (!pop(I32) || !popAny(second) || !popAny(first))
    return false;
  if (first.isReference() || second.isReference())
    return fail("type mismatch: select of references needs a type, found " +
                describe(first.isReference() ? first : second));
  if (!first.isBottom() && !second.isBottom() && !sameBits(first, second))
    return mismatch(first, second);
  push(first.isBottom() ? second : first);
  return true;
}

bool FunctionValidator::checkSelectTyped(const Instruction &instruction) {
  if (instruction.types.size() != 1)
    return fail("invalid result arity: select has " +
                std::to_string(instruction.types.size()) + " types");
  const ValueType type = instruction.types.front();
  if (!checkValueType(type) || !pop(I32) || !pop(type) || !pop(type))
    return false;
  push(type);
  return true;
}

bool FunctionValidator::checkLocalGet(uint32_t index) {
  if (index >= locals_.size()) [[unlikely]]
    return unknown("local", index);
  if (tracksLocals_ && !isInitialized_[index]) [[unlikely]]
    return fail("uninitialized local: local " + std::to_string(index) +
                " of type " + describe(locals_[index]) +
                " is read before it is set");
  push(locals_[index]);
  return true;
}

void FunctionValidator::markInitialized(uint32_t index) {
  if (isInitialized_[index])
    return;
  isInitialized_[index] = true;
  initialized_.push_back(index);
}

bool FunctionValidator::checkLocalSet(uint32_t index) {
  if (index >= locals_.size()) [[unlikely]]
    return unknown("local", index);
  if (!pop(locals_[index]))
    return false;
  if (tracksLocals_) [[unlikely]]
    markInitialized(index);
  return true;
}

bool FunctionValidator::checkLocalTee(uint32_t index) {
  if (!checkLocalSet(index))
    return false;
  push(locals_[index]);
  return true;
}

/// Spec 3.0, "Constant Expressions": of the globals before this one, those
/// that never change.
bool FunctionValidator::checkGlobalGet(uint32_t index) {
  if (index >= visibleGlobals_) [[unlikely]]
    return unknown("global", index);
  const Global &global = module_.globals[index];
  if (isConstant_) {
    if (global.type.isMutable)
      return fail("constant expression required: global " +
                  std::to_string(index) + " is mutable");
    if (!global.import && !need(Feature::ExtendedConst))
      return false;
  }
  push(global.type.value);
  return true;
}

bool FunctionValidator::checkGlobalSet(uint32_t index) {
  if (index >= module_.globals.size())
    return unknown("global", index);
  const GlobalType &type = module_.globals[index].type;
  if (!type.isMutable)
    return fail("immutable global: global " + std::to_string(index) +
                " cannot be set");
  return pop(type.value);
}

} // namespace wrought::validate

//===- check_reference.cpp - References, casts and branches on them -------===//
//
// Source: WebAssembly Specification 3.0, "Validation / Instructions":
// "Reference Instructions", and br_on_* of "Control Instructions".
//
//===----------------------------------------------------------------------===//
#include "validate/function_validator.h"

namespace wrought::validate {

using namespace wasm;

namespace {

/// Spec 3.0, "Type Difference": what is left of `from` when a cast to `to`
/// has failed.
ValueType difference(ValueType from, ValueType to) {
  return to.isNullable() ? from.asNonNull() : from;
}

} // namespace

bool FunctionValidator::checkRefNull(HeapType heap) {
  if (!checkHeapType(heap))
    return false;
  push(ValueType::reference(heap, true));
  return true;
}

bool FunctionValidator::checkRefIsNull() {
  ValueType type;
  if (!popReference(type))
    return false;
  push(I32);
  return true;
}

bool FunctionValidator::checkRefFunc(uint32_t function) {
  if (function >= module_.functions.size())
    return unknown("function", function);
  if (isConstant_)
    referencedFunctions_.push_back(function);
  else if (!context_.declaredFunctions[function])
    return fail("undeclared function reference: function " +
                std::to_string(function) +
                " is in no element segment, export or global");
  push(ValueType::reference(module_.functions[function].type, false));
  return true;
}

bool FunctionValidator::checkRefEq() {
  const ValueType eqRef = ValueType::reference(AbstractHeap::Eq, true);
  if (!pop(eqRef) || !pop(eqRef))
    return false;
  push(I32);
  return true;
}

bool FunctionValidator::checkRefAsNonNull() {
  ValueType type;
  if (!popReference(type))
    return false;
  push(type.asNonNull());
  return true;
}

bool FunctionValidator::checkBrOnNull(uint32_t depth) {
  ControlFrame *target = label(depth);
  ValueType type;
  if (!target || !popReference(type))
    return false;
  markBranch(*target);
  const TypeList types = target->labelTypes();
  if (!popList(types) || !pushList(types))
    return false;
  push(type.asNonNull());
  return true;
}

bool FunctionValidator::checkBrOnNonNull(uint32_t depth) {
  ControlFrame *target = label(depth);
  ValueType type;
  if (!target || !popReference(type))
    return false;
  markBranch(*target);
  const TypeList types = target->labelTypes();
  if (types.empty())
    return fail("type mismatch: label " + std::to_string(depth) +
                " of br_on_non_null takes no reference");
  if (!matches(type.asNonNull(), types.back()))
    return mismatch(types.back(), type.asNonNull());
  return popList(types.drop_back()) && pushList(types.drop_back());
}

bool FunctionValidator::checkRefTest(HeapType heap) {
  if (!checkHeapType(heap) ||
      !pop(ValueType::reference(module_.types.top(heap), true)))
    return false;
  push(I32);
  return true;
}

bool FunctionValidator::checkRefCast(HeapType heap, bool isNullable) {
  if (!checkHeapType(heap) ||
      !pop(ValueType::reference(module_.types.top(heap), true)))
    return false;
  push(ValueType::reference(heap, isNullable));
  return true;
}

bool FunctionValidator::checkBrOnCast(const Instruction &instruction,
                                      bool onFail) {
  const ValueType from = instruction.castFrom, to = instruction.castTo;
  ControlFrame *target = label(instruction.index);
  if (!target || !checkValueType(from) || !checkValueType(to))
    return false;
  if (!matches(to, from))
    return fail("type mismatch: cannot cast " + describe(from) + " to " +
                describe(to));
  const ValueType failed = difference(from, to);
  const ValueType taken = onFail ? failed : to;
  const TypeList types = target->labelTypes();
  if (types.empty() || !matches(taken, types.back()))
    return fail("type mismatch: label " + std::to_string(instruction.index) +
                " does not take " + describe(taken));
  markBranch(*target);
  if (!pop(from) || !popList(types.drop_back()) || !pushList(types.drop_back()))
    return false;
  push(onFail ? to : failed);
  return true;
}

bool FunctionValidator::checkConvert(AbstractHeap from, AbstractHeap to) {
  ValueType type;
  if (!popReference(type))
    return false;
  if (!matches(type, ValueType::reference(from, true)))
    return mismatch(ValueType::reference(from, true), type);
  push(ValueType::reference(to, type.isNullable()));
  return true;
}

} // namespace wrought::validate

//===- check_gc.cpp - Structs, arrays and i31 -----------------------------===//
//
// Source: WebAssembly Specification 3.0, "Validation / Instructions /
// Aggregate Instructions".
//
//===----------------------------------------------------------------------===//
#include "validate/function_validator.h"
#include "wasm/limits.h"

#include "llvm/Support/ErrorHandling.h"

namespace wrought::validate {

using namespace wasm;

namespace {

ValueType reference(uint32_t type, bool isNullable) {
  return ValueType::reference(TypeIndex(type), isNullable);
}

} // namespace

const SubType *FunctionValidator::structTypeAt(uint32_t index) {
  if (!module_.types.contains(TypeIndex(index))) {
    unknown("type", index);
    return nullptr;
  }
  const SubType &type = module_.types[TypeIndex(index)];
  if (type.kind == CompositeKind::Struct)
    return &type;
  fail("type mismatch: type " + std::to_string(index) + " is not a struct");
  return nullptr;
}

const FieldType *FunctionValidator::arrayFieldAt(uint32_t index) {
  if (!module_.types.contains(TypeIndex(index))) {
    unknown("type", index);
    return nullptr;
  }
  const SubType &type = module_.types[TypeIndex(index)];
  if (type.kind == CompositeKind::Array)
    return &type.fields.front();
  fail("type mismatch: type " + std::to_string(index) + " is not an array");
  return nullptr;
}

const FieldType *FunctionValidator::structFieldAt(uint32_t type,
                                                  uint32_t field) {
  const SubType *structure = structTypeAt(type);
  if (!structure)
    return nullptr;
  if (field < structure->fields.size())
    return &structure->fields[field];
  fail("unknown field " + std::to_string(field) + " of type " +
       std::to_string(type));
  return nullptr;
}

/// Packed fields are read with a sign, all others without.
bool FunctionValidator::checkExtension(const FieldType &field,
                                       Extension extension, const char *what) {
  const bool isPacked = field.packed != PackedKind::None;
  if (isPacked == (extension != Extension::None))
    return true;
  return fail("type mismatch: " + std::string(what) +
              (isPacked ? " is packed and needs get_s or get_u"
                        : " is not packed and needs plain get"));
}

bool FunctionValidator::checkStructNew(uint32_t index) {
  const SubType *type = structTypeAt(index);
  if (!type)
    return false;
  for (size_t i = type->fields.size(); i-- != 0;)
    if (!pop(type->fields[i].value))
      return false;
  push(reference(index, false));
  return true;
}

bool FunctionValidator::checkStructNewDefault(uint32_t index) {
  const SubType *type = structTypeAt(index);
  if (!type)
    return false;
  for (const FieldType &field : type->fields)
    if (!field.value.isDefaultable())
      return fail("type mismatch: a field of type " + std::to_string(index) +
                  " has no default: " + describe(field.value));
  push(reference(index, false));
  return true;
}

bool FunctionValidator::checkStructGet(const Instruction &instruction,
                                       Extension extension) {
  const FieldType *field = structFieldAt(instruction.index, instruction.index2);
  if (!field || !checkExtension(*field, extension, "field") ||
      !pop(reference(instruction.index, true)))
    return false;
  push(field->value);
  return true;
}

bool FunctionValidator::checkStructSet(const Instruction &instruction) {
  const FieldType *field = structFieldAt(instruction.index, instruction.index2);
  if (!field)
    return false;
  if (!field->isMutable)
    return fail("immutable field: field " + std::to_string(instruction.index2) +
                " of type " + std::to_string(instruction.index) +
                " cannot be set");
  return pop(field->value) && pop(reference(instruction.index, true));
}

bool FunctionValidator::checkArrayNew(uint32_t type) {
  const FieldType *field = arrayFieldAt(type);
  if (!field || !pop(I32) || !pop(field->value))
    return false;
  push(reference(type, false));
  return true;
}

bool FunctionValidator::checkArrayNewDefault(uint32_t type) {
  const FieldType *field = arrayFieldAt(type);
  if (!field)
    return false;
  if (!field->value.isDefaultable())
    return fail("type mismatch: elements of type " + std::to_string(type) +
                " have no default: " + describe(field->value));
  if (!pop(I32))
    return false;
  push(reference(type, false));
  return true;
}

bool FunctionValidator::checkArrayNewFixed(const Instruction &instruction) {
  const FieldType *field = arrayFieldAt(instruction.index);
  if (!field)
    return false;
  if (instruction.index2 > limits::ArrayFixedElements)
    return fail("array.new_fixed too long: " +
                std::to_string(instruction.index2) + " elements");
  for (uint32_t i = 0; i < instruction.index2; ++i)
    if (!pop(field->value))
      return false;
  push(reference(instruction.index, false));
  return true;
}

bool FunctionValidator::checkMutableArray(const FieldType &field,
                                          uint32_t type) {
  return field.isMutable || fail("immutable array: type " +
                                 std::to_string(type) + " cannot be written");
}

bool FunctionValidator::checkDataArray(const FieldType &field, uint32_t type) {
  return !field.value.isReference() ||
         fail("array type is not numeric or vector: type " +
              std::to_string(type) + " has " + describe(field.value));
}

bool FunctionValidator::checkElementArray(const FieldType &field,
                                          uint32_t segment) {
  const ElementSegment *element = elementAt(segment);
  if (!element)
    return false;
  return matches(elementType(*element), field.value) ||
         mismatch(field.value, elementType(*element));
}

bool FunctionValidator::checkArrayNewData(const Instruction &instruction) {
  const FieldType *field = arrayFieldAt(instruction.index);
  if (!field || !checkDataArray(*field, instruction.index) ||
      !checkDataSegment(instruction.index2) || !pop(I32) || !pop(I32))
    return false;
  push(reference(instruction.index, false));
  return true;
}

bool FunctionValidator::checkArrayNewElem(const Instruction &instruction) {
  const FieldType *field = arrayFieldAt(instruction.index);
  if (!field || !checkElementArray(*field, instruction.index2) || !pop(I32) ||
      !pop(I32))
    return false;
  push(reference(instruction.index, false));
  return true;
}

bool FunctionValidator::checkArrayGet(uint32_t type, Extension extension) {
  const FieldType *field = arrayFieldAt(type);
  if (!field || !checkExtension(*field, extension, "array") || !pop(I32) ||
      !pop(reference(type, true)))
    return false;
  push(field->value);
  return true;
}

bool FunctionValidator::checkArraySet(uint32_t type) {
  const FieldType *field = arrayFieldAt(type);
  return field && checkMutableArray(*field, type) && pop(field->value) &&
         pop(I32) && pop(reference(type, true));
}

bool FunctionValidator::checkArrayLen() {
  if (!pop(ValueType::reference(AbstractHeap::Array, true)))
    return false;
  push(I32);
  return true;
}

bool FunctionValidator::checkArrayFill(uint32_t type) {
  const FieldType *field = arrayFieldAt(type);
  return field && checkMutableArray(*field, type) && pop(I32) &&
         pop(field->value) && pop(I32) && pop(reference(type, true));
}

bool FunctionValidator::checkArrayCopy(const Instruction &instruction) {
  const FieldType *destination = arrayFieldAt(instruction.index);
  const FieldType *source =
      destination ? arrayFieldAt(instruction.index2) : nullptr;
  if (!source || !checkMutableArray(*destination, instruction.index))
    return false;
  if (source->packed != destination->packed ||
      !matches(source->value, destination->value))
    return fail("array types do not match: type " +
                std::to_string(instruction.index2) + " into type " +
                std::to_string(instruction.index));
  return pop(I32) && pop(I32) && pop(reference(instruction.index2, true)) &&
         pop(I32) && pop(reference(instruction.index, true));
}

bool FunctionValidator::checkArrayInitData(const Instruction &instruction) {
  const FieldType *field = arrayFieldAt(instruction.index);
  return field && checkMutableArray(*field, instruction.index) &&
         checkDataArray(*field, instruction.index) &&
         checkDataSegment(instruction.index2) && pop(I32) && pop(I32) &&
         pop(I32) && pop(reference(instruction.index, true));
}

bool FunctionValidator::checkArrayInitElem(const Instruction &instruction) {
  const FieldType *field = arrayFieldAt(instruction.index);
  return field && checkMutableArray(*field, instruction.index) &&
         checkElementArray(*field, instruction.index2) && pop(I32) &&
         pop(I32) && pop(I32) && pop(reference(instruction.index, true));
}

bool FunctionValidator::checkGc(const Instruction &instruction) {
  using enum Opcode;
  const ValueType i31 = ValueType::reference(AbstractHeap::I31, false);
  const ValueType nullableI31 = ValueType::reference(AbstractHeap::I31, true);
  const auto convert = [this](ValueType from, ValueType to) {
    if (!pop(from))
      return false;
    push(to);
    return true;
  };
  switch (instruction.opcode) {
  case StructNew:
    return checkStructNew(instruction.index);
  case StructNewDefault:
    return checkStructNewDefault(instruction.index);
  case StructGet:
    return checkStructGet(instruction, Extension::None);
  case StructGetS:
    return checkStructGet(instruction, Extension::Signed);
  case StructGetU:
    return checkStructGet(instruction, Extension::Unsigned);
  case StructSet:
    return checkStructSet(instruction);
  case ArrayNew:
    return checkArrayNew(instruction.index);
  case ArrayNewDefault:
    return checkArrayNewDefault(instruction.index);
  case ArrayNewFixed:
    return checkArrayNewFixed(instruction);
  case ArrayNewData:
    return checkArrayNewData(instruction);
  case ArrayNewElem:
    return checkArrayNewElem(instruction);
  case ArrayGet:
    return checkArrayGet(instruction.index, Extension::None);
  case ArrayGetS:
    return checkArrayGet(instruction.index, Extension::Signed);
  case ArrayGetU:
    return checkArrayGet(instruction.index, Extension::Unsigned);
  case ArraySet:
    return checkArraySet(instruction.index);
  case ArrayLen:
    return checkArrayLen();
  case ArrayFill:
    return checkArrayFill(instruction.index);
  case ArrayCopy:
    return checkArrayCopy(instruction);
  case ArrayInitData:
    return checkArrayInitData(instruction);
  case ArrayInitElem:
    return checkArrayInitElem(instruction);
  case RefI31:
    return convert(I32, i31);
  case I31GetS:
  case I31GetU:
    return convert(nullableI31, I32);
  default:
    llvm_unreachable("a custom row without a rule");
  }
}

} // namespace wrought::validate

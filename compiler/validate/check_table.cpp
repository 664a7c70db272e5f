//===- check_table.cpp - Tables and element segments ----------------------===//
//
// Source: WebAssembly Specification 3.0, "Validation / Instructions / Table
// Instructions".
//
//===----------------------------------------------------------------------===//
#include "validate/function_validator.h"

namespace wrought::validate {

using namespace wasm;

namespace {

ValueType indexType(const TableType &table) {
  return table.limits.is64 ? I64 : I32;
}

} // namespace

const TableType *FunctionValidator::tableAt(uint32_t index) {
  if (index < module_.tables.size()) [[likely]]
    return &module_.tables[index].type;
  unknown("table", index);
  return nullptr;
}

const ElementSegment *FunctionValidator::elementAt(uint32_t index) {
  if (index < module_.elements.size())
    return &module_.elements[index];
  unknown("elem segment", index);
  return nullptr;
}

bool FunctionValidator::checkTableGet(uint32_t index) {
  const TableType *table = tableAt(index);
  if (!table || !pop(indexType(*table)))
    return false;
  push(table->element);
  return true;
}

bool FunctionValidator::checkTableSet(uint32_t index) {
  const TableType *table = tableAt(index);
  return table && pop(table->element) && pop(indexType(*table));
}

bool FunctionValidator::checkTableInit(const Instruction &instruction) {
  const TableType *table = tableAt(instruction.index2);
  const ElementSegment *segment =
      table ? elementAt(instruction.index) : nullptr;
  if (!segment)
    return false;
  if (!matches(elementType(*segment), table->element))
    return mismatch(table->element, elementType(*segment));
  return pop(I32) && pop(I32) && pop(indexType(*table));
}

bool FunctionValidator::checkTableCopy(const Instruction &instruction) {
  const TableType *destination = tableAt(instruction.index);
  const TableType *source = destination ? tableAt(instruction.index2) : nullptr;
  if (!source)
    return false;
  if (!matches(source->element, destination->element))
    return mismatch(destination->element, source->element);
  const bool isLong = destination->limits.is64 && source->limits.is64;
  return pop(isLong ? I64 : I32) && pop(indexType(*source)) &&
         pop(indexType(*destination));
}

bool FunctionValidator::checkTableGrow(uint32_t index) {
  const TableType *table = tableAt(index);
  if (!table || !pop(indexType(*table)) || !pop(table->element))
    return false;
  push(indexType(*table));
  return true;
}

bool FunctionValidator::checkTableSize(uint32_t index) {
  const TableType *table = tableAt(index);
  if (!table)
    return false;
  push(indexType(*table));
  return true;
}

bool FunctionValidator::checkTableFill(uint32_t index) {
  const TableType *table = tableAt(index);
  return table && pop(indexType(*table)) && pop(table->element) &&
         pop(indexType(*table));
}

} // namespace wrought::validate

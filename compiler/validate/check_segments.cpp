//===- check_segments.cpp - Initialisers, elements and data ---------------===//
//
// Source: WebAssembly Specification 3.0, "Validation / Modules": tables,
// globals, element and data segments.
//
//===----------------------------------------------------------------------===//
#include "validate/module_checker.h"

namespace wrought::validate {

using namespace wasm;
using llvm::Twine;

namespace {

constexpr uint8_t DataCountSection = 12;

} // namespace

/// Tables come before the module's own globals and cannot read them.
void ModuleChecker::checkTableInitializers() {
  for (size_t i = module_.importedTableCount; i < module_.tables.size(); ++i)
    if (const auto &initializer = module_.tables[i].initializer)
      checkConstant(*initializer, module_.tables[i].type.element,
                    module_.importedGlobalCount,
                    "initializer of table " + Twine(i));
}

void ModuleChecker::checkGlobalInitializers() {
  for (size_t i = module_.importedGlobalCount; i < module_.globals.size(); ++i)
    checkConstant(module_.globals[i].initializer, module_.globals[i].type.value,
                  static_cast<uint32_t>(i),
                  "initializer of global " + Twine(i));
}

void ModuleChecker::checkSegmentTypes() {
  for (const ElementSegment &segment : module_.elements)
    if (segment.usesExpressions &&
        need(Feature::ReferenceTypes, segment.byteOffset, "element segment"))
      checkValueType(segment.type, segment.byteOffset, "element segment");
}

void ModuleChecker::checkElements() {
  for (size_t i = 0; i < module_.elements.size(); ++i) {
    const ElementSegment &segment = module_.elements[i];
    switch (segment.mode) {
    case SegmentMode::Active:
      checkActiveElement(segment, i);
      break;
    case SegmentMode::Passive:
      need(Feature::BulkMemory, segment.byteOffset,
           "passive element segment " + Twine(i));
      break;
    case SegmentMode::Declarative:
      need(Feature::ReferenceTypes, segment.byteOffset,
           "declarative element segment " + Twine(i));
      break;
    }
    checkElementItems(segment, i);
  }
}

void ModuleChecker::checkActiveElement(const ElementSegment &segment,
                                       size_t index) {
  if (segment.table.value >= module_.tables.size())
    return error(segment.byteOffset,
                 "unknown table " + Twine(segment.table.value));
  const TableType &table = module_.tables[segment.table.value].type;
  if (!module_.types.isSubtype(elementType(segment), table.element))
    error(segment.byteOffset,
          "type mismatch: element segment " + Twine(index) + " has " +
              module_.types.toString(elementType(segment)) + ", table " +
              Twine(segment.table.value) + " has " +
              module_.types.toString(table.element));
  checkConstant(segment.offset, table.limits.is64 ? I64 : I32,
                static_cast<uint32_t>(module_.globals.size()),
                "offset of element segment " + Twine(index));
}

void ModuleChecker::checkElementItems(const ElementSegment &segment,
                                      size_t index) {
  for (FunctionIndex function : segment.functions) {
    if (function.value >= module_.functions.size())
      return error(segment.byteOffset,
                   "unknown function " + Twine(function.value) +
                       " (in element segment " + Twine(index) + ")");
    declare(function.value);
  }
  for (const ConstantExpression &item : segment.expressions)
    checkConstant(item, segment.type,
                  static_cast<uint32_t>(module_.globals.size()),
                  "items of element segment " + Twine(index));
}

void ModuleChecker::checkData() {
  if (module_.dataCount)
    need(Feature::BulkMemory, sectionOffset(DataCountSection),
         "data count section");
  for (size_t i = 0; i < module_.data.size(); ++i) {
    const DataSegment &segment = module_.data[i];
    if (segment.mode != SegmentMode::Active) {
      need(Feature::BulkMemory, segment.byteOffset,
           "passive data segment " + Twine(i));
      continue;
    }
    if (segment.memory.value >= module_.memories.size()) {
      error(segment.byteOffset,
            "unknown memory " + Twine(segment.memory.value));
      continue;
    }
    checkConstant(segment.offset,
                  module_.memories[segment.memory.value].type.indexType(),
                  static_cast<uint32_t>(module_.globals.size()),
                  "offset of data segment " + Twine(i));
  }
}

} // namespace wrought::validate

//===- check_entities.cpp - Imports, index spaces, exports, start ---------===//
//
// Source: WebAssembly Specification 3.0, "Validation / Modules" and
// "Validation / Types".
//
//===----------------------------------------------------------------------===//
#include "validate/module_checker.h"
#include "wasm/limits.h"

#include <algorithm>

namespace wrought::validate {

using namespace wasm;
using llvm::Twine;

namespace {

constexpr uint8_t FunctionSection = 3;

/// Most pages that an index type can address. The count itself must be an
/// index too, which is what bounds pages of one byte.
uint64_t greatestPageCount(const MemoryType &type) {
  if (type.pageSizeLog2 == 0)
    return type.limits.is64 ? UINT64_MAX : UINT32_MAX;
  return type.limits.is64 ? limits::MemoryPages64 : limits::MemoryPages32;
}

} // namespace

void ModuleChecker::checkImports() {
  for (const Import &import : module_.imports) {
    const uint64_t offset = import.byteOffset;
    switch (import.kind()) {
    case ExternalKind::Function: {
      const auto index = std::get<FunctionIndex>(import.entity);
      checkFunctionTypeIndex(module_.functions[index.value].type, offset);
      break;
    }
    case ExternalKind::Table:
      checkTable(std::get<TableIndex>(import.entity).value, offset);
      break;
    case ExternalKind::Memory:
      checkMemory(std::get<MemoryIndex>(import.entity).value, offset);
      break;
    case ExternalKind::Global: {
      const uint32_t index = std::get<GlobalIndex>(import.entity).value;
      checkGlobal(index, offset);
      if (module_.globals[index].type.isMutable)
        need(Feature::MutableGlobals, offset,
             "imported global " + Twine(index));
      break;
    }
    case ExternalKind::Tag:
      checkTag(std::get<TagIndex>(import.entity).value, offset);
      break;
    }
  }
}

bool ModuleChecker::checkFunctionTypeIndex(TypeIndex type,
                                           uint64_t byteOffset) {
  if (module_.types.functionType(type))
    return true;
  if (module_.types.contains(type))
    error(byteOffset, "type mismatch: type " + Twine(type.value) +
                          " is not a function type");
  else
    error(byteOffset, "unknown type " + Twine(type.value));
  return false;
}

void ModuleChecker::checkFunctions() {
  const uint64_t offset = sectionOffset(FunctionSection);
  for (size_t i = module_.importedFunctionCount; i < module_.functions.size();
       ++i)
    checkFunctionTypeIndex(module_.functions[i].type, offset);
}

void ModuleChecker::checkLimits(const Limits &limits, uint64_t greatest,
                                const char *what, const Twine &bound,
                                uint64_t byteOffset) {
  if (limits.minimum > greatest || limits.maximum.value_or(0) > greatest)
    return error(byteOffset, Twine(what) + " must be at most " + bound);
  if (limits.maximum && *limits.maximum < limits.minimum)
    error(byteOffset, "size minimum must not be greater than maximum: " +
                          Twine(limits.minimum) + " > " +
                          Twine(*limits.maximum));
}

void ModuleChecker::checkTables() {
  for (size_t i = module_.importedTableCount; i < module_.tables.size(); ++i)
    checkTable(static_cast<uint32_t>(i), module_.tables[i].byteOffset);
}

void ModuleChecker::checkTable(uint32_t index, uint64_t byteOffset) {
  const Table &table = module_.tables[index];
  const Limits &limits = table.type.limits;
  const std::string what = "table " + std::to_string(index);
  if (table.type.element != ValueType::funcRef())
    checkValueType(table.type.element, byteOffset, what);
  if (index != 0)
    need(Feature::ReferenceTypes, byteOffset, what);
  if (limits.is64)
    need(Feature::Memory64, byteOffset, what);
  if (table.initializer)
    need(Feature::FunctionReferences, byteOffset, "initializer of " + what);
  checkLimits(limits, limits.is64 ? UINT64_MAX : UINT32_MAX, "table size",
              limits.is64 ? "2^64-1 elements" : "2^32-1 elements", byteOffset);
  if (!table.import && !table.initializer && !table.type.element.isNullable())
    error(byteOffset, "type mismatch: " + what + " of " +
                          module_.types.toString(table.type.element) +
                          " has no null and needs an initializer");
}

void ModuleChecker::checkMemories() {
  for (size_t i = module_.importedMemoryCount; i < module_.memories.size(); ++i)
    checkMemory(static_cast<uint32_t>(i), module_.memories[i].byteOffset);
}

void ModuleChecker::checkMemory(uint32_t index, uint64_t byteOffset) {
  const MemoryType &type = module_.memories[index].type;
  const std::string what = "memory " + std::to_string(index);
  if (index != 0)
    need(Feature::MultiMemory, byteOffset, what);
  if (type.limits.is64)
    need(Feature::Memory64, byteOffset, what);
  if (type.pageSizeLog2 != 16) {
    need(Feature::CustomPageSizes, byteOffset, what);
    if (type.pageSizeLog2 != 0)
      return error(byteOffset, "invalid custom page size: 2^" +
                                   Twine(type.pageSizeLog2) +
                                   " bytes, expected 1 or 65536");
  }
  if (type.limits.isShared) {
    need(Feature::Threads, byteOffset, "shared " + what);
    if (!type.limits.maximum)
      error(byteOffset, "shared memory must have maximum: " + what);
  }
  const uint64_t greatest = greatestPageCount(type);
  checkLimits(type.limits, greatest, "memory size",
              Twine(greatest) + " pages" + (type.limits.is64 ? "" : " (4GiB)"),
              byteOffset);
}

void ModuleChecker::checkTags() {
  for (size_t i = module_.importedTagCount; i < module_.tags.size(); ++i)
    checkTag(static_cast<uint32_t>(i), module_.tags[i].byteOffset);
}

void ModuleChecker::checkTag(uint32_t index, uint64_t byteOffset) {
  const TypeIndex type = module_.tags[index].type.type;
  if (!need(Feature::Exceptions, byteOffset, "tag " + Twine(index)) ||
      !checkFunctionTypeIndex(type, byteOffset))
    return;
  if (!module_.types.functionType(type)->results.empty())
    error(byteOffset, "non-empty tag result type: tag " + Twine(index));
}

void ModuleChecker::checkGlobals() {
  for (size_t i = module_.importedGlobalCount; i < module_.globals.size(); ++i)
    checkGlobal(static_cast<uint32_t>(i), module_.globals[i].byteOffset);
}

void ModuleChecker::checkGlobal(uint32_t index, uint64_t byteOffset) {
  checkValueType(module_.globals[index].type.value, byteOffset,
                 "global " + Twine(index));
}

size_t ModuleChecker::indexSpaceSize(ExternalKind kind) const {
  switch (kind) {
  case ExternalKind::Function:
    return module_.functions.size();
  case ExternalKind::Table:
    return module_.tables.size();
  case ExternalKind::Memory:
    return module_.memories.size();
  case ExternalKind::Global:
    return module_.globals.size();
  case ExternalKind::Tag:
    return module_.tags.size();
  }
  return 0;
}

void ModuleChecker::checkExports() {
  for (const Export &exported : module_.exports)
    checkExport(exported);
  checkExportNames();
}

void ModuleChecker::checkExport(const Export &exported) {
  if (exported.index >= indexSpaceSize(exported.kind))
    return error(exported.byteOffset, Twine("unknown ") +
                                          toString(exported.kind) + " " +
                                          Twine(exported.index));
  if (exported.kind == ExternalKind::Function)
    declare(exported.index);
  if (exported.kind == ExternalKind::Global &&
      module_.globals[exported.index].type.isMutable)
    need(Feature::MutableGlobals, exported.byteOffset,
         "exported global " + Twine(exported.index));
}

/// Sorted and not hashed: names may be chosen to collide.
void ModuleChecker::checkExportNames() {
  std::vector<uint32_t> order(module_.exports.size());
  for (uint32_t i = 0; i < order.size(); ++i)
    order[i] = i;
  const auto name = [this](uint32_t i) { return module_.exports[i].name; };
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const int difference = name(a).compare(name(b));
    return difference != 0 ? difference < 0 : a < b;
  });
  std::vector<uint32_t> duplicates;
  for (size_t i = 1; i < order.size(); ++i)
    if (name(order[i]) == name(order[i - 1]))
      duplicates.push_back(order[i]);
  std::sort(duplicates.begin(), duplicates.end());
  for (uint32_t i : duplicates)
    error(module_.exports[i].byteOffset, Twine("duplicate export name: \"") +
                                             escapeForDisplay(name(i)) + "\"");
}

void ModuleChecker::checkStart() {
  if (!module_.start)
    return;
  if (module_.start->value >= module_.functions.size())
    return error(module_.startOffset,
                 "unknown function " + Twine(module_.start->value));
  const FunctionType &type = module_.functionType(*module_.start);
  if (!type.parameters.empty() || !type.results.empty())
    error(module_.startOffset, "start function: function " +
                                   Twine(module_.start->value) + " has type " +
                                   module_.types.toString(type) +
                                   ", expected [] -> []");
}

} // namespace wrought::validate

//===- check_types.cpp - Defined types ------------------------------------===//
//
// The decoder has looked up the indices in them and bounded the depth of
// subtyping (type_store.h needs that); what remains is whether subtypes match
// and which features they need.
//
// Source: WebAssembly Specification 3.0, "Validation / Types / Recursive
// Types".
//
//===----------------------------------------------------------------------===//
#include "validate/module_checker.h"

namespace wrought::validate {

using namespace wasm;

namespace {

constexpr uint8_t TypeSection = 1;

bool isPlainFunction(const SubType &type) {
  return type.kind == CompositeKind::Function && type.isFinal &&
         !type.supertype;
}

/// Functions that refer to each other need nothing of garbage collection.
Feature groupFeature(const TypeStore &types, uint32_t first, uint32_t end) {
  for (uint32_t i = first; i < end; ++i)
    if (!isPlainFunction(types[TypeIndex(i)]))
      return Feature::Gc;
  return end - first > 1 ? Feature::FunctionReferences : Feature::Mvp;
}

} // namespace

void ModuleChecker::checkTypes() {
  const uint64_t offset = sectionOffset(TypeSection);
  for (uint32_t i = 0; i < module_.types.size();) {
    const uint32_t end = i + module_.types.group(TypeIndex(i)).second;
    const Feature feature = groupFeature(module_.types, i, end);
    for (; i < end; ++i)
      if (need(feature, offset, "type " + llvm::Twine(i)))
        checkSubType(i, offset);
  }
}

void ModuleChecker::checkSubType(uint32_t index, uint64_t byteOffset) {
  const SubType &type = module_.types[TypeIndex(index)];
  checkFunctionTypeFeatures(type.function, byteOffset, index);
  for (const FieldType &field : type.fields)
    checkTypeFeatures(field.value, byteOffset, "type " + llvm::Twine(index));
  if (type.supertype)
    checkSupertype(index, byteOffset);
}

void ModuleChecker::checkFunctionTypeFeatures(const FunctionType &type,
                                              uint64_t byteOffset,
                                              uint32_t index) {
  for (const auto *list : {&type.parameters, &type.results})
    for (ValueType value : *list)
      if (!value.isNumeric() &&
          !checkTypeFeatures(value, byteOffset, "type " + llvm::Twine(index)))
        return;
  if (type.results.size() > 1)
    need(Feature::MultiValue, byteOffset, "type " + llvm::Twine(index));
}

void ModuleChecker::checkSupertype(uint32_t index, uint64_t byteOffset) {
  const TypeStore &types = module_.types;
  const TypeIndex superIndex = *types[TypeIndex(index)].supertype;
  if (superIndex.value >= index)
    return error(byteOffset, "unknown type " + llvm::Twine(superIndex.value) +
                                 ": type " + llvm::Twine(index) +
                                 " names it as supertype");
  const std::string subject = std::to_string(index);
  const SubType &super = types[superIndex];
  if (super.isFinal)
    return error(byteOffset, "sub type " + subject +
                                 " does not match super type " +
                                 llvm::Twine(superIndex.value) +
                                 ": the super type is final");
  if (!types.matchesComposite(types[TypeIndex(index)], super))
    error(byteOffset, "sub type " + subject + " does not match super type " +
                          llvm::Twine(superIndex.value));
}

} // namespace wrought::validate

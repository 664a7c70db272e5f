//===- module_validator.cpp - The order of validation ---------------------===//
//
// Types, then index spaces, then what refers to them, then bodies: each step
// relies on the one before, so that a module with unsound types or index
// spaces is refused before anything looks at its code.
//
// Source: WebAssembly Specification 3.0, "Validation / Modules".
//
//===----------------------------------------------------------------------===//
#include "validate/module_validator.h"

#include "validate/body_validation.h"
#include "validate/module_checker.h"

namespace wrought::validate {

using namespace wasm;

static bool checkIndexSpaces(ModuleChecker &checker,
                             const Diagnostics &diagnostics) {
  checker.checkTypes();
  if (diagnostics.hasErrors())
    return false;
  checker.checkImports();
  checker.checkFunctions();
  checker.checkTables();
  checker.checkMemories();
  checker.checkTags();
  checker.checkGlobals();
  checker.checkSegmentTypes();
  return !diagnostics.hasErrors();
}

static void checkDefinitions(ModuleChecker &checker) {
  checker.checkTableInitializers();
  checker.checkGlobalInitializers();
  checker.checkExports();
  checker.checkStart();
  checker.checkElements();
  checker.checkData();
}

static std::vector<FeatureUse> inFeatureOrder(const FeatureUses &uses) {
  std::vector<FeatureUse> list;
  for (size_t i = 0; i < FeatureCount; ++i) {
    const auto feature = static_cast<Feature>(i);
    if (const auto first = uses.first(feature))
      list.push_back({feature, first->byteOffset, first->function});
  }
  return list;
}

std::optional<ValidatedModule> validateModule(Module module,
                                              const Options &options,
                                              Diagnostics &diagnostics) {
  ValidatedModule result;
  result.module_ = std::move(module);
  auto context = std::make_unique<ModuleContext>();
  context->features = options.features;
  context->features.set(Feature::Mvp);
  context->declaredFunctions.resize(result.module_.functions.size());

  Diagnostics found;
  ModuleChecker checker(result.module_, *context, found);
  if (checkIndexSpaces(checker, found)) {
    checkDefinitions(checker);
    result.facts_.resize(result.module_.functions.size());
    validateBodies(result.module_, *context, options.threadCount, result.facts_,
                   checker.featureUses(), found);
  }
  const bool isValid = !found.hasErrors();
  diagnostics.merge(std::move(found));
  if (!isValid)
    return std::nullopt;
  result.uses_ = inFeatureOrder(checker.featureUses());
  result.context_ = std::move(context);
  return result;
}

} // namespace wrought::validate

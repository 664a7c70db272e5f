//===- module_checker.cpp - Errors and constant expressions ---------------===//
//
// Source: WebAssembly Specification 3.0, "Validation / Modules" and
// "Validation / Instructions / Constant Expressions".
//
//===----------------------------------------------------------------------===//
#include "validate/module_checker.h"

#include "validate/body_validation.h"
#include "validate/type_features.h"

namespace wrought::validate {

using namespace wasm;

ModuleChecker::ModuleChecker(const Module &module, ModuleContext &context,
                             Diagnostics &diagnostics)
    : module_(module), context_(context), diagnostics_(diagnostics),
      uses_(context.features), constants_(module, context) {}

void ModuleChecker::error(uint64_t byteOffset, const llvm::Twine &message) {
  if (diagnostics_.errorCount() < MaxReportedErrors)
    diagnostics_.error(locationIn(module_, byteOffset, std::nullopt),
                       message.str());
}

bool ModuleChecker::need(Feature feature, uint64_t byteOffset,
                         const llvm::Twine &what) {
  if (uses_.use(feature, byteOffset))
    return true;
  error(byteOffset, llvm::StringRef(featureFlag(feature)) + " is off: " + what +
                        " needs " +
                        llvm::StringRef(featureDescription(feature)));
  return false;
}

uint64_t ModuleChecker::sectionOffset(uint8_t id) const {
  for (const SectionInfo &section : module_.sections)
    if (section.id == id)
      return section.payload.begin;
  return 0;
}

bool ModuleChecker::checkTypeFeatures(ValueType type, uint64_t byteOffset,
                                      const llvm::Twine &what) {
  for (Feature feature : featuresOf(type))
    if (!need(feature, byteOffset, what))
      return false;
  return true;
}

bool ModuleChecker::checkValueType(ValueType type, uint64_t byteOffset,
                                   const llvm::Twine &what) {
  if (type.isReference() && type.heap().isConcrete() &&
      !module_.types.contains(type.heap().index())) {
    error(byteOffset, "unknown type " + llvm::Twine(type.heap().index().value));
    return false;
  }
  return checkTypeFeatures(type, byteOffset, what);
}

void ModuleChecker::checkConstant(const ConstantExpression &expression,
                                  ValueType type, uint32_t visibleGlobals,
                                  const llvm::Twine &what) {
  constants_.featureUses().clear();
  decode::OperatorReader reader(module_, expression.code);
  Instruction instruction;
  bool isValid =
      constants_.enterConstant(type, visibleGlobals, expression.code);
  while (isValid && reader.next(instruction))
    isValid = constants_.checkConstant(instruction);
  uses_.merge(constants_.featureUses());
  for (uint32_t function : constants_.referencedFunctions())
    declare(function);
  if (!isValid)
    error(constants_.errorOffset(),
          llvm::Twine(constants_.message()) + " (in the " + what + ")");
  else if (!reader.reader().ok())
    error(reader.reader().errorOffset(),
          reader.reader().message() + llvm::Twine(" (in the ") + what + ")");
  else if (!constants_.isFinished())
    error(reader.byteOffset(), "unexpected end (in the " + what + ")");
}

} // namespace wrought::validate

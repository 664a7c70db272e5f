//===- module_checker.h - What is checked outside of function bodies ------===//
//
// One method a part of the module, in check_types.cpp, check_entities.cpp and
// check_segments.cpp. Each reports what it finds; methods of a later group
// rely on the earlier groups having found nothing.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "validate/feature_uses.h"
#include "validate/function_validator.h"

#include "llvm/ADT/Twine.h"

namespace wrought::validate {

class ModuleChecker {
public:
  ModuleChecker(const wasm::Module &module, ModuleContext &context,
                Diagnostics &diagnostics);

  /// First group: defined types, alone.
  void checkTypes();
  /// Second group: the types of everything that has an index.
  void checkImports();
  void checkFunctions();
  void checkTables();
  void checkMemories();
  void checkTags();
  void checkGlobals();
  void checkSegmentTypes();
  /// Third group: the rest. Fills in declaredFunctions.
  void checkTableInitializers();
  void checkGlobalInitializers();
  void checkExports();
  void checkStart();
  void checkElements();
  void checkData();

  FeatureUses &featureUses() { return uses_; }

private:
  void error(uint64_t byteOffset, const llvm::Twine &message);
  bool need(wasm::Feature feature, uint64_t byteOffset,
            const llvm::Twine &what);
  /// Start of the first section with this id; 0 if there is none.
  uint64_t sectionOffset(uint8_t id) const;

  bool checkValueType(wasm::ValueType type, uint64_t byteOffset,
                      const llvm::Twine &what);
  bool checkTypeFeatures(wasm::ValueType type, uint64_t byteOffset,
                         const llvm::Twine &what);
  void checkFunctionTypeFeatures(const wasm::FunctionType &type,
                                 uint64_t byteOffset, uint32_t index);
  void checkSubType(uint32_t index, uint64_t byteOffset);
  void checkSupertype(uint32_t index, uint64_t byteOffset);
  bool checkFunctionTypeIndex(wasm::TypeIndex type, uint64_t byteOffset);
  void checkTable(uint32_t index, uint64_t byteOffset);
  void checkMemory(uint32_t index, uint64_t byteOffset);
  void checkTag(uint32_t index, uint64_t byteOffset);
  void checkGlobal(uint32_t index, uint64_t byteOffset);
  void checkLimits(const wasm::Limits &limits, uint64_t greatest,
                   const char *what, const llvm::Twine &bound,
                   uint64_t byteOffset);
  size_t indexSpaceSize(wasm::ExternalKind kind) const;
  void checkExport(const wasm::Export &exported);
  void checkExportNames();

  /// `what` completes "in the …".
  void checkConstant(const wasm::ConstantExpression &expression,
                     wasm::ValueType type, uint32_t visibleGlobals,
                     const llvm::Twine &what);
  void checkElementItems(const wasm::ElementSegment &segment, size_t index);
  void checkActiveElement(const wasm::ElementSegment &segment, size_t index);
  void declare(uint32_t function) {
    context_.declaredFunctions[function] = true;
  }

  const wasm::Module &module_;
  ModuleContext &context_;
  Diagnostics &diagnostics_;
  FeatureUses uses_;
  FunctionValidator constants_;
};

} // namespace wrought::validate

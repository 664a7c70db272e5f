//===- module_validator.h - The whole of Wasm 3.0's validation ------------===//
//
// Nothing unvalidated goes on: only validateModule and the merging of what it
// made can fill a ValidatedModule, and the stages behind take nothing else.
//
// Source: WebAssembly Specification 3.0, "Validation".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/diagnostics.h"
#include "wasm/module.h"
#include "wasm/opcode.h"

#include <memory>
#include <optional>
#include <vector>

namespace wrought::merge {
class Merger;
}

namespace wrought::validate {

struct Options {
  wasm::FeatureSet features = wasm::FeatureSet::defaults();
  /// Worker threads for function bodies; 0 means one a core.
  unsigned threadCount = 0;
};

/// What validation learnt of a function and later stages want to know.
struct FunctionFacts {
  uint32_t instructionCount = 0;
  /// Deepest nesting of blocks, the body itself included.
  uint32_t maxBlockDepth = 0;
};

/// A use of a feature, so that 'not yet supported' can say where.
struct FeatureUse {
  wasm::Feature feature;
  uint64_t byteOffset;
  std::optional<wasm::FunctionIndex> function;
};

/// What checking instructions needs beside the module itself.
struct ModuleContext {
  wasm::FeatureSet features;
  /// By function index: occurs outside of bodies, so that ref.func may name it
  /// (C.refs in the specification).
  std::vector<bool> declaredFunctions;
};

class ValidatedModule {
public:
  const wasm::Module &module() const { return module_; }
  const wasm::Module *operator->() const { return &module_; }
  const std::vector<FunctionFacts> &functionFacts() const { return facts_; }
  /// The first use of each feature that the module needs, in Feature order.
  const std::vector<FeatureUse> &featureUses() const { return uses_; }
  const ModuleContext &context() const { return *context_; }

private:
  friend std::optional<ValidatedModule>
  validateModule(wasm::Module module, const Options &options,
                 Diagnostics &diagnostics);
  /// Makes one from others.
  friend class merge::Merger;
  wasm::Module module_;
  std::vector<FunctionFacts> facts_; ///< by function index; imports are empty
  std::vector<FeatureUse> uses_;
  std::unique_ptr<const ModuleContext> context_;
};

/// Validates everything. Reports module-level errors, and the first error of
/// each function, in order of offset whatever the number of threads.
std::optional<ValidatedModule> validateModule(wasm::Module module,
                                              const Options &options,
                                              Diagnostics &diagnostics);

} // namespace wrought::validate

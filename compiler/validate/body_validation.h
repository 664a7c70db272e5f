//===- body_validation.h - All function bodies, in parallel ---------------===//
#pragma once

#include "validate/feature_uses.h"
#include "validate/module_validator.h"

namespace wrought::validate {

/// Functions whose errors are reported; there may be a million.
inline constexpr size_t MaxReportedErrors = 100;

/// Checks each defined function of a module whose index spaces are sound.
/// Fills in `facts` (by function index, sized by the caller), merges into
/// `uses`, and reports the first error of each function in order.
void validateBodies(const wasm::Module &module, const ModuleContext &context,
                    unsigned threadCount, std::vector<FunctionFacts> &facts,
                    FeatureUses &uses, Diagnostics &diagnostics);

/// Where `byteOffset` in `function` is, for a diagnostic.
Location locationIn(const wasm::Module &module, uint64_t byteOffset,
                    std::optional<wasm::FunctionIndex> function);

} // namespace wrought::validate

//===- describe.h - Types of imports and exports, for messages ------------===//
#pragma once

#include "wasm/module.h"

namespace wrought::wasm {

/// The type of an import, as messages show it: "function [i32] -> [i64]".
std::string describeImport(const Module &module, const Import &import);
/// The type of an entity of an index space, without the kind.
std::string describeType(const Module &module, ExternalKind kind,
                         uint32_t index);

} // namespace wrought::wasm

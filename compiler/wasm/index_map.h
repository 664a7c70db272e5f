//===- index_map.h - Instructions and places of merged modules ------------===//
#pragma once

#include "support/diagnostics.h"
#include "wasm/immediates.h"
#include "wasm/module.h"

namespace wrought::wasm {

/// Replaces the indices of an instruction of a module by those that the
/// entities have where it was merged into.
void mapIndices(const IndexMap &indices, Instruction &instruction);

/// What messages say of a byte of the module, and of a function: the file and
/// the offset in it, also where the module was merged from several.
Location locationOf(const Module &module, uint64_t byteOffset,
                    std::optional<FunctionIndex> function = std::nullopt);

} // namespace wrought::wasm

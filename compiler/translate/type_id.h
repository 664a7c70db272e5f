//===- type_id.h - The identity of function types at run time -------------===//
#pragma once

#include "wasm/type_store.h"

#include <array>

namespace wrought::translate {

/// The three words of abi::FunctionRecord. Short types of numbers, funcref and
/// externref are numbered exactly: word 0 holds the tuple as a base-7 number
/// with the parameter and result counts, the others are zero. All other types
/// take 191 bits of the canonical digest, marked by the top bit of word 0. Both
/// are the same for the same type in every module, whatever compiled it.
using TypeId = std::array<uint64_t, 3>;

TypeId typeId(const wasm::TypeStore &types, wasm::TypeIndex index);

} // namespace wrought::translate

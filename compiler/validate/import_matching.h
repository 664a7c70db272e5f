//===- import_matching.h - Whether an export serves an import -------------===//
//
// Import matching as the spec defines it, across modules that share no type
// store: concrete types are equal when their digests are.
//
// Source: WebAssembly Specification 3.0, "Matching / External Types".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasm/module.h"

namespace wrought::validate {

/// Whether an entity of the import's kind serves it, but for the minimum sizes
/// of memories and tables, which count when the importer is instantiated.
bool matchesImport(const wasm::Module &exporter, uint32_t exported,
                   const wasm::Module &importer, const wasm::Import &import);

/// `(ref null 3)` of one module against a type of another.
bool isSubtype(const wasm::TypeStore &subTypes, wasm::ValueType sub,
               const wasm::TypeStore &superTypes, wasm::ValueType super);

} // namespace wrought::validate

//===- library_exports.h - The C functions of a loadable object -----------===//
#pragma once

#include "translate/c_interface.h"
#include "translate/module_emitter.h"

#include <array>

namespace wrought::translate {

/// Rows of the abi::Library that hosts bind and look up by.
struct LibraryRows {
  llvm::Constant *importSlots, *imports, *exports;
  uint64_t importCount, exportCount;
  /// wasi and what follows it in an abi::Library.
  std::array<llvm::Constant *, 4> wasi;
};
LibraryRows makeLibraryRows(ModuleEmitter &module);

/// The abi::SharedType of a memory, table or global.
llvm::Constant *sharedType(ModuleEmitter &module, wasm::ExternalKind kind,
                           uint32_t index);

/// Defines <prefix>_instantiate, a function for each export, and so on.
void defineLibraryExports(ModuleEmitter &module, llvm::Constant *library);

} // namespace wrought::translate

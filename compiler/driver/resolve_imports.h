//===- resolve_imports.h - What a program's imports are bound to ----------===//
#pragma once

#include "support/diagnostics.h"
#include "translate/translate.h"

namespace wrought::driver {

/// One binding for each import, in order: WASI's functions, a shared memory
/// that the program makes itself, and with `allowMissing` functions that trap.
/// Reports all others at once, by module, name and type, each once.
std::optional<std::vector<translate::ImportBinding>>
resolveImports(const wasm::Module &module, bool allowMissing,
               Diagnostics &diagnostics);

/// The same complaints about those of one of several modules that are left for
/// others than these.
void reportUnresolved(const wasm::Module &module, bool allowMissing,
                      const std::vector<bool> &isForeign,
                      Diagnostics &diagnostics);

/// Whether the module is a command: it exports the function _start of type
/// [] -> []. Reports why not.
[[nodiscard]] bool checkStart(const wasm::Module &module,
                              Diagnostics &diagnostics);

/// Whether the module starts threads: it imports thread-spawn of wasi-threads.
bool hasThreads(const wasm::Module &module);

/// Whether a module that starts threads has what each of them needs: the
/// function wasi_thread_start, and memory that they share. Reports why not.
[[nodiscard]] bool checkThreads(const wasm::Module &module,
                                Diagnostics &diagnostics);

} // namespace wrought::driver

//===- run.h - `wrought run`: a cache of programs, and executing one ------===//
#pragma once

#include "driver/compile.h"

namespace wrought::driver {

/// Hash of everything that the program's bytes depend on: the module, the
/// options, the runtime and this compiler.
std::string cacheKey(const CompileRequest &request,
                     std::span<const uint8_t> module, llvm::StringRef runtime);

/// Where the cache keeps the program with this key; makes its folder. Reports
/// and returns empty when there can be none.
std::string cachePath(llvm::StringRef key, Diagnostics &diagnostics);

/// The words that execute a built program, the file to execute first: the
/// program itself, or its target's emulator. Empty after reporting.
struct Execution {
  std::string file;
  std::vector<std::string> words;
};
std::optional<Execution>
planExecution(const CompileRequest &request,
              const std::vector<std::string> &arguments,
              Diagnostics &diagnostics);

/// Becomes the program; returns only after reporting why it could not.
void execute(const Execution &execution, Diagnostics &diagnostics);

} // namespace wrought::driver

//===- run.h - `wrought run`: executing what was built --------------------===//
#pragma once

#include "driver/compile.h"

namespace wrought::driver {

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

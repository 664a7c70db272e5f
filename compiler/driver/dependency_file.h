//===- dependency_file.h - What an output was made from, for make ---------===//
#pragma once

#include "driver/compile.h"

namespace wrought::driver {

/// A rule as compilers write it with -MD: `target: prerequisite…`.
struct DependencyRule {
  std::string file;   ///< where the rule goes
  std::string target; ///< the output's name in it
  /// Files beside the module and the runtime.
  std::vector<std::string> prerequisites;
};

/// `app.o` → `app.d`; names that are no object's get ".d" behind them.
std::string defaultDependencyFile(llvm::StringRef output);

/// The rule as text. Names are escaped for make; false when one of them cannot
/// be (a line break).
[[nodiscard]] bool formatRule(llvm::StringRef target,
                              llvm::ArrayRef<std::string> prerequisites,
                              std::string &text);

/// Writes the rule for what `request` has built: the module, the runtime where
/// it was linked in, and what stands in the rule already.
[[nodiscard]] bool writeDependencies(const DependencyRule &rule,
                                     const CompileRequest &request,
                                     Diagnostics &diagnostics);

} // namespace wrought::driver

//===- units.h - The partitions of a module, compiled side by side --------===//
#pragma once

#include "driver/compile.h"

namespace wrought::driver {

/// A translation of the module and whom its code is for.
struct UnitVersion {
  const translate::Plan *plan = nullptr;
  codegen::TargetOptions target;
  codegen::ProfileOptions profile = {};
};

/// LLVM recurses on expressions; one huge function must not exhaust the stack.
constexpr size_t UnitStackByteLength = size_t{64} << 20;

struct UnitJob {
  std::vector<UnitVersion> versions;
  codegen::OutputKind output = codegen::OutputKind::Object;
  unsigned threadCount = 0; ///< 0: one a core
  /// As CompileRequest's.
  std::function<void(size_t, size_t, llvm::StringRef)> onProgress;
};

/// CPU seconds, of all threads together.
struct UnitTimes {
  double translate = 0, optimize = 0, emit = 0;
};

/// What compiling units showed.
struct UnitFindings {
  UnitTimes times;
  /// Of the first version: functions that the profile does not fit.
  size_t misfitCount = 0;
};

/// Translates, optimises and emits each partition of each version; results are
/// in the order of versions, then partitions. The heaviest go first, whatever
/// their version, and as many are in memory as there are threads.
[[nodiscard]] bool compileUnits(const UnitJob &job,
                                std::vector<linker::ObjectBytes> &outputs,
                                UnitFindings &findings,
                                Diagnostics &diagnostics);

/// Threads that --jobs 0 stands for.
unsigned defaultThreadCount();

/// LLVM's own complaints go to `diagnostics` instead of ending the process.
void collectLlvmDiagnostics(llvm::LLVMContext &context,
                            Diagnostics &diagnostics);

} // namespace wrought::driver

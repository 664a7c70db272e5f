//===- report.h - What a build says of itself to a pipeline ---------------===//
//
// --report FILE: one JSON object, documented in docs/ci.md. It is written for a
// build that failed too.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "driver/versions.h"

namespace wrought::driver {

/// What only the stages know, noted while they run.
struct BuildReport {
  bool wantsFunctions = false; ///< --report-functions

  struct Module {
    std::string name, blake3;
    uint64_t byteLength = 0;
    size_t importedFunctions = 0, definedFunctions = 0;
  };
  std::optional<Module> module;
  /// What was linked with it.
  struct LinkedModule {
    std::string name, path, blake3;
    uint64_t byteLength;
  };
  std::vector<LinkedModule> linked;
  std::vector<CodeVersion> versions;
  size_t unitCount = 0;

  /// Machine code of one function of the module in one version.
  struct CodeSize {
    uint32_t version, function;
    std::string name;
    uint64_t byteLength;
  };
  /// By version, then function. Empty for forms without machine code.
  std::vector<CodeSize> functions;

  void noteModule(const wasm::Module &module);
  void noteUnits(llvm::ArrayRef<linker::ObjectBytes> objects,
                 const wasm::Module &module);
};

struct ReportRequest {
  std::string file;
  bool wantsFunctions = false;
};

/// Writes the report of a build that is over.
[[nodiscard]] bool writeReport(const ReportRequest &wanted,
                               const BuildReport &report,
                               const CompileRequest &request,
                               llvm::ArrayRef<StageTime> timings, bool isBuilt,
                               Diagnostics &diagnostics);

} // namespace wrought::driver

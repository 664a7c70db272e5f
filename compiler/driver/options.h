//===- options.h - The command line as a value ----------------------------===//
#pragma once

#include "driver/build_cache.h"
#include "driver/build_plan.h"
#include "driver/dependency_file.h"
#include "driver/package_options.h"
#include "driver/report.h"

#include "llvm/ADT/ArrayRef.h"

namespace wrought::driver {

enum class Command : uint8_t {
  Build,
  Run,
  Validate,
  Inspect,
  Targets,
  Pack,
  Unpack,
  Verify,
  Keygen,
  Unit,
  RebuildCheck
};
enum class When : uint8_t { Auto, Always, Never };

struct Options {
  Command command = Command::Build;
  /// What build and run make; validate and inspect use the input and features.
  CompileRequest request;
  std::vector<std::string> arguments; ///< run: the program's
  PackageOptions package;             ///< pack, unpack, verify, keygen
  CacheOptions cache;
  bool usesCache = false; ///< build, pack; run always does
  DiagnosticStyle diagnosticStyle = DiagnosticStyle::Text;
  When color = When::Auto;
  When progress = When::Auto;
  bool printTimings = false;
  bool json = false; ///< inspect, targets
  /// build: the rule to write beside the output.
  std::optional<DependencyRule> dependencies;
  /// build: make a plan instead.
  std::optional<PlanRequest> plan;
  /// unit: the step of a plan.
  UnitStepRequest unitStep;
  /// build: the report to write when it is over.
  std::optional<ReportRequest> report;
  /// targets: list CPUs or features of this target.
  const targets::TargetSpec *cpusOf = nullptr;
  const targets::TargetSpec *featuresOf = nullptr;
};

struct ParsedCommandLine {
  /// Set when there is something to do; otherwise print and exit.
  std::optional<Options> options;
  std::string output;  ///< for standard output: help, version
  std::string message; ///< what is wrong with the usage
  int exitCode = 0;
};

/// `arguments` without the program's name. Reads the file of --config.
ParsedCommandLine parseCommandLine(llvm::ArrayRef<std::string> arguments);

} // namespace wrought::driver

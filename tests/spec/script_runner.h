//===- script_runner.h - One script: check, compile, link, run ------------===//
//
// Modules and assertions about them are checked in process; all that executes
// becomes rows of one native program a script. A module that needs a feature
// without translation is left out together with what depends on it, and
// counted, if the list of such scripts allows it.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "codegen/codegen.h"
#include "translate/translate.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace wrought::spec {

struct RunOptions {
  const targets::TargetSpec *target = nullptr;
  targets::CpuSelection cpu;
  /// User-mode emulator to run programs with, and its options; empty for the
  /// host's own.
  std::vector<std::string> emulator;
  codegen::OptLevel level = codegen::OptLevel::O2;
  unsigned optLevel = 2;
  translate::BoundsChecks boundsChecks = translate::BoundsChecks::Guard;
  bool guardsExtraMemories = true;
  /// Instances by pointer instead of one a program.
  bool isInstancePointer = false;
  bool isDeterministic = false;
  /// Check modules only; nothing is compiled.
  bool validateOnly = false;
  std::string runtimeArchive;
  std::string harnessObject;
  /// Where executables stay; empty: they are removed.
  std::string keepDirectory;
  unsigned timeoutSeconds = 60;
};

struct Failure {
  uint32_t line;
  std::string kind; ///< "assert_return"
  std::string detail;
};

struct ScriptResult {
  /// Kind of command to how many were checked, failures included.
  std::map<std::string, unsigned> checked;
  std::set<uint32_t> checkedLines;
  std::vector<Failure> failures;
  /// Commands that need a feature without translation, by kind.
  std::map<std::string, unsigned> notTranslated;
};

/// `name` is what reports and symbols of kept files call the script.
ScriptResult runScript(const std::string &path, const std::string &name,
                       bool mayLeaveOut, const RunOptions &options);

} // namespace wrought::spec

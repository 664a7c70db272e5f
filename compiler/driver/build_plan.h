//===- build_plan.h - A build as a graph for many machines ----------------===//
//
// `wrought build --emit-plan ninja -o DIR` does what has to be done in one
// place: it reads and validates the module and decides its units. The rest are
// steps in a Ninja file, each one `wrought unit …` on files of DIR:
//
//   translate  plan.json, module.wasm → units/<n>.translated, for a few units
//   optimize   plan.json, one unit    → units/<n>.optimized
//   emit       plan.json, one unit    → units/<n>.o
//   link       everything             → out/<name>
//
// The steps run the same code as a build in one process, and units keep all
// that code depends on, so that the output has the same bytes.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "driver/compile.h"

namespace wrought::driver {

struct PlanRequest {
  std::string folder;
  /// Flags that say what is built, in the parser's words, without anything that
  /// means something else on another machine.
  std::vector<std::string> words;
};

/// Makes the folder. `request` is the build that it stands for; its output path
/// is not looked at.
[[nodiscard]] bool writePlan(const PlanRequest &plan,
                             const CompileRequest &request,
                             Diagnostics &diagnostics);

enum class UnitStep : uint8_t { Translate, Optimize, Emit, Link };

struct UnitStepRequest {
  UnitStep step = UnitStep::Link;
  std::string planFile;
  std::vector<size_t> units;
};

/// Does a step of a plan.
[[nodiscard]] bool runUnitStep(const UnitStepRequest &request,
                               Diagnostics &diagnostics);

} // namespace wrought::driver

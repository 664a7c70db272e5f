#include "driver/versions.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <bit>

namespace wrought::driver {

std::string versionPrefix(size_t index) {
  return index == 0 ? "wasm." : "wasm.v" + std::to_string(index) + ".";
}

std::string versionModule(size_t index) {
  return index == 0 ? "wrought_module"
                    : "wrought_module." + std::to_string(index);
}

static std::string labelOf(const targets::CpuSelection &cpu) {
  if (!cpu.label.empty())
    return cpu.label;
  return cpu.features.empty() ? cpu.cpu : cpu.cpu + " " + cpu.features;
}

static CodeVersion makeVersion(const CompileRequest &request,
                               const targets::CpuSelection &cpu,
                               Diagnostics &diagnostics) {
  const auto needs = targets::requirements(*request.target, cpu);
  CodeVersion code = {cpu, {}};
  code.version.cpu = labelOf(cpu);
  code.version.requiredFeatures = needs.features;
  if (!needs.unchecked.empty())
    diagnostics.warning({}, "CPU '" + code.version.cpu +
                                "': a program cannot check when it starts "
                                "whether the machine has " +
                                llvm::join(needs.unchecked, ", "));
  return code;
}

static bool isMoreDemanding(const CodeVersion &a, const CodeVersion &b) {
  return std::popcount(a.version.requiredFeatures) >
         std::popcount(b.version.requiredFeatures);
}

std::vector<CodeVersion> planVersions(const CompileRequest &request,
                                      Diagnostics &diagnostics) {
  std::vector<CodeVersion> versions;
  const auto add = [&](const targets::CpuSelection &cpu) {
    CodeVersion code = makeVersion(request, cpu, diagnostics);
    const auto same = llvm::find_if(versions, [&](const CodeVersion &other) {
      return other.version.requiredFeatures == code.version.requiredFeatures;
    });
    if (same == versions.end())
      versions.push_back(std::move(code));
    else if (same->cpu.cpu != cpu.cpu || same->cpu.features != cpu.features)
      diagnostics.warning({}, "CPU '" + code.version.cpu +
                                  "' needs the same as '" + same->version.cpu +
                                  "' and would never be chosen: left out");
  };
  add(request.cpu);
  llvm::for_each(request.furtherCpus, add);
  // Insertion keeps the user's order among equals.
  std::vector<CodeVersion> ordered;
  for (CodeVersion &code : versions) {
    auto place = llvm::upper_bound(ordered, code, isMoreDemanding);
    ordered.insert(place, std::move(code));
  }
  versions = std::move(ordered);
  for (auto [index, code] : llvm::enumerate(versions))
    code.version.moduleSymbol = versionModule(index);
  return versions;
}

} // namespace wrought::driver

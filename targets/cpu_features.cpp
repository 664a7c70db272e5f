//===- cpu_features.cpp - What code for a CPU asks of the machine ---------===//
//
// LLVM's names of features become the bits that a program looks at when it
// starts (abi/cpu_features.def). LLVM keeps what a CPU can do and what it does
// well in one list; what its CPUs are tuned for is told apart here.
//
//===----------------------------------------------------------------------===//

#include "targets/target_entry.h"

#include "llvm/ADT/STLExtras.h"

namespace wrought::targets {

namespace {

struct FeatureBit {
  llvm::StringLiteral target;
  unsigned bit;
  llvm::StringLiteral name;
};

constexpr FeatureBit FeatureBits[] = {
#define CPU_FEATURE(target, bit, name, how) {#target, bit, name},
#include "abi/cpu_features.def"
};

} // namespace

/// The bit of a feature, or 0.
static uint64_t bitOf(const TargetSpec &target, llvm::StringRef name) {
  for (const FeatureBit &feature : FeatureBits)
    if (feature.target == target.name && feature.name == name)
      return uint64_t{1} << feature.bit;
  return 0;
}

/// What some CPU is tuned for, with all that this implies.
static llvm::FeatureBitset tuningFeatures(const llvm::MCSubtargetInfo &info) {
  llvm::FeatureBitset tuning;
  for (const auto &cpu : info.getAllProcessorDescriptions())
    tuning |= cpu.TuneImplies.getAsBitset();
  for (llvm::FeatureBitset before; before != tuning;) {
    before = tuning;
    for (const auto &feature : info.getAllProcessorFeatures())
      if (tuning[feature.Value])
        tuning |= feature.Implies.getAsBitset();
  }
  return tuning;
}

CpuRequirements requirements(const TargetSpec &target,
                             const CpuSelection &selection) {
  const TargetEntry &entry = entryOf(target);
  const auto baseline = baselineSubtarget(entry);
  const auto info = subtarget(entry, selection.cpu, selection.features);
  const llvm::FeatureBitset tuning = tuningFeatures(*info);
  CpuRequirements result;
  for (const auto &feature : info->getAllProcessorFeatures()) {
    if (!info->getFeatureBits()[feature.Value] ||
        baseline->getFeatureBits()[feature.Value])
      continue;
    if (const uint64_t bit = bitOf(target, feature.Key))
      result.features |= bit;
    else if (!tuning[feature.Value] &&
             !isListed(entry.harmlessFeatures, feature.Key))
      result.unchecked.push_back(feature.Key);
  }
  llvm::sort(result.unchecked);
  return result;
}

uint64_t requiredFeatures(const TargetSpec &target,
                          const CpuSelection &selection) {
  return requirements(target, selection).features;
}

std::vector<std::string> featureNames(const TargetSpec &target, uint64_t bits) {
  std::vector<std::string> names;
  for (const FeatureBit &feature : FeatureBits) {
    const uint64_t bit = uint64_t{1} << feature.bit;
    if (feature.target != target.name || !(bits & bit))
      continue;
    names.push_back(feature.name.str());
    bits &= ~bit; // the first name of a bit stands for the others
  }
  return names;
}

} // namespace wrought::targets

//===- target.h - What is known of a target, as data ----------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wrought::targets {

struct TargetSpec {
  llvm::StringRef name;   ///< "x86_64": --target, and the runtime's folder
  llvm::StringRef triple; ///< LLVM's
  llvm::StringRef baselineCpu;
  llvm::StringRef baselineFeatures; ///< "+a,-b", may be empty
  /// LLVM's name of the calling convention; empty where there is only one.
  llvm::StringRef abiName;
  llvm::StringRef lldEmulation;
  llvm::StringRef qemu; ///< user-mode emulator, for tests and `run`
  /// Smallest and largest page of kernels for this target, in bytes.
  uint64_t pageByteLength;
  uint64_t maxPageByteLength;
  /// Constant address of the first linear memory.
  uint64_t memoryBase;
  /// Whether base and static offset fit a displacement of an access. Where they
  /// do not, the base is kept in a register.
  bool foldsMemoryBase;
  /// Registers in which the C convention passes integers, and other ones for
  /// floating point.
  unsigned integerArgumentCount, floatArgumentCount;
  /// Whether the latter take vectors of 128 bits as well.
  bool hasVectorArguments;
  /// Whether to widen 32 bits costs less with their sign than with zeros.
  bool widensBySign;
  /// Whether LLVM's floor, ceil, trunc and roundeven quiet a signalling NaN.
  bool quietsWhenRounding;
  /// Whether an unaligned store of 16 bytes is one access, which faults before
  /// it writes anything.
  bool storesVectorsAtOnce;
  /// Address space behind the 4 GiB index range of a guarded memory; static
  /// offsets below it need no check.
  uint64_t guardByteLength;
};

/// All targets, in the order in which they are listed.
std::span<const TargetSpec> all();
/// By name or by any usual spelling of a triple; null when unknown.
const TargetSpec *find(llvm::StringRef nameOrTriple);
/// The target of the machine that this runs on; null when it is none of ours.
const TargetSpec *host();

/// A CPU selection: "" is the baseline, "native" this machine's. Nullopt with a
/// message when LLVM does not know the CPU or a feature.
struct CpuSelection {
  std::string cpu;
  std::string features;
  /// What the user asked for, to show: "x86-64-v3 +adx",
  /// "znver5 (native)".
  std::string label = {};
};
std::optional<CpuSelection> selectCpu(const TargetSpec &target,
                                      llvm::StringRef cpu,
                                      llvm::StringRef features,
                                      std::string &message);

/// What code for a CPU asks of the machine beyond the target's baseline.
struct CpuRequirements {
  /// Bits of runtime-support/abi/cpu_features.def.
  uint64_t features = 0;
  /// Features that may be in the code but have no bit, by LLVM's names: a
  /// program cannot look for them when it starts.
  std::vector<std::string> unchecked;
};
CpuRequirements requirements(const TargetSpec &target,
                             const CpuSelection &selection);
/// Only the bits.
uint64_t requiredFeatures(const TargetSpec &target,
                          const CpuSelection &selection);
/// The names that stand for bits of cpu_features.def, in order of bits.
std::vector<std::string> featureNames(const TargetSpec &target, uint64_t bits);

/// CPU names that LLVM knows for the target, sorted.
std::vector<std::string> cpuNames(const TargetSpec &target);
/// What --features may name, sorted, each with LLVM's description.
struct CpuFeature {
  std::string name, description;
};
std::vector<CpuFeature> cpuFeatures(const TargetSpec &target);

} // namespace wrought::targets

//===- target_entry.h - A target as the registry sees it ------------------===//
//
// Private to targets/: what registry.cpp needs of a target besides the public
// TargetSpec. Each <cpu>.cpp defines one entry; registry.cpp lists them.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "targets/target.h"

#include "llvm/TargetParser/Triple.h"

namespace wrought::targets {

struct TargetEntry {
  TargetSpec spec;
  llvm::Triple::ArchType architecture;
  /// Spellings of the architecture that LLVM's triple parser does not take.
  std::span<const llvm::StringLiteral> extraSpellings;
  /// Features that the triple's ABI needs ("+a,-b"). LLVM gives up on code for
  /// a CPU without them, so a selection that lacks one is refused.
  llvm::StringRef requiredFeatures;
  /// Features that choose another mode of the processor or another calling
  /// convention, not an extension. One that ends in "-" stands for all that
  /// begin so.
  std::span<const llvm::StringLiteral> modeFeatures;
  /// Features that code may rely on without asking the processor: they change
  /// which code is made but not what it needs, or only intrinsics use them.
  std::span<const llvm::StringLiteral> harmlessFeatures;
  /// Makes LLVM know the target's CPUs; may be called more than once.
  void (*initializeDescriptions)();
};

extern const TargetEntry x86_64Entry;
extern const TargetEntry aarch64Entry;
extern const TargetEntry riscv64Entry;

} // namespace wrought::targets

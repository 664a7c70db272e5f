//===- target_entry.h - A target as the registry sees it ------------------===//
//
// Private to targets/: what is needed of a target besides the public
// TargetSpec. Each <cpu>.cpp defines one entry; registry.cpp lists them.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "targets/target.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/TargetParser/Triple.h"

#include <memory>

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
  /// convention, not an extension. In these lists a "*" at the end stands for
  /// anything.
  std::span<const llvm::StringLiteral> modeFeatures;
  /// Features that a program need not look for when it starts: they change
  /// which code is made but not what it needs, or only intrinsics use them.
  std::span<const llvm::StringLiteral> harmlessFeatures;
  /// Makes LLVM know the target's CPUs; may be called more than once.
  void (*initializeDescriptions)();
};

extern const TargetEntry x86_64Entry;
extern const TargetEntry aarch64Entry;
extern const TargetEntry riscv64Entry;

const TargetEntry &entryOf(const TargetSpec &target);
/// Whether the list has the feature.
bool isListed(std::span<const llvm::StringLiteral> list, llvm::StringRef name);
/// LLVM's tables with a CPU chosen.
std::unique_ptr<llvm::MCSubtargetInfo> subtarget(const TargetEntry &entry,
                                                 llvm::StringRef cpu,
                                                 llvm::StringRef features);
std::unique_ptr<llvm::MCSubtargetInfo>
baselineSubtarget(const TargetEntry &entry);

} // namespace wrought::targets

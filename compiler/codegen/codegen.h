//===- codegen.h - llvm::Module to optimised module to bytes --------------===//
#pragma once

#include "codegen/profile.h"
#include "support/diagnostics.h"
#include "targets/target.h"

#include "llvm/ADT/SmallVector.h"

#include <memory>

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace wrought::codegen {

enum class OptLevel : uint8_t { O0, O1, O2, O3, Os, Oz };
enum class OutputKind : uint8_t { Object, Assembly, LlvmIr, LlvmBitcode };

/// Registers LLVM's targets; call once, before threads start.
void initialize();

struct TargetOptions {
  const targets::TargetSpec *target = nullptr;
  targets::CpuSelection cpu;
  OptLevel level = OptLevel::O2;
};

/// So that users of a machine need not know what it is.
struct TargetMachineDeleter {
  void operator()(llvm::TargetMachine *machine) const;
};
using TargetMachinePtr =
    std::unique_ptr<llvm::TargetMachine, TargetMachineDeleter>;

/// Never null for the targets of targets::all(). One for each thread.
TargetMachinePtr createTargetMachine(const TargetOptions &options);

/// What a module has to do with profiles.
struct ProfileOptions {
  /// It counts what it executes.
  bool counts = false;
  /// Of its functions.
  llvm::StringRef symbolPrefix = "";
  /// What earlier runs counted, or null.
  const IndexedProfile *counted = nullptr;
};

/// Runs the middle end in place. Returns how many functions have another
/// control flow than their counts are of, which are then not used.
size_t optimize(llvm::Module &module, llvm::TargetMachine &machine,
                OptLevel level, const ProfileOptions &profile = {});

/// Gives the module the machine's data layout and appends it in the form asked
/// for. False after reporting.
[[nodiscard]] bool emit(llvm::Module &module, llvm::TargetMachine &machine,
                        OutputKind kind, llvm::SmallVectorImpl<char> &out,
                        Diagnostics &diagnostics);

} // namespace wrought::codegen

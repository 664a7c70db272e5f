//===- codegen.h - llvm::Module to optimised module to bytes --------------===//
#pragma once

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

/// Runs the middle end in place.
void optimize(llvm::Module &module, llvm::TargetMachine &machine,
              OptLevel level);

/// Gives the module the machine's data layout and appends it in the form asked
/// for. False after reporting.
[[nodiscard]] bool emit(llvm::Module &module, llvm::TargetMachine &machine,
                        OutputKind kind, llvm::SmallVectorImpl<char> &out,
                        Diagnostics &diagnostics);

} // namespace wrought::codegen

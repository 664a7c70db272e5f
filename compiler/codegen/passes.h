//===- passes.h - Passes of our own ---------------------------------------===//
#pragma once

#include "llvm/IR/PassManager.h"

namespace wrought::codegen {

/// Makes loads from linear memory ordinary where that cannot lose a trap.
///
/// Translation marks every guarded load volatile, since LLVM deletes a load
/// whose value is unused, and with it the fault that is the trap. After the
/// first simplification, with calls inlined, what is dead shows: a load whose
/// value reaches a store, a call, a branch or a return in its own block stays
/// whatever follows, and may be ordinary from then on. All others stay
/// volatile.
struct RelaxLoadsPass : llvm::PassInfoMixin<RelaxLoadsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &);
};

/// Puts constant addresses in place of the calls that stood for them while
/// alias queries were asked (see translate's memoryBaseFunction).
struct LowerMemoryBasePass : llvm::PassInfoMixin<LowerMemoryBasePass> {
  llvm::PreservedAnalyses run(llvm::Module &module,
                              llvm::ModuleAnalysisManager &);
};

/// Lists the functions that are left in the section wrought_functions, from
/// which a stripped executable's backtrace finds its functions.
struct FunctionTablePass : llvm::PassInfoMixin<FunctionTablePass> {
  llvm::PreservedAnalyses run(llvm::Module &module,
                              llvm::ModuleAnalysisManager &);
};

} // namespace wrought::codegen

//===- passes.h - Passes of our own ---------------------------------------===//
#pragma once

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/PassManager.h"

namespace llvm {
class TargetMachine;
}

namespace wrought::codegen {

struct IndexedProfile;

/// Has the module count what it executes. Runs first, as ApplyProfile does, on
/// what translation made: then both see the same control flow.
class CountExecutionsPass : public llvm::PassInfoMixin<CountExecutionsPass> {
public:
  /// In names, functions have no `symbolPrefix`.
  explicit CountExecutionsPass(llvm::StringRef symbolPrefix)
      : symbolPrefix_(symbolPrefix) {}
  llvm::PreservedAnalyses run(llvm::Module &module,
                              llvm::ModuleAnalysisManager &analyses);

private:
  llvm::StringRef symbolPrefix_;
};

/// Marks what was often executed and what was not, and makes calls of frequent
/// targets direct. Adds the functions whose counts are of other control flow to
/// `misfitCount`.
class ApplyProfilePass : public llvm::PassInfoMixin<ApplyProfilePass> {
public:
  ApplyProfilePass(const IndexedProfile &profile, size_t &misfitCount)
      : profile_(profile), misfitCount_(misfitCount) {}
  llvm::PreservedAnalyses run(llvm::Module &module,
                              llvm::ModuleAnalysisManager &analyses);

private:
  const IndexedProfile &profile_;
  size_t &misfitCount_;
};

/// Makes loads from linear memory ordinary where that cannot lose a trap.
///
/// Translation marks every guarded load volatile, since LLVM deletes a load
/// whose value is unused, and with it the fault that is the trap. After the
/// first simplification, with calls inlined, what is dead shows: a load whose
/// value reaches a store, a call, a branch or a return in its own block may be
/// ordinary from then on. All others stay volatile. What it finds may change:
/// the branch may turn out to lead to the same on both sides. Therefore each of
/// its loads gets a use (llvm.fake.use) that no pass deletes, until KeepLoads.
struct RelaxLoadsPass : llvm::PassInfoMixin<RelaxLoadsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &);
};

/// Takes the fake uses of RelaxLoads away, and makes the loads volatile again
/// that nothing else keeps. It runs twice: when memory and control flow are
/// simplified, before what a fake use would hinder (vectorising), and at the
/// end. The first time those remain whose loads only decide branches or reach
/// what code generation may make branches of.
struct KeepLoadsPass : llvm::PassInfoMixin<KeepLoadsPass> {
  explicit KeepLoadsPass(bool isLast) : isLast(isLast) {}
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &);
  bool isLast;
};

/// Whether it is there only to keep a load, until KeepLoads.
bool isFakeUse(const llvm::Instruction &instruction);

/// Computes lanes of integer vectors apart where nothing else becomes of them.
struct ScalarIndicesPass : llvm::PassInfoMixin<ScalarIndicesPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &);
};

/// Multiplies 64-bit numbers to 128 bits where a module does so by halves. Runs
/// after simplification and before inlining, for which such functions are then
/// small enough.
struct WideMultiplyPass : llvm::PassInfoMixin<WideMultiplyPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &);
};

/// Drops bounds checks that follow from one that was passed before, of the same
/// address and with a larger offset.
struct DropImpliedChecksPass : llvm::PassInfoMixin<DropImpliedChecksPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &analyses);
};

/// Runs innermost loops over linear memory in a form that can be vectorised
/// where comparisons before the loop show that no index wraps, nothing traps
/// and no arrays overlap. Needs loops in simplified, rotated and closed form.
struct VersionLoopsPass : llvm::PassInfoMixin<VersionLoopsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &analyses);
};

/// Whether the loop is the proven one of two versions.
bool isProvenLoop(const llvm::Loop &loop);

/// Rolls up integer sums over neighbouring elements that the producer unrolled,
/// in proven loops, so that they can be vectorised.
struct RerollLoopsPass : llvm::PassInfoMixin<RerollLoopsPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &analyses);
};

/// Keeps in a register what a proven loop stores and loads again in its next
/// iteration.
struct CarryStoresPass : llvm::PassInfoMixin<CarryStoresPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &analyses);
};

/// LLVM's SLP vectoriser, except that it leaves recurrences with a division or
/// a square root alone. An iteration of those takes as long as the chain of
/// their instructions, and in a vector each waits for the longest of them.
struct SlpVectorizePass : llvm::PassInfoMixin<SlpVectorizePass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &analyses);
};

/// Drops the alias scopes of VersionLoops, which hold for one run of a loop
/// only. No pass that looks beyond innermost loops may come before this one.
struct DropLoopScopesPass : llvm::PassInfoMixin<DropLoopScopesPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &);
};

/// Makes one function of those that are alike. A backtrace then names one for
/// all of them.
struct FoldFunctionsPass : llvm::PassInfoMixin<FoldFunctionsPass> {
  llvm::PreservedAnalyses run(llvm::Module &module,
                              llvm::ModuleAnalysisManager &analyses);
};

/// Copies the fetch and the switch of an interpreter's loop to the end of each
/// handler, where that is small. Runs late, since it leaves many edges, but
/// before what handlers have in common is put into one block.
struct ThreadDispatchPass : llvm::PassInfoMixin<ThreadDispatchPass> {
  llvm::PreservedAnalyses run(llvm::Function &function,
                              llvm::FunctionAnalysisManager &analyses);
};

/// Puts the target's code in place of the calls that stand for operations of
/// targets/simd_operations.def. Runs first, so that what the code is made of is
/// optimised like anything else.
class LowerSimdPass : public llvm::PassInfoMixin<LowerSimdPass> {
public:
  explicit LowerSimdPass(const llvm::TargetMachine &machine)
      : machine_(machine) {}
  llvm::PreservedAnalyses run(llvm::Module &module,
                              llvm::ModuleAnalysisManager &);

private:
  const llvm::TargetMachine &machine_;
};

/// Drops the test for indices above 15 from swizzles whose indices cannot be
/// that large. LLVM's own analysis does not look deep enough for the usual
/// case, an index masked several vector operations before.
struct SimplifySwizzlesPass : llvm::PassInfoMixin<SimplifySwizzlesPass> {
  llvm::PreservedAnalyses run(llvm::Module &module,
                              llvm::ModuleAnalysisManager &);
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

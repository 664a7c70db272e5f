//===- slp_vectorize.cpp - Vectors of what is alike in a block ------------===//

#include "codegen/passes.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Vectorize/SLPVectorizer.h"

using namespace llvm;

namespace wrought::codegen {

namespace {

/// Longer cycles are not looked through.
constexpr unsigned MaxCycleLength = 64;

bool isSlow(const Instruction &instruction) {
  if (instruction.getOpcode() == Instruction::FDiv)
    return true;
  const auto *call = dyn_cast<IntrinsicInst>(&instruction);
  return call && call->getIntrinsicID() == Intrinsic::sqrt;
}

/// Divisions and square roots among what an iteration makes of a phi's value
/// for the next one.
class SlowCycle {
public:
  SlowCycle(const Loop &loop, PHINode &phi) : loop_(loop), phi_(phi) {}

  ArrayRef<Instruction *> find() {
    follow(phi_.getIncomingValueForBlock(loop_.getLoopLatch()));
    return found_;
  }

private:
  /// Whether `value` is made from the phi, in this iteration.
  bool follow(Value *value) {
    if (value == &phi_)
      return true;
    auto *instruction = dyn_cast<Instruction>(value);
    if (!instruction || isa<PHINode>(instruction) ||
        !loop_.contains(instruction) ||
        !instruction->getType()->isFloatingPointTy())
      return false;
    if (seen_.contains(instruction))
      return members_.contains(instruction);
    if (seen_.size() == MaxCycleLength)
      return false;
    seen_.insert(instruction);
    bool isMember = false;
    for (Value *operand : instruction->operand_values())
      isMember |= follow(operand);
    if (isMember) {
      members_.insert(instruction);
      if (isSlow(*instruction))
        found_.push_back(instruction);
    }
    return isMember;
  }

  const Loop &loop_;
  PHINode &phi_;
  SmallPtrSet<const Instruction *, 16> seen_, members_;
  SmallVector<Instruction *> found_;
};

/// Keeps slow recurrences out of vectors: their quotients and roots are hidden
/// behind fences, and no vector is made of those.
SmallVector<IntrinsicInst *> holdSlowRecurrences(LoopInfo &loops) {
  SmallSetVector<Instruction *, 8> slow;
  for (Loop *loop : loops.getLoopsInPreorder()) {
    if (!loop->isInnermost() || !loop->getLoopLatch())
      continue;
    for (PHINode &phi : loop->getHeader()->phis())
      if (phi.getType()->isFloatingPointTy())
        slow.insert_range(SlowCycle(*loop, phi).find());
  }
  SmallVector<IntrinsicInst *> fences;
  for (Instruction *instruction : slow) {
    IRBuilder<> builder(instruction->getNextNode());
    auto *fence = cast<IntrinsicInst>(
        builder.CreateArithmeticFence(instruction, instruction->getType()));
    instruction->replaceUsesWithIf(
        fence, [&](Use &use) { return use.getUser() != fence; });
    fences.push_back(fence);
  }
  return fences;
}

} // namespace

PreservedAnalyses SlpVectorizePass::run(Function &function,
                                        FunctionAnalysisManager &analyses) {
  const SmallVector<IntrinsicInst *> fences =
      holdSlowRecurrences(analyses.getResult<LoopAnalysis>(function));
  PreservedAnalyses preserved = SLPVectorizerPass().run(function, analyses);
  for (IntrinsicInst *fence : fences) {
    fence->replaceAllUsesWith(fence->getArgOperand(0));
    fence->eraseFromParent();
  }
  return preserved;
}

} // namespace wrought::codegen

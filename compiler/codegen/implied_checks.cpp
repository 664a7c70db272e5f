//===- implied_checks.cpp - Bounds checks that an earlier one implies -----===//
//
// A check of `address` against `length - reach` that passed implies all those
// with less reach. LLVM does not see that, since it must reckon with
// differences that wrap. These do not: a length says how large it is at least.
//
//===----------------------------------------------------------------------===//

#include "codegen/passes.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/PatternMatch.h"

using namespace llvm;
using namespace llvm::PatternMatch;

namespace wrought::codegen {

namespace {

/// Traps where address > length - reach, unsigned.
struct Check {
  Value *length, *address;
  uint64_t reach;
};

/// The check of a branch whose first successor is where it fails; none if it is
/// no check, or if its difference might wrap.
std::optional<Check> checkOf(const BranchInst &branch) {
  Check check = {};
  const APInt *negated;
  if (!branch.isConditional() ||
      !match(branch.getCondition(),
             m_c_SpecificICmp(ICmpInst::ICMP_ULT,
                              m_Add(m_Value(check.length), m_APInt(negated)),
                              m_Value(check.address))))
    return std::nullopt;
  if (!check.length->getType()->isIntegerTy(64))
    return std::nullopt;
  check.reach = -negated->getZExtValue();
  const auto *load = dyn_cast<LoadInst>(check.length);
  const MDNode *range =
      load ? load->getMetadata(LLVMContext::MD_range) : nullptr;
  if (!range ||
      getConstantRangeFromMetadata(*range).getUnsignedMin().ult(check.reach))
    return std::nullopt;
  return check;
}

class ImpliedChecks {
public:
  explicit ImpliedChecks(DominatorTree &dominators) : dominators_(dominators) {}

  bool run() {
    // Blocks still to enter, and (null) ends of what the last one entered had
    // proven.
    SmallVector<DomTreeNode *> work = {dominators_.getRootNode()};
    while (!work.empty()) {
      DomTreeNode *node = work.pop_back_val();
      if (!node) {
        restore();
        continue;
      }
      scopes_.push_back(changes_.size());
      work.push_back(nullptr);
      enter(*node->getBlock());
      append_range(work, node->children());
    }
    return changed_;
  }

private:
  void enter(BasicBlock &block) {
    if (BasicBlock *before = block.getSinglePredecessor())
      if (auto *branch = dyn_cast<BranchInst>(before->getTerminator());
          branch && branch->isConditional() &&
          branch->getSuccessor(0) != branch->getSuccessor(1) &&
          branch->getSuccessor(1) == &block)
        if (const auto passed = checkOf(*branch))
          note(*passed);
    auto *branch = dyn_cast<BranchInst>(block.getTerminator());
    if (!branch)
      return;
    if (const auto check = checkOf(*branch);
        check &&
        proven_.lookup({check->length, check->address}) >= check->reach) {
      branch->setCondition(ConstantInt::getFalse(block.getContext()));
      changed_ = true;
    }
  }

  void note(const Check &check) {
    uint64_t &reach = proven_[{check.length, check.address}];
    if (reach >= check.reach)
      return;
    changes_.push_back({check.length, check.address, reach});
    reach = check.reach;
  }

  void restore() {
    for (; changes_.size() > scopes_.back(); changes_.pop_back())
      proven_[{changes_.back().length, changes_.back().address}] =
          changes_.back().reach;
    scopes_.pop_back();
  }

  DominatorTree &dominators_;
  /// The largest reach for which each address passed, where we are.
  DenseMap<std::pair<Value *, Value *>, uint64_t> proven_;
  SmallVector<Check> changes_; ///< with the reach before
  SmallVector<size_t> scopes_;
  bool changed_ = false;
};

} // namespace

PreservedAnalyses
DropImpliedChecksPass::run(Function &function,
                           FunctionAnalysisManager &analyses) {
  if (!ImpliedChecks(analyses.getResult<DominatorTreeAnalysis>(function)).run())
    return PreservedAnalyses::all();
  PreservedAnalyses preserved;
  preserved.preserveSet<CFGAnalyses>();
  return preserved;
}

} // namespace wrought::codegen

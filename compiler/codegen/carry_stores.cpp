//===- carry_stores.cpp - What a loop stores for its next iteration -------===//
//
// x[i] = f(x[i - 1]) loads what the iteration before has stored. In a register
// it is there some cycles earlier, and such a loop does nothing but wait for
// it. LLVM's load elimination knows that for strides of one element; a loop
// that the producer unrolled has longer ones, and so have columns of a matrix.
//
//===----------------------------------------------------------------------===//

#include "codegen/passes.h"

#include "llvm/Analysis/AliasAnalysis.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/Analysis/ScopedNoAliasAA.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/ScalarEvolutionExpander.h"

using namespace llvm;

namespace wrought::codegen {

namespace {

class LoopStores {
public:
  LoopStores(Loop &loop, ScalarEvolution &evolution, AAResults &aliases)
      : loop_(loop), block_(*loop.getHeader()), evolution_(evolution),
        aliases_(aliases), layout_(block_.getDataLayout()) {}

  bool run() {
    SmallVector<LoadInst *> loads;
    for (Instruction &instruction : block_) {
      if (auto *load = dyn_cast<LoadInst>(&instruction);
          load && load->isSimple())
        loads.push_back(load);
      auto *store = dyn_cast<StoreInst>(&instruction);
      if (store && store->isSimple())
        stores_.push_back(store);
      else if (instruction.mayWriteToMemory())
        return false;
    }
    if (stores_.empty() || stores_.size() * loads.size() > MostPairs)
      return false;
    bool changed = false;
    for (LoadInst *load : loads)
      for (StoreInst *store : stores_)
        if (isCarried(*load, *store)) {
          changed |= carry(*load, *store);
          break;
        }
    return changed;
  }

private:
  static constexpr size_t MostPairs = 400;

  /// Bytes from one address to the other in the same iteration, where that is
  /// always the same.
  std::optional<int64_t> distance(Value *from, Value *to) const {
    const SCEV *difference = evolution_.getMinusSCEV(evolution_.getSCEV(to),
                                                     evolution_.getSCEV(from));
    const auto *constant = dyn_cast<SCEVConstant>(difference);
    if (!constant || constant->getAPInt().getSignificantBits() > 32)
      return std::nullopt;
    return constant->getAPInt().getSExtValue();
  }

  int64_t sizeOf(const StoreInst &store) const {
    return static_cast<int64_t>(
        layout_.getTypeStoreSize(store.getValueOperand()->getType())
            .getFixedValue());
  }

  /// Whether the scopes of loops in versions say so, which hold across
  /// iterations.
  bool areApart(const StoreInst &store, const LoadInst &load) const {
    SimpleAAQueryInfo query(aliases_);
    return ScopedNoAliasAAResult().alias(MemoryLocation::get(&store),
                                         MemoryLocation::get(&load), query,
                                         nullptr) == AliasResult::NoAlias;
  }

  /// Whether `load` gets what `store` stored one iteration ago.
  bool isCarried(LoadInst &load, StoreInst &store) const {
    if (load.getType() != store.getValueOperand()->getType())
      return false;
    const auto *address =
        dyn_cast<SCEVAddRecExpr>(evolution_.getSCEV(load.getPointerOperand()));
    if (!address || address->getLoop() != &loop_ || !address->isAffine())
      return false;
    const auto *step =
        dyn_cast<SCEVConstant>(address->getStepRecurrence(evolution_));
    const auto ahead =
        distance(load.getPointerOperand(), store.getPointerOperand());
    if (!step || !ahead || step->getAPInt().getSignificantBits() > 32 ||
        *ahead != step->getAPInt().getSExtValue() || *ahead == 0)
      return false;
    const int64_t size = sizeOf(store);
    return all_of(stores_,
                  [&](StoreInst *other) {
                    if (other == &store || areApart(*other, load))
                      return true;
                    // In the iteration of the store, and in that of the load.
                    const auto overlaps = [&](Value *place) {
                      const auto from =
                          distance(place, other->getPointerOperand());
                      return !from || (*from < size && *from > -sizeOf(*other));
                    };
                    return (!store.comesBefore(other) ||
                            !overlaps(store.getPointerOperand())) &&
                           (!other->comesBefore(&load) ||
                            !overlaps(load.getPointerOperand()));
                  }) &&
           (!store.comesBefore(&load) || *ahead >= size || *ahead <= -size);
  }

  /// The first iteration loads before the loop; it would have done so anyway.
  bool carry(LoadInst &load, StoreInst &store) {
    BasicBlock *before = loop_.getLoopPreheader();
    const SCEV *start =
        cast<SCEVAddRecExpr>(evolution_.getSCEV(load.getPointerOperand()))
            ->getStart();
    SCEVExpander expander(evolution_, "carry");
    if (!expander.isSafeToExpandAt(start, before->getTerminator()))
      return false;
    Value *place = expander.expandCodeFor(start, load.getPointerOperandType(),
                                          before->getTerminator());
    auto *first = cast<LoadInst>(load.clone());
    first->insertBefore(before->getTerminator()->getIterator());
    first->setOperand(0, place);
    // They are of the loop's accesses only.
    first->setMetadata(LLVMContext::MD_alias_scope, nullptr);
    first->setMetadata(LLVMContext::MD_noalias, nullptr);
    PHINode *phi = PHINode::Create(load.getType(), 2, "carried");
    phi->insertBefore(block_.begin());
    phi->addIncoming(first, before);
    Value *next = store.getValueOperand();
    phi->addIncoming(next == &load ? phi : next, &block_);
    evolution_.forgetValue(&load);
    load.replaceAllUsesWith(phi);
    load.eraseFromParent();
    return true;
  }

  Loop &loop_;
  BasicBlock &block_;
  ScalarEvolution &evolution_;
  AAResults &aliases_;
  const DataLayout &layout_;
  SmallVector<StoreInst *> stores_;
};

} // namespace

PreservedAnalyses CarryStoresPass::run(Function &function,
                                       FunctionAnalysisManager &analyses) {
  auto &loops = analyses.getResult<LoopAnalysis>(function);
  bool changed = false;
  for (Loop *loop : loops.getLoopsInPreorder())
    if (isProvenLoop(*loop) && loop->getNumBlocks() == 1 &&
        loop->getLoopPreheader())
      changed |=
          LoopStores(*loop,
                     analyses.getResult<ScalarEvolutionAnalysis>(function),
                     analyses.getResult<AAManager>(function))
              .run();
  if (!changed)
    return PreservedAnalyses::all();
  PreservedAnalyses preserved;
  preserved.preserveSet<CFGAnalyses>();
  return preserved;
}

} // namespace wrought::codegen

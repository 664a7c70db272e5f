//===- thread_dispatch.cpp - Interpreters jump from handler to handler ----===//
//
// The loop of an interpreter fetches an instruction and switches on it, and all
// handlers return to that one switch. Its indirect jump has little to predict
// its target by. With the fetch and a switch of its own at the end of each
// handler, what follows which instruction is learned, and a jump is saved.
//
//===----------------------------------------------------------------------===//

#include "codegen/passes.h"

#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/PromoteMemToReg.h"

using namespace llvm;

namespace wrought::codegen {

namespace {

/// Fewer cases become comparisons, of which each is predicted by itself.
constexpr unsigned LeastTargets = 8;
/// Blocks that return to a switch, where it is more than the end of a loop.
constexpr unsigned LeastHandlers = 4;
/// Of a block that is copied.
constexpr unsigned MostInstructions = 24;
/// In one function: instructions that are added, and edges of the graph, as
/// many words of jump tables. Where many edges need copies, register allocation
/// takes more than in proportion: 83 handlers 0.8 s, 120 handlers 7 s.
constexpr unsigned MostAdded = 4'000, MostEdges = 7'000;

/// Blocks that run one after the other, to a switch on what is loaded in them;
/// from any of them there may be a way out (a check that traps, an interrupt).
/// Empty: `block` ends with no such switch.
using Dispatch = SmallVector<BasicBlock *, 4>;

/// The one block, or the one in the loop, from which `block` is come to.
BasicBlock *predecessorOf(BasicBlock &block, BasicBlock &end,
                          const DominatorTree &dominators) {
  if (BasicBlock *before = block.getSinglePredecessor())
    return before;
  BasicBlock *found = nullptr;
  for (BasicBlock *before : predecessors(&block)) {
    if (!dominators.dominates(&end, before))
      continue;
    if (found)
      return nullptr;
    found = before;
  }
  return found;
}

Dispatch dispatchAt(BasicBlock &block, const DominatorTree &dominators) {
  auto *end = dyn_cast<SwitchInst>(block.getTerminator());
  if (!end)
    return {};
  const SmallPtrSet<const BasicBlock *, 16> targets(succ_begin(&block),
                                                    succ_end(&block));
  if (targets.size() < LeastTargets)
    return {};
  Dispatch blocks = {&block};
  while (BasicBlock *before =
             predecessorOf(*blocks.back(), block, dominators)) {
    if (!isa<BranchInst>(before->getTerminator()) ||
        is_contained(blocks, before))
      break;
    blocks.push_back(before);
  }
  std::reverse(blocks.begin(), blocks.end());

  SmallVector<const Value *> work = {end->getCondition()};
  SmallPtrSet<const Value *, 8> seen;
  while (!work.empty()) {
    const auto *next = dyn_cast<Instruction>(work.pop_back_val());
    if (!next || !is_contained(blocks, next->getParent()) ||
        isa<PHINode>(next) || !seen.insert(next).second)
      continue;
    if (isa<LoadInst>(next))
      return blocks;
    append_range(work, next->operand_values());
  }
  return {};
}

bool canCopy(const Instruction &instruction) {
  if (isa<AllocaInst>(instruction) || instruction.getType()->isTokenTy())
    return false;
  const auto *call = dyn_cast<CallBase>(&instruction);
  return !call || (isa<IntrinsicInst>(call) && !call->cannotDuplicate() &&
                   !call->isConvergent());
}

/// Whether they may be copied, and are small.
bool canCopy(const Dispatch &blocks) {
  unsigned count = 0;
  for (const BasicBlock *block : blocks)
    for (const Instruction &instruction : *block) {
      if (isa<PHINode>(instruction) || instruction.isDebugOrPseudoInst() ||
          isa_and_present<AllocaInst>(getLoadStorePointerOperand(&instruction)))
        continue;
      if (!canCopy(instruction) || ++count > MostInstructions)
        return false;
    }
  return true;
}

/// Blocks that only go to `block`.
SmallVector<BasicBlock *> handlersOf(BasicBlock &block) {
  SmallVector<BasicBlock *> found;
  for (BasicBlock *before : predecessors(&block))
    if (before != &block && isa<BranchInst>(before->getTerminator()) &&
        before->getSingleSuccessor())
      found.push_back(before);
  return found;
}

/// Copies dispatches of one function into the blocks that go there. Values that
/// cross their bounds lie on the stack meanwhile, so that a copy is only that.
class DispatchThreading {
public:
  DispatchThreading(Function &function, DominatorTree &dominators)
      : function_(function), dominators_(dominators) {}

  bool run() {
    for (BasicBlock &block : function_)
      if (Dispatch dispatch = dispatchAt(block, dominators_);
          !dispatch.empty() && isLoop(dispatch))
        work_.push_back(std::move(dispatch));
    // What a copy was added to may be a small block itself, to which several
    // handlers go.
    for (size_t next = 0; next < work_.size(); ++next)
      copyToHandlers(Dispatch(work_[next]));
    if (slots_.empty())
      return false;
    // Not before: two dispatches may begin with the same blocks.
    removeUnreachableBlocks(function_);
    dominators_.recalculate(function_);
    erase_if(slots_,
             [](AllocaInst *slot) { return !isAllocaPromotable(slot); });
    PromoteMemToReg(slots_, dominators_);
    return true;
  }

private:
  bool isLoop(const Dispatch &dispatch) const {
    return count_if(handlersOf(*dispatch.front()), [&](BasicBlock *handler) {
             return dominators_.dominates(dispatch.back(), handler);
           }) >= LeastHandlers;
  }

  void copyToHandlers(const Dispatch &dispatch) {
    const SmallVector<BasicBlock *> handlers = handlersOf(*dispatch.front());
    if (handlers.size() < 2 || !canCopy(dispatch))
      return;
    size_t instructions = 0, edges = 0;
    for (BasicBlock *block : dispatch) {
      instructions += block->size();
      edges += block->getTerminator()->getNumSuccessors();
    }
    edges_ += edges * handlers.size();
    added_ += instructions * handlers.size();
    if (edges_ > MostEdges || added_ > MostAdded)
      return;
    for (BasicBlock *block : dispatch)
      putOnStack(*block);
    for (BasicBlock *handler : handlers)
      work_.push_back(copyTo(dispatch, *handler));
  }

  void putOnStack(BasicBlock &block) {
    const auto place = function_.getEntryBlock().getFirstInsertionPt();
    while (auto *phi = dyn_cast<PHINode>(&block.front()))
      if (AllocaInst *slot = DemotePHIToStack(phi, place))
        slots_.push_back(slot);
    SmallVector<Instruction *> crossing;
    for (Instruction &instruction : block)
      if (instruction.isUsedOutsideOfBlock(&block))
        crossing.push_back(&instruction);
    for (Instruction *instruction : crossing)
      slots_.push_back(DemoteRegToStack(*instruction, false, place));
  }

  /// Returns the dispatch that the handler ends with now.
  Dispatch copyTo(const Dispatch &dispatch, BasicBlock &handler) {
    ValueToValueMapTy copies;
    handler.getTerminator()->eraseFromParent();
    Dispatch result = {&handler};
    for (BasicBlock *block : drop_begin(dispatch)) {
      result.push_back(
          BasicBlock::Create(function_.getContext(), "dispatch", &function_));
      result.back()->moveAfter(result[result.size() - 2]);
      copies[block] = result.back();
    }
    for (auto [block, copied] : zip(dispatch, result)) {
      for (Instruction &instruction : *block) {
        Instruction *copy = instruction.clone();
        copy->insertInto(copied, copied->end());
        copies[&instruction] = copy;
        RemapInstruction(copy, copies,
                         RF_NoModuleLevelChanges | RF_IgnoreMissingLocals);
      }
      for (BasicBlock *target : successors(block))
        for (PHINode &phi : target->phis()) {
          Value *value = phi.getIncomingValueForBlock(block);
          if (Value *copy = copies.lookup(value))
            value = copy;
          phi.addIncoming(value, copied);
        }
    }
    return result;
  }

  Function &function_;
  DominatorTree &dominators_;
  std::vector<Dispatch> work_;
  SmallVector<AllocaInst *> slots_;
  size_t edges_ = 0, added_ = 0;
};

} // namespace

PreservedAnalyses ThreadDispatchPass::run(Function &function,
                                          FunctionAnalysisManager &analyses) {
  if (function.hasOptSize() ||
      !DispatchThreading(function,
                         analyses.getResult<DominatorTreeAnalysis>(function))
           .run())
    return PreservedAnalyses::all();
  return PreservedAnalyses::none();
}

} // namespace wrought::codegen

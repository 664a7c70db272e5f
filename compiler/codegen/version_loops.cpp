//===- version_loops.cpp - Loops whose accesses are proven beforehand -----===//
//
// An innermost loop over linear memory is hard to vectorise as it stands: its
// 32-bit indices may wrap, any access may trap in the middle, and all accesses
// may overlap, since they lie in one memory. This pass asks these questions
// once, before the loop. Accesses whose indices advance by the same step at
// constant distances form a group. In 64-bit arithmetic that cannot wrap it is
// compared
//   - that no index of a group leaves [0, 2^32),
//   - that no byte of a group lies behind the end of the memory,
//   - that groups with a store are disjoint from all others.
// If all of it holds, the loop itself runs, rewritten: addresses advance in 64
// bits, loads need not be volatile, bounds checks are gone, alias scopes tell
// the groups apart. Otherwise a copy of the loop as it was runs. Where groups
// may well overlap, there is a version between the two: rewritten, but without
// scopes.
//
// Why that is safe: the comparisons are made at run time on the very values
// from which addresses are formed, so flags and scopes state what was just
// found out, whatever the module does. No access of the rewritten loop can
// trap, so it may be reordered; the memory cannot shrink, and no call is in
// the loop. An address differs from the one it replaces in no iteration.
//
// A scope speaks of one run of the loop, not of the next run that an outer loop
// brings. DropLoopScopesPass therefore ends them before any pass looks beyond
// the innermost loop.
//
//===----------------------------------------------------------------------===//

#include "codegen/passes.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/PatternMatch.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/LoopSimplify.h"
#include "llvm/Transforms/Utils/LoopUtils.h"
#include "llvm/Transforms/Utils/ScalarEvolutionExpander.h"

#include <deque>

namespace wrought::codegen {

namespace {

using llvm::SCEV;

/// Larger loops gain little and double.
constexpr unsigned MaxInstructions = 600;
constexpr unsigned MaxBlocks = 16;
constexpr unsigned MaxGroups = 10;
constexpr unsigned MaxOverlapChecks = 24;
/// Below that many iterations the comparisons cost more than they bring.
constexpr unsigned MinTripCount = 8;
/// Of the preheader's expressions, in LLVM's units of cost.
constexpr unsigned ExpansionBudget = 24;
/// Static offsets and distances are below 2^33, steps below 2^30, trip counts
/// below 2^32: sums of their products stay below 2^63.
constexpr int64_t MaxDistance = int64_t{1} << 33;
constexpr int64_t MaxStep = int64_t{1} << 30;

/// Of the narrowest vectors that any target has.
constexpr uint64_t VectorByteLength = 16;

constexpr llvm::StringLiteral FastLoop = "wrought.loop.proven";
constexpr llvm::StringLiteral LoopAlignment = "llvm.loop.align";
constexpr uint64_t CacheLineByteLength = 64;

/// What an access adds to its memory's base: zext(index) + offset, or a value
/// that is 64 bits wide already.
struct Address {
  const SCEV *index = nullptr; ///< i32, or i64 when `isWide`
  bool isWide = false;
  int64_t offset = 0;
};

/// A load or store, or a bounds check of the same form.
struct Access {
  llvm::Instruction *instruction;
  llvm::CallInst *base; ///< null for a bounds check
  Address address;
  uint64_t byteLength;  ///< 0 for a bounds check
  llvm::Value *limit;   ///< of a bounds check: zext(index) + offset <= limit
  int64_t distance = 0; ///< of the index from the group's first
};

struct Group {
  llvm::CallInst *base;
  const SCEV *start; ///< of the first access' index
  const SCEV *step;  ///< of the index's type; zero when it does not advance
  bool isWide;
  bool hasStore = false;
  llvm::SmallVector<Access *, 8> accesses;
  int64_t lowest = 0; ///< least distance

  // In the preheader, once expanded: i64.
  llvm::Value *first = nullptr;   ///< index + lowest, in the first iteration
  llvm::Value *advance = nullptr; ///< step × iterations; null without a step
  llvm::Value *step64 = nullptr;
  llvm::Value *low = nullptr, *high = nullptr; ///< bytes [low, high)
};

bool isTrapBlock(const llvm::BasicBlock *block) {
  // A loop of simplified form has a block of its own before a shared trap.
  const auto *branch = llvm::dyn_cast<llvm::BranchInst>(&block->front());
  if (branch && branch->isUnconditional())
    block = branch->getSuccessor(0);
  return llvm::isa<llvm::UnreachableInst>(block->getTerminator()) &&
         !llvm::isa<llvm::PHINode>(block->front());
}

bool isMemoryBase(const llvm::Value *value) {
  const auto *call = llvm::dyn_cast<llvm::CallInst>(value);
  return call && call->getCalledFunction() &&
         call->getCalledFunction()->hasFnAttribute("wrought-address");
}

class LoopVersioner {
public:
  LoopVersioner(llvm::Loop &loop, llvm::LoopInfo &loops,
                llvm::DominatorTree &dominators, llvm::ScalarEvolution &scalars,
                llvm::TargetTransformInfo &target)
      : loop_(loop), loops_(loops), dominators_(dominators), scalars_(scalars),
        target_(target), function_(*loop.getHeader()->getParent()),
        context_(function_.getContext()),
        i64_(llvm::Type::getInt64Ty(context_)) {}

  bool run() {
    if (!hasForm() || !collect() || !isWorthIt() || !group() || !canExpand())
      return false;
    rewrite();
    return true;
  }

private:
  //===--------------------------------------------------------------------===//
  // What the loop is
  //===--------------------------------------------------------------------===//

  bool hasForm() {
    if (!loop_.isLoopSimplifyForm() || !loop_.isLCSSAForm(dominators_) ||
        loop_.getNumBlocks() > MaxBlocks ||
        llvm::getBooleanLoopAttribute(&loop_, FastLoop) ||
        llvm::getBooleanLoopAttribute(&loop_, "llvm.loop.isvectorized"))
      return false;
    // Exits: one that every iteration comes by, and traps.
    llvm::SmallVector<llvm::Loop::Edge, 4> edges;
    loop_.getExitEdges(edges);
    for (const auto &[from, to] : edges) {
      if (isTrapBlock(to))
        continue;
      if (exit_)
        return false;
      exiting_ = from;
      exit_ = to;
    }
    if (!exit_ || !dominators_.dominates(exiting_, loop_.getLoopLatch()))
      return false;
    if (!countTrips())
      return false;
    const unsigned most = scalars_.getSmallConstantMaxTripCount(&loop_);
    return most == 0 || most >= MinTripCount;
  }

  /// How often the latch goes back: known, or known where comparisons hold that
  /// are made with the others. A counter that meets its bound exactly, in steps
  /// of several, may miss it.
  bool countTrips() {
    tripsTaken_ = scalars_.getExitCount(&loop_, exiting_);
    if (llvm::isa<llvm::SCEVCouldNotCompute>(tripsTaken_)) {
      llvm::SmallVector<const llvm::SCEVPredicate *, 4> predicates;
      tripsTaken_ =
          scalars_.getPredicatedExitCount(&loop_, exiting_, &predicates);
      for (const llvm::SCEVPredicate *predicate : predicates) {
        const auto *comparison =
            llvm::dyn_cast<llvm::SCEVComparePredicate>(predicate);
        if (!comparison)
          return false;
        assumptions_.push_back(comparison);
      }
    }
    return !llvm::isa<llvm::SCEVCouldNotCompute>(tripsTaken_) &&
           tripsTaken_->getType()->getIntegerBitWidth() <= 64;
  }

  bool collect() {
    unsigned count = 0;
    for (llvm::BasicBlock *block : loop_.blocks()) {
      for (llvm::Instruction &instruction : *block) {
        if (++count > MaxInstructions || !collect(instruction))
          return false;
      }
      if (!collectCheck(*block))
        return false;
    }
    return !accesses_.empty();
  }

  bool collect(llvm::Instruction &instruction) {
    if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) {
      if (load->isAtomic())
        return false;
      // The instance's own state: as it is, if no store can change it. One of
      // several addresses may lie in the memory, where a load traps.
      const llvm::Value *pointer = load->getPointerOperand();
      if (!findBase(load->getPointerOperand()))
        return !load->isVolatile() && loop_.isLoopInvariant(pointer) &&
               !llvm::isa<llvm::PHINode, llvm::SelectInst,
                          llvm::GetElementPtrInst>(
                   llvm::getUnderlyingObject(pointer));
      return addAccess(instruction, load->getPointerOperand(), load->getType());
    }
    if (auto *store = llvm::dyn_cast<llvm::StoreInst>(&instruction)) {
      hasStore_ = true;
      return store->isSimple() &&
             addAccess(instruction, store->getPointerOperand(),
                       store->getValueOperand()->getType());
    }
    if (isFakeUse(instruction))
      return true;
    if (auto *call = llvm::dyn_cast<llvm::CallBase>(&instruction))
      return call->doesNotAccessMemory() && !call->mayThrow() &&
             call->willReturn();
    return !instruction.mayReadOrWriteMemory() &&
           !instruction.mayHaveSideEffects();
  }

  /// Asked of SCEV, which also knows a phi that has the address of the
  /// iteration before.
  llvm::CallInst *findBase(llvm::Value *pointer) {
    const SCEV *root = scalars_.getPointerBase(scalars_.getSCEV(pointer));
    const auto *unknown = llvm::dyn_cast<llvm::SCEVUnknown>(root);
    return unknown && isMemoryBase(unknown->getValue())
               ? llvm::cast<llvm::CallInst>(unknown->getValue())
               : nullptr;
  }

  bool addAccess(llvm::Instruction &instruction, llvm::Value *pointer,
                 llvm::Type *type) {
    llvm::CallInst *base = findBase(pointer);
    const llvm::TypeSize size =
        function_.getDataLayout().getTypeStoreSize(type);
    if (!base || loop_.contains(base) || size.isScalable())
      return false;
    const auto address =
        takeApart(scalars_.removePointerBase(scalars_.getSCEV(pointer)));
    if (!address)
      return false;
    accesses_.push_back(
        {&instruction, base, *address, size.getFixedValue(), nullptr});
    return true;
  }

  /// A branch to a trap block is a bounds check: index > limit, one way or the
  /// other. Any other branch to a trap keeps the loop as it is.
  bool collectCheck(llvm::BasicBlock &block) {
    auto *branch = llvm::dyn_cast<llvm::BranchInst>(block.getTerminator());
    if (!branch)
      return false;
    if (!branch->isConditional())
      return true;
    const bool trapsIfTrue = isTrapBlock(branch->getSuccessor(0));
    const bool trapsIfFalse = isTrapBlock(branch->getSuccessor(1));
    if (!trapsIfTrue && !trapsIfFalse)
      return true;
    auto *compare = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
    if (!compare || trapsIfTrue == trapsIfFalse)
      return false;
    llvm::Value *left = compare->getOperand(0), *right = compare->getOperand(1);
    auto predicate =
        trapsIfTrue ? compare->getPredicate() : compare->getInversePredicate();
    if (predicate == llvm::ICmpInst::ICMP_ULT ||
        predicate == llvm::ICmpInst::ICMP_ULE) {
      std::swap(left, right);
      predicate = llvm::ICmpInst::getSwappedPredicate(predicate);
    }
    if ((predicate != llvm::ICmpInst::ICMP_UGT &&
         predicate != llvm::ICmpInst::ICMP_UGE) ||
        !loop_.isLoopInvariant(right))
      return false;
    auto *type = llvm::dyn_cast<llvm::IntegerType>(left->getType());
    if (!type || (type->getBitWidth() != 32 && type->getBitWidth() != 64))
      return false;
    const SCEV *index = scalars_.getSCEV(left);
    if (type->getBitWidth() == 32)
      index = scalars_.getZeroExtendExpr(index, i64_);
    auto address = takeApart(index);
    if (!address)
      return false;
    // index >= limit is index + 1 > limit.
    address->offset += predicate == llvm::ICmpInst::ICMP_UGE;
    right = withoutDifference(right, address->offset);
    accesses_.push_back({branch, nullptr, *address, 0, right});
    hasChecks_ = true;
    return true;
  }

  /// Of a limit `length - constant` the length; the constant goes to the other
  /// side. Where the sum there is at most the length, the difference cannot
  /// wrap, and the comparison as it was made holds.
  static llvm::Value *withoutDifference(llvm::Value *limit, int64_t &offset) {
    using namespace llvm::PatternMatch;
    llvm::Value *length;
    const llvm::APInt *constant;
    if (!match(limit, m_Add(m_Value(length), m_APInt(constant))) ||
        constant->getBitWidth() != 64 || !constant->isNegative() ||
        !constant->isSignedIntN(33))
      return limit;
    offset -= constant->getSExtValue();
    return length;
  }

  /// A sum of constants and one term that is as narrow as an index, or of terms
  /// that SCEV has proven not to wrap.
  std::optional<Address> takeApart(const SCEV *sum) {
    Address address;
    const SCEV *rest = sum;
    if (const auto *add = llvm::dyn_cast<llvm::SCEVAddExpr>(sum)) {
      if (const auto *constant =
              llvm::dyn_cast<llvm::SCEVConstant>(add->getOperand(0))) {
        const llvm::APInt &value = constant->getAPInt();
        if (value.isNegative() || value.getActiveBits() > 33)
          return std::nullopt;
        address.offset = static_cast<int64_t>(value.getZExtValue());
        rest = scalars_.getMinusSCEV(sum, constant);
      }
    }
    if (const auto *extended = llvm::dyn_cast<llvm::SCEVZeroExtendExpr>(rest)) {
      if (!extended->getOperand()->getType()->isIntegerTy(32))
        return std::nullopt;
      address.index = extended->getOperand();
      return isAffine(address.index) ? std::optional(address) : std::nullopt;
    }
    if (!isAffine(sum))
      return std::nullopt;
    return narrowed(sum).value_or(Address{sum, true, 0});
  }

  /// The form zext(index) + offset of a 64-bit value that came of it, so that
  /// all accesses to one array are of one form. That the index does not wrap is
  /// compared as for all others.
  std::optional<Address> narrowed(const SCEV *sum) {
    const auto *chain = llvm::dyn_cast<llvm::SCEVAddRecExpr>(sum);
    if (!chain || chain->getLoop() != &loop_)
      return std::nullopt;
    const auto *step = llvm::dyn_cast<llvm::SCEVConstant>(chain->getOperand(1));
    if (!step || !step->getAPInt().isSignedIntN(31))
      return std::nullopt;
    const SCEV *start = chain->getStart();
    llvm::Type *i32 = llvm::Type::getInt32Ty(context_);
    Address address;
    if (const auto *constant = llvm::dyn_cast<llvm::SCEVConstant>(start)) {
      if (!constant->getAPInt().isIntN(32))
        return std::nullopt;
      start = scalars_.getTruncateExpr(start, i32);
    } else {
      const auto inner = takeApart(start);
      if (!inner || inner->isWide)
        return std::nullopt;
      start = inner->index;
      address.offset = inner->offset;
    }
    address.index = scalars_.getAddRecExpr(
        start, scalars_.getTruncateExpr(step, i32), &loop_, SCEV::FlagAnyWrap);
    // What is known of it may say otherwise than an expression of one loop.
    return llvm::isa<llvm::SCEVAddRecExpr>(address.index) &&
                   scalars_.isLoopInvariant(start, &loop_)
               ? std::optional(address)
               : std::nullopt;
  }

  bool isAffine(const SCEV *index) {
    if (scalars_.isLoopInvariant(index, &loop_))
      return true;
    const auto *chain = llvm::dyn_cast<llvm::SCEVAddRecExpr>(index);
    return chain && chain->getLoop() == &loop_ && chain->isAffine();
  }

  /// The vectoriser cannot reorder sums of floating point, and then there is
  /// nothing to be had from a loop without stores or checks.
  bool isWorthIt() const {
    if (hasChecks_)
      return true;
    for (llvm::PHINode &phi : loop_.getHeader()->phis())
      if (phi.getType()->isFPOrFPVectorTy() && !hasStore_)
        return false;
    return hasStore_ || llvm::any_of(accesses_, [](const Access &access) {
             return access.byteLength != 0;
           });
  }

  //===--------------------------------------------------------------------===//
  // Groups
  //===--------------------------------------------------------------------===//

  bool group() {
    for (Access &access : accesses_)
      if (!assign(access))
        return false;
    for (Group &group : groups_) {
      for (const Access *access : group.accesses)
        group.lowest = std::min(group.lowest, access->distance);
      for (const Access *access : group.accesses)
        if (access->distance - group.lowest >= MaxDistance)
          return false;
    }
    unsigned pairs = 0;
    for (size_t i = 0; i < groups_.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        pairs += mustBeDisjoint(groups_[i], groups_[j]);
    return pairs <= MaxOverlapChecks;
  }

  bool assign(Access &access) {
    const SCEV *start = access.address.index;
    const SCEV *step = scalars_.getZero(start->getType());
    if (const auto *chain = llvm::dyn_cast<llvm::SCEVAddRecExpr>(start);
        chain && chain->getLoop() == &loop_) {
      start = chain->getStart();
      step = chain->getStepRecurrence(scalars_);
      // Only the latch is passed once an iteration; a step is a constant or
      // found to be positive when the loop starts.
      if (const auto *constant = llvm::dyn_cast<llvm::SCEVConstant>(step)) {
        if (!constant->getAPInt().isSignedIntN(31) ||
            std::abs(constant->getAPInt().getSExtValue()) > MaxStep)
          return false;
      } else if (access.address.isWide) {
        return false;
      }
    }
    for (Group &group : groups_) {
      if (group.base != access.base || group.step != step ||
          group.isWide != access.address.isWide)
        continue;
      const auto *difference = llvm::dyn_cast<llvm::SCEVConstant>(
          scalars_.getMinusSCEV(start, group.start));
      if (!difference || !difference->getAPInt().isSignedIntN(33))
        continue;
      access.distance = difference->getAPInt().getSExtValue();
      add(group, access);
      return true;
    }
    if (groups_.size() == MaxGroups)
      return false;
    Group group;
    group.base = access.base;
    group.start = start;
    group.step = step;
    group.isWide = access.address.isWide;
    add(group, access);
    groups_.push_back(std::move(group));
    return true;
  }

  static void add(Group &group, Access &access) {
    group.hasStore |= llvm::isa<llvm::StoreInst>(access.instruction);
    group.accesses.push_back(&access);
  }

  static bool mustBeDisjoint(const Group &a, const Group &b) {
    // Memories with addresses of their own do not overlap.
    return a.base && b.base &&
           a.base->getCalledFunction() == b.base->getCalledFunction() &&
           (a.hasStore || b.hasStore);
  }

  bool canExpand() {
    llvm::SCEVExpander expander(scalars_, "versioned");
    llvm::Instruction *at = loop_.getLoopPreheader()->getTerminator();
    llvm::SmallVector<const SCEV *, 16> expressions = {tripsTaken_};
    for (const Group &group : groups_) {
      expressions.push_back(group.start);
      expressions.push_back(group.step);
    }
    for (const llvm::SCEVComparePredicate *assumption : assumptions_) {
      expressions.push_back(assumption->getLHS());
      expressions.push_back(assumption->getRHS());
    }
    for (const SCEV *expression : expressions)
      if (!expander.isSafeToExpandAt(expression, at))
        return false;
    return !expander.isHighCostExpansion(expressions, &loop_, ExpansionBudget,
                                         &target_, at);
  }

  //===--------------------------------------------------------------------===//
  // Rewriting
  //===--------------------------------------------------------------------===//

  void rewrite() {
    llvm::BasicBlock *check = loop_.getLoopPreheader();
    const auto [isInBounds, isApart] = expandChecks(check);
    const bool hasOrdered = isApart && mayWellOverlap();
    llvm::Value *holds = isInBounds;
    if (isApart && !hasOrdered)
      holds = llvm::IRBuilder<>(check->getTerminator())
                  .CreateAnd(isInBounds, isApart);
    llvm::SplitBlock(check, check->getTerminator(), &dominators_, &loops_,
                     nullptr, "proven");
    llvm::SmallVector<llvm::BasicBlock *, 8> exitBlocks;
    loop_.getExitBlocks(exitBlocks);

    llvm::ValueToValueMapTy copies;
    llvm::Loop *copy = clone(check, holds, ".plain", copies);
    // Traps are reached from the copy only, once the checks are gone.
    for (llvm::BasicBlock *block : exitBlocks) {
      if (block == exit_)
        continue;
      llvm::BasicBlock *above =
          dominators_.getNode(block)->getIDom()->getBlock();
      if (loop_.contains(above))
        dominators_.changeImmediateDominator(
            block, llvm::cast<llvm::BasicBlock>(copies[above]));
    }
    removeChecks();
    removeFakeUses();
    rewriteAccesses();
    llvm::Value *exitsBefore = nullptr;
    if (!assumptions_.empty())
      exitsBefore = countBy(trips_);
    if (hasOrdered)
      addOrdered(isApart);
    addScopes();
    if (exitsBefore)
      llvm::RecursivelyDeleteTriviallyDeadInstructions(exitsBefore);
    // An address that an iteration handed to the next one is no induction
    // variable, and would keep the loop from being vectorised.
    llvm::DeleteDeadPHIs(loop_.getHeader());
    llvm::formDedicatedExitBlocks(copy, &dominators_, &loops_, nullptr, true);
    llvm::formDedicatedExitBlocks(&loop_, &dominators_, &loops_, nullptr, true);
    mark(*copy, {"llvm.loop.vectorize.enable", "llvm.loop.unroll.disable"});
    if (isUnrolled())
      mark(loop_, {FastLoop, "llvm.loop.vectorize.enable"});
    else
      mark(loop_, {FastLoop});
  }

  /// A copy of the loop as it is, which runs where the condition does not hold.
  /// `above` ends in the branch to the one or the other.
  llvm::Loop *clone(llvm::BasicBlock *above, llvm::Value *holds,
                    const char *suffix, llvm::ValueToValueMapTy &copies) {
    llvm::BasicBlock *preheader = loop_.getLoopPreheader();
    llvm::SmallVector<llvm::BasicBlock *, 16> blocks;
    llvm::Loop *copy =
        llvm::cloneLoopWithPreheader(preheader, above, &loop_, copies, suffix,
                                     &loops_, &dominators_, blocks);
    llvm::remapInstructionsInBlocks(blocks, copies);
    above->getTerminator()->eraseFromParent();
    llvm::IRBuilder<>(above).CreateCondBr(holds, preheader,
                                          copy->getLoopPreheader());
    dominators_.changeImmediateDominator(
        exit_, dominators_.findNearestCommonDominator(
                   above, dominators_.getNode(exit_)->getIDom()->getBlock()));
    for (llvm::PHINode &phi : exit_->phis()) {
      llvm::Value *value = phi.getIncomingValueForBlock(exiting_);
      if (auto mapped = copies.find(value); mapped != copies.end())
        value = mapped->second;
      phi.addIncoming(value, llvm::cast<llvm::BasicBlock>(copies[exiting_]));
      scalars_.forgetLcssaPhiWithNewPredecessor(&loop_, &phi);
    }
    scalars_.forgetLoop(&loop_);
    return copy;
  }

  /// Whether the loop may have been written for arrays that overlap: it reads a
  /// cell again and again that is as large as what it stores, which may be one
  /// of those.
  bool mayWellOverlap() const {
    return llvm::any_of(groups_, [&](const Group &cell) {
      return !cell.hasStore && cell.base && cell.step->isZero() &&
             llvm::any_of(groups_, [&](const Group &stored) {
               return stored.hasStore && mustBeDisjoint(cell, stored) &&
                      stored.accesses.front()->byteLength ==
                          cell.accesses.front()->byteLength;
             });
    });
  }

  /// For groups that overlap, but cannot trap: the loop as rewritten, without
  /// scopes.
  void addOrdered(llvm::Value *isApart) {
    llvm::BasicBlock *above = loop_.getLoopPreheader();
    llvm::SplitBlock(above, above->getTerminator(), &dominators_, &loops_,
                     nullptr, "apart");
    llvm::ValueToValueMapTy copies;
    llvm::Loop *copy = clone(above, isApart, ".ordered", copies);
    llvm::formDedicatedExitBlocks(copy, &dominators_, &loops_, nullptr, true);
    // Its iterations wait for what others stored; a line's end in the middle of
    // it costs a quarter more (floyd-warshall).
    mark(*copy, {FastLoop, "llvm.loop.vectorize.enable", LoopAlignment});
  }

  /// Whether the producer unrolled the loop: an iteration's stores fill a
  /// vector, which is better made of them than of several iterations.
  bool isUnrolled() const {
    bool isAny = false;
    for (const Group &group : groups_) {
      if (!group.hasStore)
        continue;
      std::vector<std::pair<int64_t, uint64_t>> stores;
      for (const Access *access : group.accesses)
        if (llvm::isa<llvm::StoreInst>(access->instruction))
          stores.push_back(
              {access->distance + access->address.offset, access->byteLength});
      llvm::sort(stores);
      uint64_t run = 0, longest = 0;
      int64_t end = INT64_MIN;
      for (const auto &[begin, byteLength] : stores) {
        run = (begin == end ? run : 0) + byteLength;
        end = begin + static_cast<int64_t>(byteLength);
        if (run > byteLength)
          longest = std::max(longest, run);
      }
      if (longest < VectorByteLength)
        return false;
      isAny = true;
    }
    return isAny;
  }

  /// Whether nothing traps or wraps, and whether the groups are disjoint: null
  /// where nothing has to be.
  std::pair<llvm::Value *, llvm::Value *>
  expandChecks(llvm::BasicBlock *block) {
    llvm::Instruction *at = block->getTerminator();
    llvm::SCEVExpander expander(scalars_, "versioned");
    expander.setInsertPoint(at);
    llvm::IRBuilder<> builder(at);
    llvm::Value *holds = nullptr;
    auto require = [&](llvm::Value *condition) {
      holds = holds ? builder.CreateAnd(holds, condition) : condition;
    };

    for (const llvm::SCEVComparePredicate *assumption : assumptions_) {
      llvm::Value *left = expander.expandCodeFor(assumption->getLHS());
      llvm::Value *right = expander.expandCodeFor(assumption->getRHS());
      require(builder.CreateICmp(assumption->getPredicate(), left, right));
    }
    llvm::Value *trips = trips_ =
        builder.CreateZExt(expander.expandCodeFor(tripsTaken_), i64_);
    if (tripsTaken_->getType()->getIntegerBitWidth() > 32)
      require(
          builder.CreateICmpULT(trips, builder.getInt64(uint64_t{1} << 32)));
    for (Group &group : groups_) {
      llvm::Value *start = expander.expandCodeFor(group.start);
      start = builder.CreateAdd(
          start, llvm::ConstantInt::getSigned(start->getType(), group.lowest));
      group.first = builder.CreateZExt(start, i64_);
      if (group.isWide)
        // Room for the sums below; a guest address has 33 bits at most.
        require(builder.CreateICmpULT(group.first,
                                      builder.getInt64(uint64_t{1} << 34)));
      checkRange(group, trips, expander, builder, require);
    }
    llvm::Value *isInBounds = std::exchange(holds, nullptr);
    for (size_t i = 0; i < groups_.size(); ++i)
      for (size_t j = 0; j < i; ++j)
        if (mustBeDisjoint(groups_[i], groups_[j]))
          require(builder.CreateOr(
              builder.CreateICmpULE(groups_[i].high, groups_[j].low),
              builder.CreateICmpULE(groups_[j].high, groups_[i].low)));
    return {isInBounds, holds};
  }

  void checkRange(Group &group, llvm::Value *trips,
                  llvm::SCEVExpander &expander, llvm::IRBuilder<> &builder,
                  llvm::function_ref<void(llvm::Value *)> require) {
    llvm::Value *lowest = group.first, *highest = group.first;
    if (!group.step->isZero()) {
      group.step64 =
          builder.CreateSExt(expander.expandCodeFor(group.step), i64_);
      group.advance = builder.CreateMul(group.step64, trips);
      const auto *constant = llvm::dyn_cast<llvm::SCEVConstant>(group.step);
      if (constant && constant->getAPInt().isNegative()) {
        lowest = builder.CreateAdd(group.first, group.advance);
        require(builder.CreateICmpSGE(lowest, builder.getInt64(0)));
      } else {
        highest = builder.CreateAdd(group.first, group.advance);
        if (!constant)
          require(builder.CreateICmpSGE(group.step64, builder.getInt64(0)));
      }
    }

    // The most that the bytes of one limit reach beyond the index `first`.
    llvm::MapVector<llvm::Value *, int64_t> reaches;
    int64_t least = INT64_MAX, most = 0, mostIndex = 0;
    for (const Access *access : group.accesses) {
      const int64_t distance = access->distance - group.lowest;
      const int64_t begin = distance + access->address.offset;
      const int64_t end = begin + static_cast<int64_t>(access->byteLength);
      // In the last iteration it may not be made.
      const int64_t missed = missedStep(group, *access);
      least = std::min(least, begin - std::min<int64_t>(missed, 0));
      const int64_t last = std::max<int64_t>(missed, 0);
      most = std::max(most, end - last);
      mostIndex = std::max(mostIndex, distance - last);
      llvm::Value *limit = access->limit ? access->limit : nullptr;
      auto [reach, isNew] =
          reaches.insert({limit, std::max<int64_t>(end - last, 0)});
      reach->second = std::max(reach->second, end - last);
    }
    for (const auto &[limit, reach] : reaches) {
      llvm::Value *end = builder.CreateAdd(
          highest, builder.getInt64(static_cast<uint64_t>(reach)));
      llvm::Value *bound =
          limit ? builder.CreateZExt(limit, i64_) : byteLength(group, builder);
      require(builder.CreateICmpULE(end, bound));
    }
    if (!group.isWide)
      require(builder.CreateICmpULT(
          builder.CreateAdd(highest,
                            builder.getInt64(static_cast<uint64_t>(mostIndex))),
          builder.getInt64(uint64_t{1} << 32)));
    group.low = builder.CreateAdd(
        lowest, builder.getInt64(static_cast<uint64_t>(least)));
    group.high = builder.CreateAdd(
        highest, builder.getInt64(static_cast<uint64_t>(most)));
  }

  /// The step that an access behind the exit does not take any more in the last
  /// iteration, if it is known.
  int64_t missedStep(const Group &group, const Access &access) const {
    const auto *step = llvm::dyn_cast<llvm::SCEVConstant>(group.step);
    return step && dominators_.properlyDominates(
                       exiting_, access.instruction->getParent())
               ? step->getAPInt().getSExtValue()
               : 0;
  }

  /// The memory's present length, in bytes: from its descriptor, which the base
  /// is asked with.
  static llvm::Value *byteLength(const Group &group,
                                 llvm::IRBuilder<> &builder) {
    uint64_t offset = 0;
    [[maybe_unused]] const bool malformed =
        group.base->getCalledFunction()
            ->getFnAttribute("wrought-length-offset")
            .getValueAsString()
            .getAsInteger(10, offset);
    assert(!malformed);
    return builder.CreateLoad(
        builder.getInt64Ty(),
        builder.CreateConstGEP1_64(builder.getInt8Ty(),
                                   group.base->getArgOperand(0), offset));
  }

  void removeChecks() {
    for (const Access &access : accesses_) {
      auto *branch = llvm::dyn_cast<llvm::BranchInst>(access.instruction);
      if (!branch)
        continue;
      llvm::BasicBlock *next =
          branch->getSuccessor(isTrapBlock(branch->getSuccessor(0)) ? 1 : 0);
      llvm::BranchInst::Create(next, branch->getIterator());
      branch->eraseFromParent();
    }
  }

  /// Nothing traps here, so nothing has to be kept for its trap.
  void removeFakeUses() {
    for (llvm::BasicBlock *block : loop_.blocks())
      for (llvm::Instruction &instruction : llvm::make_early_inc_range(*block))
        if (isFakeUse(instruction))
          instruction.eraseFromParent();
  }

  void rewriteAccesses() {
    llvm::BasicBlock *header = loop_.getHeader();
    llvm::BasicBlock *latch = loop_.getLoopLatch();
    for (Group &group : groups_) {
      if (!group.base)
        continue;
      llvm::Value *index = group.first;
      if (group.step64) {
        llvm::IRBuilder<> builder(header, header->begin());
        llvm::PHINode *phi = builder.CreatePHI(i64_, 2, "index");
        builder.SetInsertPoint(latch->getTerminator());
        const auto *constant = llvm::dyn_cast<llvm::SCEVConstant>(group.step);
        const bool descends = constant && constant->getAPInt().isNegative();
        // It passes the last index at most once, by less than 2^62.
        llvm::Value *next = builder.CreateAdd(phi, group.step64, "",
                                              /*HasNUW=*/!descends,
                                              /*HasNSW=*/true);
        phi->addIncoming(group.first, loop_.getLoopPreheader());
        phi->addIncoming(next, latch);
        index = phi;
      }
      for (Access *access : group.accesses)
        rewriteAccess(group, *access, index);
    }
  }

  /// Leaves the loop after as many iterations as were counted. Those who look
  /// at the loop later cannot know what was assumed. Returns the condition that
  /// the loop was left by before.
  llvm::Value *countBy(llvm::Value *trips) {
    llvm::BasicBlock *latch = loop_.getLoopLatch();
    llvm::IRBuilder<> builder(loop_.getHeader(), loop_.getHeader()->begin());
    llvm::PHINode *counter = builder.CreatePHI(i64_, 2, "trip");
    builder.SetInsertPoint(latch->getTerminator());
    counter->addIncoming(builder.getInt64(0), loop_.getLoopPreheader());
    counter->addIncoming(builder.CreateAdd(counter, builder.getInt64(1), "",
                                           /*HasNUW=*/true, /*HasNSW=*/true),
                         latch);
    auto *branch = llvm::cast<llvm::BranchInst>(exiting_->getTerminator());
    builder.SetInsertPoint(branch);
    llvm::Value *before = branch->getCondition();
    branch->setCondition(builder.CreateICmp(branch->getSuccessor(0) == exit_
                                                ? llvm::ICmpInst::ICMP_EQ
                                                : llvm::ICmpInst::ICMP_NE,
                                            counter, trips));
    return before;
  }

  void rewriteAccess(const Group &group, const Access &access,
                     llvm::Value *index) {
    llvm::IRBuilder<> builder(access.instruction);
    const auto flags = llvm::GEPNoWrapFlags::inBounds() |
                       llvm::GEPNoWrapFlags::noUnsignedWrap();
    llvm::Value *pointer =
        builder.CreateGEP(builder.getInt8Ty(), group.base, index, "", flags);
    const int64_t distance =
        access.distance - group.lowest + access.address.offset;
    if (distance != 0)
      pointer = builder.CreateGEP(
          builder.getInt8Ty(), pointer,
          builder.getInt64(static_cast<uint64_t>(distance)), "", flags);
    if (auto *load = llvm::dyn_cast<llvm::LoadInst>(access.instruction)) {
      load->setOperand(llvm::LoadInst::getPointerOperandIndex(), pointer);
      load->setVolatile(false);
    } else {
      access.instruction->setOperand(llvm::StoreInst::getPointerOperandIndex(),
                                     pointer);
    }
  }

  void addScopes() {
    llvm::MDBuilder metadata(context_);
    llvm::MDNode *domain = metadata.createAnonymousAliasScopeDomain("loop");
    std::vector<llvm::Metadata *> scopes;
    for (size_t i = 0; i < groups_.size(); ++i)
      scopes.push_back(metadata.createAnonymousAliasScope(domain, "group"));
    for (size_t i = 0; i < groups_.size(); ++i) {
      llvm::SmallVector<llvm::Metadata *, 8> others;
      for (size_t j = 0; j < groups_.size(); ++j)
        if (i != j && mustBeDisjoint(groups_[i], groups_[j]))
          others.push_back(scopes[j]);
      if (!groups_[i].base)
        continue;
      for (const Access *access : groups_[i].accesses) {
        access->instruction->setMetadata(
            llvm::LLVMContext::MD_alias_scope,
            llvm::MDNode::get(context_, {scopes[i]}));
        if (!others.empty())
          access->instruction->setMetadata(llvm::LLVMContext::MD_noalias,
                                           llvm::MDNode::get(context_, others));
      }
    }
  }

  /// Attributes of a loop: names alone, "….enable" with the value 0, an
  /// alignment with that of a cache line.
  void mark(llvm::Loop &loop, llvm::ArrayRef<llvm::StringRef> names) {
    llvm::SmallVector<llvm::Metadata *, 4> rows = {nullptr};
    for (llvm::StringRef name : names) {
      llvm::SmallVector<llvm::Metadata *, 2> row = {
          llvm::MDString::get(context_, name)};
      if (name.ends_with(".enable"))
        row.push_back(llvm::ConstantAsMetadata::get(
            llvm::ConstantInt::getFalse(context_)));
      if (name == LoopAlignment)
        row.push_back(llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(
            llvm::Type::getInt32Ty(context_), CacheLineByteLength)));
      rows.push_back(llvm::MDNode::get(context_, row));
    }
    llvm::MDNode *id = llvm::MDNode::getDistinct(context_, rows);
    id->replaceOperandWith(0, id);
    loop.setLoopID(id);
  }

  llvm::Loop &loop_;
  llvm::LoopInfo &loops_;
  llvm::DominatorTree &dominators_;
  llvm::ScalarEvolution &scalars_;
  llvm::TargetTransformInfo &target_;
  llvm::Function &function_;
  llvm::LLVMContext &context_;
  llvm::Type *i64_;
  llvm::BasicBlock *exiting_ = nullptr, *exit_ = nullptr;
  /// Times that the latch goes back: accesses are made once more than that.
  const SCEV *tripsTaken_ = nullptr;
  llvm::Value *trips_ = nullptr; ///< the same in the preheader, i64
  /// Where these hold.
  llvm::SmallVector<const llvm::SCEVComparePredicate *, 4> assumptions_;
  bool hasStore_ = false, hasChecks_ = false;
  std::deque<Access> accesses_;
  std::vector<Group> groups_;
};

/// Writes `C ^ x` as the difference that it was, where x has no bit that C has
/// not: there nothing is borrowed, and the two are equal. InstCombine makes the
/// first of the second, but scalar evolution sees only in the second that the
/// index of an array that is walked backwards advances.
bool restoreDifferences(const llvm::Loop &loop,
                        llvm::ScalarEvolution &scalars) {
  using namespace llvm::PatternMatch;
  bool isChanged = false;
  for (llvm::BasicBlock *block : loop.blocks()) {
    for (llvm::Instruction &instruction : llvm::make_early_inc_range(*block)) {
      llvm::Value *subtrahend;
      const llvm::APInt *minuend;
      if (!match(&instruction, m_Xor(m_Value(subtrahend), m_APInt(minuend))) ||
          !instruction.getType()->isIntegerTy() || minuend->isAllOnes() ||
          !llvm::MaskedValueIsZero(subtrahend, ~*minuend,
                                   instruction.getDataLayout()))
        continue;
      scalars.forgetValue(&instruction);
      auto *difference = llvm::BinaryOperator::CreateSub(
          instruction.getOperand(1), subtrahend, "", instruction.getIterator());
      difference->setDebugLoc(instruction.getDebugLoc());
      instruction.replaceAllUsesWith(difference);
      instruction.eraseFromParent();
      isChanged = true;
    }
  }
  return isChanged;
}

/// base + index + constant, as addresses are made.
struct IndexedPointer {
  llvm::Value *base = nullptr, *index = nullptr;
  llvm::APInt offset;
};

std::optional<IndexedPointer> takeApart(llvm::Value *pointer,
                                        const llvm::DataLayout &layout) {
  IndexedPointer parts;
  parts.offset = llvm::APInt(64, 0);
  auto *step = llvm::dyn_cast<llvm::GetElementPtrInst>(
      pointer->stripAndAccumulateConstantOffsets(layout, parts.offset,
                                                 /*AllowNonInbounds=*/true));
  if (!step || step->getNumIndices() != 1 ||
      !step->getSourceElementType()->isIntegerTy(8) ||
      !step->getOperand(1)->getType()->isIntegerTy(64) ||
      !isMemoryBase(step->getPointerOperand()))
    return std::nullopt;
  parts.base = step->getPointerOperand();
  parts.index = step->getOperand(1);
  return parts;
}

/// Lets a loop carry an index as narrow as it is, not what it is extended to:
/// scalar evolution knows how the first advances. Rotation makes such phis too.
bool narrowPhis(const llvm::Loop &loop, llvm::ScalarEvolution &scalars) {
  llvm::BasicBlock *header = loop.getHeader();
  bool isChanged = false;
  for (llvm::PHINode &phi : llvm::make_early_inc_range(header->phis())) {
    if (!phi.getType()->isIntegerTy(64) || phi.getNumIncomingValues() != 2)
      continue;
    auto *first = llvm::dyn_cast<llvm::ZExtInst>(phi.getIncomingValue(0));
    auto *second = llvm::dyn_cast<llvm::ZExtInst>(phi.getIncomingValue(1));
    if (!first || !second || !first->getSrcTy()->isIntegerTy(32) ||
        !second->getSrcTy()->isIntegerTy(32))
      continue;
    scalars.forgetValue(&phi);
    llvm::IRBuilder<> builder(&phi);
    llvm::PHINode *narrow = builder.CreatePHI(builder.getInt32Ty(), 2);
    narrow->addIncoming(first->getOperand(0), phi.getIncomingBlock(0));
    narrow->addIncoming(second->getOperand(0), phi.getIncomingBlock(1));
    builder.SetInsertPoint(header, header->getFirstInsertionPt());
    phi.replaceAllUsesWith(builder.CreateZExt(narrow, phi.getType()));
    phi.eraseFromParent();
    isChanged = true;
  }
  return isChanged;
}

/// Lets a loop carry the index of an address, not the address. Rotation makes
/// such phis where what was the loop's first block forms an address that the
/// rest uses too, and scalar evolution finds out how an index advances but not
/// how a sum does.
bool carryIndices(const llvm::Loop &loop, llvm::ScalarEvolution &scalars) {
  llvm::BasicBlock *header = loop.getHeader();
  const llvm::DataLayout &layout = header->getDataLayout();
  bool isChanged = false;
  for (llvm::PHINode &phi : llvm::make_early_inc_range(header->phis())) {
    if (!phi.getType()->isPointerTy() || phi.getNumIncomingValues() != 2)
      continue;
    const auto first = takeApart(phi.getIncomingValue(0), layout);
    const auto second = takeApart(phi.getIncomingValue(1), layout);
    if (!first || !second || first->base != second->base ||
        first->offset != second->offset || !loop.isLoopInvariant(first->base))
      continue;
    scalars.forgetValue(&phi);
    llvm::IRBuilder<> builder(&phi);
    llvm::PHINode *index = builder.CreatePHI(builder.getInt64Ty(), 2);
    index->addIncoming(first->index, phi.getIncomingBlock(0));
    index->addIncoming(second->index, phi.getIncomingBlock(1));
    builder.SetInsertPoint(header, header->getFirstInsertionPt());
    llvm::Value *pointer = builder.CreatePtrAdd(first->base, index);
    if (!first->offset.isZero())
      pointer = builder.CreatePtrAdd(pointer, builder.getInt(first->offset));
    phi.replaceAllUsesWith(pointer);
    phi.eraseFromParent();
    isChanged = true;
  }
  return isChanged;
}

} // namespace

llvm::PreservedAnalyses
VersionLoopsPass::run(llvm::Function &function,
                      llvm::FunctionAnalysisManager &analyses) {
  auto &loops = analyses.getResult<llvm::LoopAnalysis>(function);
  auto &dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  auto &scalars = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  auto &target = analyses.getResult<llvm::TargetIRAnalysis>(function);
  llvm::SmallVector<llvm::Loop *, 16> innermost;
  bool isChanged = false;
  for (llvm::Loop *loop : loops.getLoopsInPreorder()) {
    isChanged |= carryIndices(*loop, scalars);
    isChanged |= narrowPhis(*loop, scalars);
    if (loop->isInnermost())
      innermost.push_back(loop);
  }
  for (llvm::Loop *loop : innermost) {
    isChanged |= restoreDifferences(*loop, scalars);
    isChanged |= LoopVersioner(*loop, loops, dominators, scalars, target).run();
  }
  return isChanged ? llvm::PreservedAnalyses::none()
                   : llvm::PreservedAnalyses::all();
}

bool isProvenLoop(const llvm::Loop &loop) {
  return llvm::getBooleanLoopAttribute(&loop, FastLoop);
}

llvm::PreservedAnalyses
DropLoopScopesPass::run(llvm::Function &function,
                        llvm::FunctionAnalysisManager &) {
  for (llvm::Instruction &instruction : llvm::instructions(function)) {
    instruction.setMetadata(llvm::LLVMContext::MD_alias_scope, nullptr);
    instruction.setMetadata(llvm::LLVMContext::MD_noalias, nullptr);
  }
  return llvm::PreservedAnalyses::none();
}

} // namespace wrought::codegen

//===- reroll_loops.cpp - What the producer unrolled, rolled up again -----===//
//
// clang unrolls a loop that adds up an array by four where the Wasm target has
// no vectors. LLVM then sees accesses with a stride of four elements, and its
// vector code becomes shuffles. In a proven loop (version_loops.cpp) this pass
// finds that an iteration adds U terms which differ only in where they load
// from, at distances of one element each, and makes U iterations of it that add
// one term each. The same with an iteration that stores U terms side by side,
// where those do not fill the target's vectors.
//
// Why that is safe: integer addition, multiplication, and, or, xor, minimum and
// maximum are associative and commutative, wrapping included, so the order of
// the terms does not matter; flags that speak of wrapping are dropped. A proven
// loop has loads that cannot trap, and where it has no stores, which loads are
// made in which order cannot be observed. The loads are the same ones.
//
// With stores, no place is stored to twice, and what is stored is loaded before
// from places of two kinds: those that versioning found no store of the loop to
// reach (their scopes say so), and the very place that the value goes to. So
// each load reads what was there before the loop, in any order of the terms.
// Nothing in the loop can trap, so nobody sees how far it came.
//
// Where all terms are zero-extended, a minimum, a maximum or bits are gathered
// in the narrow type: Wasm has none below 32 bits, and a vector holds four
// times as many bytes.
//
//===----------------------------------------------------------------------===//

#include "codegen/passes.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/KnownBits.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Local.h"
#include "llvm/Transforms/Utils/ScalarEvolutionExpander.h"

#include <array>
#include <optional>

namespace wrought::codegen {

namespace {

using llvm::SCEV;

constexpr unsigned MaxTerms = 16;
/// Of a term's instructions; it bounds the comparison of two of them.
constexpr unsigned MaxTermSize = 16;
/// Of what is computed before the loop and compared.
constexpr unsigned MaxDepth = 6;
/// Of what is computed before the loop, in LLVM's units of cost.
constexpr unsigned ExpansionBudget = 12;

/// phi, and what an iteration makes of it: phi op term op term …
struct Reduction {
  llvm::PHINode *phi;
  llvm::Instruction *last;
  llvm::SmallVector<llvm::Value *, MaxTerms> terms;
};

/// How a term relates to the first: its loads are `rank` elements further on.
/// No rank without a load.
struct Relation {
  std::optional<int64_t> rank;
  unsigned size = 0;
};

bool isReduction(const llvm::Instruction &step) {
  if (!step.getType()->isIntegerTy())
    return false;
  return llvm::isa<llvm::MinMaxIntrinsic>(step) ||
         (llvm::isa<llvm::BinaryOperator>(step) && step.isAssociative() &&
          step.isCommutative());
}

/// The opcode, or the intrinsic with the top bit.
unsigned operationOf(const llvm::Instruction &step) {
  const auto *call = llvm::dyn_cast<llvm::MinMaxIntrinsic>(&step);
  return call ? call->getIntrinsicID() | 1u << 31 : step.getOpcode();
}

/// left op right, as `like` has it, in their own type.
llvm::Value *combine(llvm::IRBuilder<> &builder, const llvm::Instruction &like,
                     llvm::Value *left, llvm::Value *right) {
  if (const auto *call = llvm::dyn_cast<llvm::MinMaxIntrinsic>(&like))
    return builder.CreateBinaryIntrinsic(call->getIntrinsicID(), left, right);
  return builder.CreateBinOp(llvm::cast<llvm::BinaryOperator>(like).getOpcode(),
                             left, right);
}

/// Whether the low bits of the result depend on those of zero-extended operands
/// only, and the others are zero.
bool isNarrowable(const llvm::Instruction &step) {
  switch (step.getOpcode()) {
  case llvm::Instruction::And:
  case llvm::Instruction::Or:
  case llvm::Instruction::Xor:
    return true;
  default:
    break;
  }
  const auto *call = llvm::dyn_cast<llvm::MinMaxIntrinsic>(&step);
  return call && !call->isSigned();
}

/// Stores of one iteration side by side, sorted by address.
using Run = llvm::SmallVector<llvm::StoreInst *, MaxTerms>;

/// Whether versioning found that the store does not reach the access.
bool isDisjoint(const llvm::Instruction &access, const llvm::StoreInst &store) {
  const llvm::MDNode *apart = access.getMetadata(llvm::LLVMContext::MD_noalias);
  const llvm::MDNode *scope =
      store.getMetadata(llvm::LLVMContext::MD_alias_scope);
  return apart && scope && scope->getNumOperands() != 0 &&
         llvm::all_of(scope->operands(), [&](const llvm::MDOperand &one) {
           return llvm::is_contained(apart->operands(), one);
         });
}

bool haveSameScopes(const llvm::Instruction &one,
                    const llvm::Instruction &two) {
  return llvm::all_of(std::array{llvm::LLVMContext::MD_alias_scope,
                                 llvm::LLVMContext::MD_noalias},
                      [&](unsigned kind) {
                        return one.getMetadata(kind) == two.getMetadata(kind);
                      });
}

class LoopReroller {
public:
  LoopReroller(llvm::Loop &loop, llvm::LoopInfo &loops,
               llvm::ScalarEvolution &scalars, llvm::DominatorTree &dominators,
               const llvm::TargetTransformInfo &target)
      : loop_(loop), loops_(loops), scalars_(scalars), dominators_(dominators),
        target_(target), block_(loop.getHeader()),
        i64_(llvm::Type::getInt64Ty(block_->getContext())) {}

  bool run() {
    if (!loop_.isLoopSimplifyForm() || !loop_.isLCSSAForm(dominators_))
      return false;
    // What versioning left: blocks that bounds checks ended, and unused values.
    bool isCleaned = mergeBlocks();
    latch_ = loop_.getLoopLatch();
    if (loop_.getNumBlocks() > 2 || loop_.getExitingBlock() != block_)
      return isCleaned;
    isCleaned |= cleanUp();
    if (!hasForm() || !findReductions())
      return isCleaned;
    if (!runs_.empty()) {
      if (!reductions_.empty() || !isWorthIt() || !matchStores() ||
          !findExits())
        return isCleaned;
      rewrite();
      return true;
    }
    if (reductions_.empty() || latch_ != block_)
      return isCleaned;
    bool isNarrowed = false;
    for (Reduction &reduction : reductions_)
      isNarrowed |= narrow(reduction);
    if (!haveSameCount() || !matchTerms() || !findExits())
      return isCleaned || isNarrowed;
    rewrite();
    return true;
  }

private:
  bool mergeBlocks() {
    bool isChanged = false;
    for (llvm::BasicBlock *block : llvm::to_vector(loop_.blocks()))
      if (block != block_)
        isChanged |= llvm::MergeBlockIntoPredecessor(
            block, nullptr, &loops_, nullptr, nullptr, false, &dominators_);
    return isChanged;
  }

  bool cleanUp() {
    bool isChanged = false;
    for (llvm::BasicBlock *block : loop_.blocks())
      isChanged |= llvm::SimplifyInstructionsInBlock(block);
    isChanged |= llvm::DeleteDeadPHIs(block_);
    return isChanged;
  }

  bool hasForm() {
    branch_ = llvm::dyn_cast<llvm::BranchInst>(block_->getTerminator());
    if (!branch_ || !branch_->isConditional() || !loop_.getExitBlock())
      return false;
    for (llvm::BasicBlock *block : loop_.blocks())
      for (llvm::Instruction &instruction : *block)
        if (!collect(instruction))
          return false;
    tripsTaken_ = scalars_.getBackedgeTakenCount(&loop_);
    // So that trips × U stays far below 2^63.
    return !llvm::isa<llvm::SCEVCouldNotCompute>(tripsTaken_) &&
           scalars_.getUnsignedRangeMax(tripsTaken_).getActiveBits() <= 48;
  }

  bool collect(llvm::Instruction &instruction) {
    if (auto *store = llvm::dyn_cast<llvm::StoreInst>(&instruction))
      return store->isSimple() && addStore(*store);
    if (const auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
      return load->isSimple();
    return !instruction.mayReadOrWriteMemory() &&
           !instruction.mayHaveSideEffects();
  }

  //===--------------------------------------------------------------------===//
  // Terms
  //===--------------------------------------------------------------------===//

  bool findReductions() {
    for (llvm::PHINode &phi : block_->phis()) {
      auto *next = llvm::dyn_cast<llvm::Instruction>(
          phi.getIncomingValueForBlock(latch_));
      // An induction variable is what SCEV knows the steps of.
      if (scalars_.isSCEVable(phi.getType()) &&
          llvm::isa<llvm::SCEVAddRecExpr>(scalars_.getSCEV(&phi)))
        continue;
      if (!next || next->getParent() != block_ || !isReduction(*next) ||
          !phi.hasOneUse() || !isLeftAlone(*next, phi))
        return false;
      Reduction reduction = {&phi, next, {}};
      bool isPhiSeen = false;
      if (!collectTerms(reduction, next, isPhiSeen) || !isPhiSeen)
        return false;
      reductions_.push_back(std::move(reduction));
    }
    return true;
  }

  bool haveSameCount() {
    count_ = lastCount_ = reductions_.front().terms.size();
    return count_ >= 2 &&
           llvm::all_of(reductions_, [&](const Reduction &reduction) {
             return reduction.terms.size() == count_;
           });
  }

  /// Whether a sum is used in the loop to be added to only.
  bool isLeftAlone(const llvm::Instruction &sum, const llvm::PHINode &phi) {
    return llvm::all_of(sum.users(), [&](const llvm::User *user) {
      return user == &phi ||
             !loop_.contains(llvm::cast<llvm::Instruction>(user));
    });
  }

  bool collectTerms(Reduction &reduction, llvm::Value *value, bool &isPhiSeen) {
    if (value == reduction.phi) {
      isPhiSeen = true;
      return true;
    }
    auto *step = llvm::dyn_cast<llvm::Instruction>(value);
    const bool isInner = step && step->getParent() == block_ &&
                         operationOf(*step) == operationOf(*reduction.last) &&
                         (step == reduction.last || step->hasOneUse());
    if (!isInner) {
      reduction.terms.push_back(value);
      return reduction.terms.size() <= MaxTerms;
    }
    return collectTerms(reduction, step->getOperand(0), isPhiSeen) &&
           collectTerms(reduction, step->getOperand(1), isPhiSeen);
  }

  /// Gathers in the type that all terms are extended from, if that is enough.
  bool narrow(Reduction &reduction) {
    if (!isNarrowable(*reduction.last))
      return false;
    llvm::Type *type = nullptr;
    for (llvm::Value *&term : reduction.terms) {
      auto *extension = llvm::dyn_cast<llvm::ZExtInst>(term);
      if (!extension || (type && extension->getSrcTy() != type))
        return false;
      type = extension->getSrcTy();
    }
    llvm::BasicBlock *preheader = loop_.getLoopPreheader();
    llvm::Value *start = reduction.phi->getIncomingValueForBlock(preheader);
    const unsigned dropped =
        start->getType()->getIntegerBitWidth() - type->getIntegerBitWidth();
    if (type->getIntegerBitWidth() < 8 ||
        llvm::computeKnownBits(start, block_->getDataLayout())
                .countMinLeadingZeros() < dropped)
      return false;

    llvm::IRBuilder<> builder(preheader->getTerminator());
    start = builder.CreateTrunc(start, type);
    builder.SetInsertPoint(block_, block_->begin());
    llvm::PHINode *phi = builder.CreatePHI(type, 2);
    builder.SetInsertPoint(branch_);
    llvm::Value *next = phi;
    for (llvm::Value *&term : reduction.terms) {
      term = llvm::cast<llvm::ZExtInst>(term)->getOperand(0);
      next = combine(builder, *reduction.last, next, term);
    }
    phi->addIncoming(start, preheader);
    phi->addIncoming(next, block_);
    llvm::BasicBlock *exit = loop_.getExitBlock();
    for (llvm::PHINode &old : llvm::make_early_inc_range(exit->phis())) {
      if (old.getIncomingValueForBlock(block_) != reduction.last)
        continue;
      builder.SetInsertPoint(exit, exit->begin());
      llvm::PHINode *last = builder.CreatePHI(type, 1);
      last->addIncoming(next, block_);
      builder.SetInsertPoint(exit, exit->getFirstInsertionPt());
      old.replaceAllUsesWith(builder.CreateZExt(last, old.getType()));
      scalars_.forgetValue(&old);
      old.eraseFromParent();
    }
    // The old one keeps itself alive only.
    reduction.phi->replaceAllUsesWith(
        llvm::PoisonValue::get(reduction.phi->getType()));
    scalars_.forgetValue(reduction.phi);
    reduction.phi->eraseFromParent();
    llvm::RecursivelyDeleteTriviallyDeadInstructions(reduction.last);
    reduction.phi = phi;
    reduction.last = llvm::cast<llvm::Instruction>(next);
    return true;
  }

  /// Brings the term with the lowest addresses to the front of each reduction.
  bool matchTerms() {
    for (Reduction &reduction : reductions_) {
      llvm::SmallVector<int64_t, MaxTerms> ranks = {0};
      for (llvm::Value *term : llvm::drop_begin(reduction.terms)) {
        Relation relation;
        if (!match(reduction.terms.front(), term, relation) || !relation.rank)
          return false;
        ranks.push_back(*relation.rank);
      }
      auto lowest = llvm::min_element(ranks);
      const int64_t base = *lowest;
      std::swap(reduction.terms.front(),
                reduction.terms[static_cast<size_t>(lowest - ranks.begin())]);
      llvm::sort(ranks);
      for (size_t i = 0; i != ranks.size(); ++i)
        if (ranks[i] != base + static_cast<int64_t>(i))
          return false;
    }
    return true;
  }

  //===--------------------------------------------------------------------===//
  // Stores
  //===--------------------------------------------------------------------===//

  /// To the run that it belongs to, or one of its own.
  bool addStore(llvm::StoreInst &store) {
    for (Run &run : runs_) {
      if (run.front()->getValueOperand()->getType() !=
              store.getValueOperand()->getType() ||
          !haveSameScopes(*run.front(), store) ||
          !distance(*run.front(), store))
        continue;
      run.push_back(&store);
      return run.size() <= MaxTerms;
    }
    runs_.push_back({&store});
    return runs_.size() <= MaxTerms;
  }

  /// In bytes, from one access to another in the same iteration.
  std::optional<int64_t> distance(llvm::Instruction &from,
                                  llvm::Instruction &to) const {
    const auto *difference =
        llvm::dyn_cast<llvm::SCEVConstant>(scalars_.getMinusSCEV(
            scalars_.getSCEV(llvm::getLoadStorePointerOperand(&to)),
            scalars_.getSCEV(llvm::getLoadStorePointerOperand(&from))));
    return difference ? difference->getAPInt().trySExtValue() : std::nullopt;
  }

  /// Stores that fill vectors are best made vectors as they are.
  bool isWorthIt() const {
    if (latch_ != block_)
      return true;
    const uint64_t vectorByteLength =
        target_
            .getRegisterBitWidth(
                llvm::TargetTransformInfo::RGK_FixedWidthVector)
            .getFixedValue() /
        8;
    return llvm::any_of(runs_, [&](const Run &run) {
      const uint64_t byteLength = block_->getDataLayout().getTypeStoreSize(
          run.front()->getValueOperand()->getType());
      return run.size() * byteLength % vectorByteLength != 0;
    });
  }

  bool matchStores() {
    count_ = runs_.front().size();
    if (count_ < 2)
      return false;
    for (Run &run : runs_) {
      if (run.size() != count_)
        return false;
      llvm::StoreInst *any = run.front();
      llvm::sort(run, [&](llvm::StoreInst *one, llvm::StoreInst *two) {
        return *distance(*any, *one) < *distance(*any, *two);
      });
      const auto isInLast = [&](const llvm::StoreInst *store) {
        return store->getParent() == block_;
      };
      const auto inLast = static_cast<size_t>(llvm::count_if(run, isInLast));
      if (&run == &runs_.front())
        lastCount_ = inLast;
      if (inLast == 0 || inLast != lastCount_ ||
          !llvm::all_of(llvm::ArrayRef(run).take_front(inLast), isInLast) ||
          !matchStores(run))
        return false;
    }
    return true;
  }

  bool matchStores(const Run &run) {
    llvm::StoreInst &first = *run.front();
    for (size_t i = 0; i != count_; ++i) {
      const auto rank = static_cast<int64_t>(i);
      const auto step = elementStep(*run[i]);
      if (!step || distance(first, *run[i]) != rank * *step)
        return false;
      Relation relation;
      if (i != 0 && (!match(first.getValueOperand(), run[i]->getValueOperand(),
                            relation) ||
                     relation.rank.value_or(rank) != rank))
        return false;
    }
    return llvm::all_of(
        run, [&](llvm::StoreInst *store) { return canMove(*store, run); });
  }

  /// Whether neither the store nor what is loaded for it meets another store.
  bool canMove(llvm::StoreInst &store, const Run &own) {
    bool isApart = true;
    auto check = [&](llvm::Instruction &access, bool isOwnPlace) {
      for (const Run &run : runs_)
        isApart &=
            isDisjoint(access, *run.front()) || (&run == &own && isOwnPlace);
    };
    check(store, true);
    forEachLoad(store.getValueOperand(), [&](llvm::LoadInst &load) {
      check(load, distance(store, load) == 0 &&
                      load.getType() == store.getValueOperand()->getType());
    });
    return isApart;
  }

  /// Also where the producer computed it twice before the loop. Then all terms
  /// take the first, of which nothing is known any longer that is not known of
  /// both.
  bool isSame(llvm::Value *first, llvm::Value *other, unsigned depth) {
    if (first == other)
      return true;
    auto *one = llvm::dyn_cast<llvm::Instruction>(first);
    auto *two = llvm::dyn_cast<llvm::Instruction>(other);
    if (depth == 0 || !one || !two || !loop_.isLoopInvariant(two) ||
        one->getParent() != two->getParent() || !one->isSameOperationAs(two))
      return false;
    if (llvm::isa<llvm::LoadInst>(one) ? !isSameLoad(*one, *two)
                                       : !isArithmetic(*one))
      return false;
    for (unsigned i = 0; i != one->getNumOperands(); ++i)
      if (!isSame(one->getOperand(i), two->getOperand(i), depth - 1))
        return false;
    one->andIRFlags(two);
    llvm::combineMetadataForCSE(one, two, /*DoesKMove=*/false);
    return true;
  }

  static bool isArithmetic(const llvm::Instruction &instruction) {
    return llvm::isa<llvm::BinaryOperator, llvm::UnaryOperator, llvm::CastInst,
                     llvm::CmpInst, llvm::GetElementPtrInst, llvm::SelectInst>(
        instruction);
  }

  /// Given that the places are the same.
  static bool isSameLoad(llvm::Instruction &one, llvm::Instruction &two) {
    auto *load = llvm::dyn_cast<llvm::LoadInst>(&one);
    if (!load || !load->isSimple())
      return false;
    const bool isInOrder = one.comesBefore(&two);
    const llvm::Instruction *end = isInOrder ? &two : &one;
    for (const llvm::Instruction *at = isInOrder ? &one : &two; at != end;
         at = at->getNextNode())
      if (at->mayWriteToMemory())
        return false;
    return true;
  }

  bool match(llvm::Value *first, llvm::Value *other, Relation &relation) {
    if (loop_.isLoopInvariant(first) && isSame(first, other, MaxDepth))
      return true;
    auto *one = llvm::dyn_cast<llvm::Instruction>(first);
    auto *two = llvm::dyn_cast<llvm::Instruction>(other);
    if (!one || !two || one == two || !loop_.contains(one) ||
        !loop_.contains(two) || llvm::isa<llvm::PHINode>(one) ||
        !one->isSameOperationAs(two) || ++relation.size > MaxTermSize)
      return false;
    if (llvm::isa<llvm::LoadInst>(one))
      return matchLoads(llvm::cast<llvm::LoadInst>(*one),
                        llvm::cast<llvm::LoadInst>(*two), relation);
    if (matchOperands(*one, *two, 0, 1, relation))
      return true;
    return one->isCommutative() && one->getNumOperands() == 2 &&
           matchOperands(*one, *two, 1, 0, relation);
  }

  /// The operands in their order, or the first two of `two` exchanged.
  bool matchOperands(llvm::Instruction &one, llvm::Instruction &two,
                     unsigned left, unsigned right, Relation &relation) {
    Relation found = relation;
    for (unsigned i = 0; i != one.getNumOperands(); ++i)
      if (!match(one.getOperand(i),
                 two.getOperand(i == 0   ? left
                                : i == 1 ? right
                                         : i),
                 found)) {
        relation.size = found.size;
        return false;
      }
    relation = found;
    return true;
  }

  bool matchLoads(llvm::LoadInst &one, llvm::LoadInst &two,
                  Relation &relation) {
    const auto step = elementStep(one);
    if (!step || elementStep(two) != step)
      return false;
    const auto bytes = distance(one, two);
    if (!bytes || *bytes % *step != 0 || !haveSameScopes(one, two))
      return false;
    const int64_t rank = *bytes / *step;
    if (relation.rank && *relation.rank != rank)
      return false;
    relation.rank = rank;
    return true;
  }

  /// The bytes from an access' place to that of the term that follows: what the
  /// loop advances by, divided by the number of terms. Only neighbours gain.
  std::optional<int64_t> elementStep(llvm::Instruction &access) const {
    const auto *address = llvm::dyn_cast<llvm::SCEVAddRecExpr>(
        scalars_.getSCEV(llvm::getLoadStorePointerOperand(&access)));
    if (!address || address->getLoop() != &loop_ || !address->isAffine())
      return std::nullopt;
    const auto *whole = llvm::dyn_cast<llvm::SCEVConstant>(
        address->getStepRecurrence(scalars_));
    llvm::Type *type = llvm::getLoadStoreType(&access);
    if (!whole || !(type->isIntegerTy() || type->isFloatingPointTy()))
      return std::nullopt;
    const auto step = static_cast<int64_t>(
        access.getDataLayout().getTypeStoreSize(type).getFixedValue());
    if (whole->getAPInt() != step * count())
      return std::nullopt;
    return step;
  }

  int64_t count() const { return static_cast<int64_t>(count_); }

  //===--------------------------------------------------------------------===//
  // Rewriting
  //===--------------------------------------------------------------------===//

  /// What is needed behind the loop must be a reduction, or follow from the
  /// number of trips.
  bool findExits() {
    llvm::SCEVExpander expander(scalars_, "rerolled");
    llvm::Instruction *at = loop_.getLoopPreheader()->getTerminator();
    llvm::SmallVector<const SCEV *, 8> expressions = {tripsTaken_};
    for (llvm::PHINode &phi : loop_.getExitBlock()->phis()) {
      const int index = phi.getBasicBlockIndex(block_);
      llvm::Value *value = phi.getIncomingValue(static_cast<unsigned>(index));
      if (loop_.isLoopInvariant(value) ||
          llvm::any_of(reductions_, [&](const Reduction &reduction) {
            return reduction.last == value;
          }))
        continue;
      if (!scalars_.isSCEVable(value->getType()) ||
          !value->getType()->isIntegerTy())
        return false;
      const SCEV *last = scalars_.getSCEVAtScope(value, loop_.getParentLoop());
      if (!scalars_.isLoopInvariant(last, &loop_))
        return false;
      exits_.push_back({&phi, last});
      expressions.push_back(last);
    }
    forEachAccess([&](llvm::Instruction &access) {
      expressions.push_back(startOf(access));
    });
    for (const SCEV *expression : expressions)
      if (!expander.isSafeToExpandAt(expression, at))
        return false;
    return !expander.isHighCostExpansion(expressions, &loop_, ExpansionBudget,
                                         &target_, at);
  }

  const SCEV *startOf(llvm::Instruction &access) {
    return llvm::cast<llvm::SCEVAddRecExpr>(
               scalars_.getSCEV(llvm::getLoadStorePointerOperand(&access)))
        ->getStart();
  }

  /// Of the first terms, the accesses that stay.
  template <typename Function> void forEachAccess(Function function) {
    llvm::SmallSetVector<llvm::Instruction *, 8> accesses;
    auto add = [&](llvm::Instruction &access) { accesses.insert(&access); };
    for (const Reduction &reduction : reductions_)
      forEachLoad(reduction.terms.front(), add);
    for (const Run &run : runs_) {
      forEachLoad(run.front()->getValueOperand(), add);
      add(*run.front());
    }
    for (llvm::Instruction *access : accesses)
      function(*access);
  }

  template <typename Function>
  void forEachLoad(llvm::Value *value, Function function) {
    auto *instruction = llvm::dyn_cast<llvm::Instruction>(value);
    if (!instruction || !loop_.contains(instruction))
      return;
    if (auto *load = llvm::dyn_cast<llvm::LoadInst>(instruction))
      return function(*load);
    for (llvm::Value *operand : instruction->operands())
      forEachLoad(operand, function);
  }

  void rewrite() {
    llvm::BasicBlock *preheader = loop_.getLoopPreheader();
    llvm::SCEVExpander expander(scalars_, "rerolled");
    llvm::Instruction *at = preheader->getTerminator();
    llvm::IRBuilder<> before(at);
    llvm::Value *trips = before.CreateZExtOrTrunc(
        expander.expandCodeFor(tripsTaken_, nullptr, at), i64_);
    trips = before.CreateMul(trips, before.getInt64(count_), "", true, true);
    trips =
        before.CreateAdd(trips, before.getInt64(lastCount_), "", true, true);
    for (auto &[phi, last] : exits_)
      phi->setIncomingValueForBlock(
          block_, expander.expandCodeFor(last, phi->getType(), at));

    llvm::IRBuilder<> builder(block_, block_->begin());
    llvm::PHINode *trip = builder.CreatePHI(i64_, 2, "trip");
    // Before anything changes: starts are read from the old addresses.
    llvm::SmallVector<std::pair<llvm::Instruction *, llvm::Value *>, 8> starts;
    forEachAccess([&](llvm::Instruction &access) {
      starts.push_back({&access, expander.expandCodeFor(
                                     startOf(access), builder.getPtrTy(), at)});
    });
    for (auto &[access, start] : starts) {
      builder.SetInsertPoint(access);
      const llvm::TypeSize size = access->getDataLayout().getTypeStoreSize(
          llvm::getLoadStoreType(access));
      llvm::Value *offset = builder.CreateMul(
          trip, builder.getInt64(size.getFixedValue()), "", true, true);
      access->setOperand(
          llvm::isa<llvm::LoadInst>(access)
              ? llvm::LoadInst::getPointerOperandIndex()
              : llvm::StoreInst::getPointerOperandIndex(),
          builder.CreateGEP(builder.getInt8Ty(), start, offset, "",
                            llvm::GEPNoWrapFlags::inBounds() |
                                llvm::GEPNoWrapFlags::noUnsignedWrap()));
    }
    for (const Run &run : runs_) {
      keepFirst(run.front()->getValueOperand());
      for (llvm::StoreInst *other : llvm::drop_begin(run))
        other->eraseFromParent();
    }
    for (const Reduction &reduction : reductions_) {
      keepFirst(reduction.terms.front());
      builder.SetInsertPoint(branch_);
      llvm::Value *next = combine(builder, *reduction.last, reduction.phi,
                                  reduction.terms.front());
      reduction.last->replaceAllUsesWith(next);
    }
    builder.SetInsertPoint(branch_);
    llvm::Value *next =
        builder.CreateAdd(trip, builder.getInt64(1), "", true, true);
    trip->addIncoming(builder.getInt64(0), preheader);
    trip->addIncoming(next, latch_);
    const bool exitsIfTrue = !loop_.contains(branch_->getSuccessor(0));
    branch_->setCondition(builder.CreateICmp(
        exitsIfTrue ? llvm::CmpInst::ICMP_EQ : llvm::CmpInst::ICMP_NE, next,
        trips));
    scalars_.forgetLoop(&loop_);
    llvm::MDNode *id = loop_.getLoopID();
    if (latch_ != block_)
      dropLatch(*trip);
    cleanUp();
    // It may have been left to be made vectors of as it was.
    loop_.setLoopID(llvm::makePostTransformationMetadata(
        block_->getContext(), id, {"llvm.loop.vectorize."}, {}));
  }

  /// Nothing of what came behind the exit is needed but the way back, nor what
  /// advanced with it.
  void dropLatch(const llvm::PHINode &trip) {
    for (llvm::PHINode &phi : llvm::make_early_inc_range(block_->phis())) {
      if (&phi == &trip)
        continue;
      scalars_.forgetValue(&phi);
      phi.replaceAllUsesWith(llvm::PoisonValue::get(phi.getType()));
      phi.eraseFromParent();
    }
    branch_->replaceSuccessorWith(latch_, block_);
    block_->replacePhiUsesWith(latch_, block_);
    loops_.removeBlock(latch_);
    dominators_.eraseNode(latch_);
    // Whatever is still used there is used there only.
    latch_->dropAllReferences();
    latch_->eraseFromParent();
    latch_ = block_;
  }

  /// What was known of the first term need not hold for the others.
  void keepFirst(llvm::Value *value) {
    auto *instruction = llvm::dyn_cast<llvm::Instruction>(value);
    if (!instruction || !loop_.contains(instruction))
      return;
    instruction->dropPoisonGeneratingFlags();
    instruction->dropUnknownNonDebugMetadata(
        {llvm::LLVMContext::MD_alias_scope, llvm::LLVMContext::MD_noalias});
    if (llvm::isa<llvm::LoadInst>(instruction))
      return;
    for (llvm::Value *operand : instruction->operands())
      keepFirst(operand);
  }

  llvm::Loop &loop_;
  llvm::LoopInfo &loops_;
  llvm::ScalarEvolution &scalars_;
  llvm::DominatorTree &dominators_;
  const llvm::TargetTransformInfo &target_;
  llvm::BasicBlock *block_; ///< header, which all iterations leave from
  llvm::BasicBlock *latch_ = nullptr;
  llvm::Type *i64_;
  llvm::BranchInst *branch_ = nullptr;
  const SCEV *tripsTaken_ = nullptr;
  llvm::SmallVector<Reduction, 2> reductions_;
  llvm::SmallVector<Run, 4> runs_;
  size_t count_ = 0;
  size_t lastCount_ = 0; ///< of the terms, those in the last iteration
  llvm::SmallVector<std::pair<llvm::PHINode *, const SCEV *>, 4> exits_;
};

} // namespace

llvm::PreservedAnalyses
RerollLoopsPass::run(llvm::Function &function,
                     llvm::FunctionAnalysisManager &analyses) {
  auto &target = analyses.getResult<llvm::TargetIRAnalysis>(function);
  // Without vectors the producer's unrolling is the better code.
  if (target
          .getRegisterBitWidth(llvm::TargetTransformInfo::RGK_FixedWidthVector)
          .getFixedValue() < 128)
    return llvm::PreservedAnalyses::all();
  auto &loops = analyses.getResult<llvm::LoopAnalysis>(function);
  auto &dominators = analyses.getResult<llvm::DominatorTreeAnalysis>(function);
  auto &scalars = analyses.getResult<llvm::ScalarEvolutionAnalysis>(function);
  bool isChanged = false;
  for (llvm::Loop *loop : loops.getLoopsInPreorder())
    if (isProvenLoop(*loop))
      isChanged |=
          LoopReroller(*loop, loops, scalars, dominators, target).run();
  return isChanged ? llvm::PreservedAnalyses::none()
                   : llvm::PreservedAnalyses::all();
}

} // namespace wrought::codegen

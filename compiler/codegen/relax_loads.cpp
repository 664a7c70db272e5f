#include "codegen/passes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

namespace wrought::codegen {

namespace {

/// Bounds the walk over users, so that the pass is linear.
constexpr unsigned MaxDepth = 8;
constexpr unsigned MaxUsers = 16;

/// What counts as a use that stays.
enum class Uses {
  Possible,
  /// Not arms of a select, nor one of two conditions: code generation may make
  /// branches of them, and what one side needs then moves to that side.
  Certain,
  /// Nor branches, which go when both sides turn out to do the same.
  CertainWithoutBranches,
};

/// Whether an instruction has its effect whatever else the optimiser finds out,
/// and needs its operand for it.
bool isFirmUse(const llvm::Instruction &user, Uses uses) {
  if (const auto *call = llvm::dyn_cast<llvm::CallBase>(&user))
    return !llvm::isa<llvm::IntrinsicInst>(call) && call->mayHaveSideEffects();
  if (const auto *load = llvm::dyn_cast<llvm::LoadInst>(&user))
    return load->isVolatile();
  return llvm::isa<llvm::StoreInst, llvm::ReturnInst>(user) ||
         (user.isTerminator() && uses != Uses::CertainWithoutBranches);
}

/// Pure computation through which a value lives on.
bool passesOn(const llvm::Instruction &user) {
  return llvm::isa<llvm::BinaryOperator, llvm::UnaryOperator, llvm::CastInst,
                   llvm::CmpInst, llvm::GetElementPtrInst, llvm::SelectInst,
                   llvm::ExtractElementInst, llvm::InsertElementInst,
                   llvm::FreezeInst, llvm::ShuffleVectorInst,
                   llvm::IntrinsicInst>(user) &&
         !user.mayHaveSideEffects();
}

/// Whether code generation may leave the operand for one side of a branch.
bool mayBranchAround(const llvm::Use &use) {
  const llvm::User *user = use.getUser();
  if (llvm::isa<llvm::SelectInst>(user))
    return use.getOperandNo() != 0;
  return llvm::isa<llvm::BinaryOperator>(user) &&
         user->getType()->isIntegerTy(1);
}

/// Whether `block` is `start`, or follows it on all ways.
bool isReachedFrom(const llvm::BasicBlock *start,
                   const llvm::BasicBlock *block) {
  for (unsigned step = 0; start && step != MaxDepth; ++step) {
    if (start == block)
      return true;
    start = start->getSingleSuccessor();
  }
  return false;
}

/// A value that a loop carries, and something beside the loop's own sum takes.
bool isCarriedOn(const llvm::PHINode &phi, Uses uses) {
  return llvm::any_of(phi.users(), [&](const llvm::User *user) {
    const auto &instruction = *llvm::cast<llvm::Instruction>(user);
    return isFirmUse(instruction, uses) ||
           instruction.getParent() != phi.getParent();
  });
}

bool isNeeded(const llvm::Instruction &value, const llvm::BasicBlock *start,
              Uses uses, unsigned depth) {
  if (depth == MaxDepth)
    return false;
  unsigned seen = 0;
  for (const llvm::Use &use : value.uses()) {
    if (++seen > MaxUsers)
      return false;
    const auto &user = *llvm::cast<llvm::Instruction>(use.getUser());
    if (const auto *phi = llvm::dyn_cast<llvm::PHINode>(&user)) {
      if (isReachedFrom(start, phi->getIncomingBlock(use)) &&
          isCarriedOn(*phi, uses))
        return true;
      continue;
    }
    // A use in another block may not be reached, and the load may sink to it.
    if (!isReachedFrom(start, user.getParent()))
      continue;
    if (isFirmUse(user, uses))
      return true;
    if (uses != Uses::Possible && mayBranchAround(use))
      continue;
    if (passesOn(user) && isNeeded(user, start, uses, depth + 1))
      return true;
  }
  return false;
}

bool isNeeded(const llvm::LoadInst &load, Uses uses) {
  return isNeeded(load, load.getParent(), uses, 0);
}

/// Makes the loads behind a value volatile that nothing else keeps.
class Keeper {
public:
  void keep(llvm::Value *value) {
    auto *instruction = llvm::dyn_cast<llvm::Instruction>(value);
    if (!instruction || !seen_.insert(instruction).second)
      return;
    if (auto *load = llvm::dyn_cast<llvm::LoadInst>(instruction)) {
      if (!isNeeded(*load, Uses::Certain))
        load->setVolatile(true);
    } else if (llvm::isa<llvm::PHINode>(instruction) ||
               passesOn(*instruction)) {
      if (seen_.size() < MaxValues)
        for (llvm::Value *operand : instruction->operands())
          keep(operand);
    }
  }

private:
  static constexpr unsigned MaxValues = 1 << 16;
  llvm::SmallPtrSet<llvm::Instruction *, 32> seen_;
};

} // namespace

llvm::PreservedAnalyses RelaxLoadsPass::run(llvm::Function &function,
                                            llvm::FunctionAnalysisManager &) {
  llvm::SmallVector<llvm::LoadInst *, 32> needed;
  for (llvm::Instruction &instruction : llvm::instructions(function))
    if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
      if (load->isVolatile() && isNeeded(*load, Uses::Possible))
        needed.push_back(load);
  // All at once: a load that another's address depends on counts as volatile
  // until the end, and stays because that one stays.
  for (llvm::LoadInst *load : needed) {
    load->setVolatile(false);
    llvm::IRBuilder<> builder(load->getNextNode());
    builder.CreateIntrinsic(llvm::Intrinsic::fake_use, {load});
  }
  return needed.empty() ? llvm::PreservedAnalyses::all()
                        : llvm::PreservedAnalyses::none();
}

bool isFakeUse(const llvm::Instruction &instruction) {
  const auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
  return call && call->getIntrinsicID() == llvm::Intrinsic::fake_use;
}

llvm::PreservedAnalyses KeepLoadsPass::run(llvm::Function &function,
                                           llvm::FunctionAnalysisManager &) {
  llvm::SmallVector<llvm::Instruction *, 32> uses;
  for (llvm::Instruction &instruction : llvm::instructions(function)) {
    if (!isFakeUse(instruction))
      continue;
    const auto *load =
        llvm::dyn_cast<llvm::LoadInst>(instruction.getOperand(0));
    if (isLast || !load || isNeeded(*load, Uses::CertainWithoutBranches) ||
        !isNeeded(*load, Uses::Possible))
      uses.push_back(&instruction);
  }
  llvm::SmallVector<llvm::Value *, 32> values;
  for (llvm::Instruction *use : uses) {
    values.push_back(use->getOperand(0));
    use->eraseFromParent();
  }
  Keeper keeper;
  for (llvm::Value *value : values)
    keeper.keep(value);
  if (uses.empty())
    return llvm::PreservedAnalyses::all();
  llvm::PreservedAnalyses preserved;
  preserved.preserveSet<llvm::CFGAnalyses>();
  return preserved;
}

} // namespace wrought::codegen

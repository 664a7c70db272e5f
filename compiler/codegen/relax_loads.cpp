#include "codegen/passes.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

namespace wrought::codegen {

namespace {

/// Bounds the walk over users, so that the pass is linear.
constexpr unsigned MaxDepth = 8;
constexpr unsigned MaxUsers = 16;

/// Whether an instruction has its effect whatever else the optimiser finds out,
/// and needs its operand for it.
bool isFirmUse(const llvm::Instruction &user) {
  if (const auto *call = llvm::dyn_cast<llvm::CallBase>(&user))
    return !llvm::isa<llvm::IntrinsicInst>(call) && call->mayHaveSideEffects();
  if (const auto *load = llvm::dyn_cast<llvm::LoadInst>(&user))
    return load->isVolatile();
  return llvm::isa<llvm::StoreInst>(user) || user.isTerminator();
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

bool isNeeded(const llvm::Instruction &value, unsigned depth) {
  if (depth == MaxDepth)
    return false;
  unsigned seen = 0;
  for (const llvm::User *user : value.users()) {
    if (++seen > MaxUsers)
      return false;
    const auto &instruction = *llvm::cast<llvm::Instruction>(user);
    // A use in another block may not be reached, and the load may sink to it.
    if (instruction.getParent() != value.getParent())
      continue;
    if (isFirmUse(instruction))
      return true;
    if (passesOn(instruction) && isNeeded(instruction, depth + 1))
      return true;
  }
  return false;
}

} // namespace

llvm::PreservedAnalyses RelaxLoadsPass::run(llvm::Function &function,
                                            llvm::FunctionAnalysisManager &) {
  llvm::SmallVector<llvm::LoadInst *, 32> needed;
  for (llvm::Instruction &instruction : llvm::instructions(function))
    if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
      if (load->isVolatile() && isNeeded(*load, 0))
        needed.push_back(load);
  // All at once: a load that another's address depends on counts as volatile
  // until the end, and stays because that one stays.
  for (llvm::LoadInst *load : needed)
    load->setVolatile(false);
  return needed.empty() ? llvm::PreservedAnalyses::all()
                        : llvm::PreservedAnalyses::none();
}

} // namespace wrought::codegen

//===- scalar_indices.cpp - Indices that a producer computed in vectors ---===//
//
// Vectorised modules compute the indices of gathered elements in vectors too,
// and take each lane out for its address. A multiplication of such a vector and
// its extracts cost more than the scalar ones, most of all on CPUs that have no
// 32-bit vector multiplication.
//
//===----------------------------------------------------------------------===//

#include "codegen/passes.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;

namespace wrought::codegen {

namespace {

/// Whether nothing but a few lanes is taken from it, besides by `besides`.
bool isTakenApart(const Instruction &vector, const Value *besides = nullptr) {
  const auto *type = dyn_cast<FixedVectorType>(vector.getType());
  if (!type || !type->getElementType()->isIntegerTy())
    return false;
  SmallSet<uint64_t, 4> lanes;
  for (const User *user : vector.users()) {
    if (user == besides)
      continue;
    const auto *extract = dyn_cast<ExtractElementInst>(user);
    const auto *lane =
        extract ? dyn_cast<ConstantInt>(extract->getIndexOperand()) : nullptr;
    if (!lane || lane->getValue().uge(type->getNumElements()))
      return false;
    lanes.insert(lane->getZExtValue());
  }
  return !lanes.empty() && lanes.size() * 2 <= type->getNumElements();
}

/// Whether the lanes of a value are known one by one.
bool isOfConstants(const Value *value) {
  return isa<ConstantDataVector, ConstantVector, ConstantAggregateZero>(value);
}

Constant *laneOf(Value *value, Value *lane) {
  return cast<Constant>(value)->getAggregateElement(cast<Constant>(lane));
}

class ScalarIndices {
public:
  explicit ScalarIndices(Function &function) : function_(function) {}

  bool run() {
    for (Instruction &instruction : instructions(function_))
      if (instruction.getType()->isVectorTy())
        work_.insert(&instruction);
    bool changed = false;
    // Users first: what they are made of may be taken apart then.
    while (!work_.empty()) {
      Instruction *instruction = work_.pop_back_val();
      if (auto *operation = dyn_cast<BinaryOperator>(instruction))
        changed |= takeApart(*operation);
      else if (auto *phi = dyn_cast<PHINode>(instruction))
        changed |= takeApart(*phi);
    }
    return changed;
  }

private:
  bool takeApart(BinaryOperator &operation) {
    switch (operation.getOpcode()) {
    case Instruction::Add:
    case Instruction::Sub:
    case Instruction::Mul:
    case Instruction::Shl:
      break;
    default:
      return false;
    }
    if (!isOfConstants(operation.getOperand(1)) || !isTakenApart(operation))
      return false;
    for (User *user : make_early_inc_range(operation.users())) {
      auto *extract = cast<ExtractElementInst>(user);
      IRBuilder<> builder(extract);
      // Without flags: they spoke of all lanes.
      extract->replaceAllUsesWith(builder.CreateBinOp(
          operation.getOpcode(),
          builder.CreateExtractElement(operation.getOperand(0),
                                       extract->getIndexOperand()),
          laneOf(operation.getOperand(1), extract->getIndexOperand())));
      extract->eraseFromParent();
    }
    if (auto *operand = dyn_cast<Instruction>(operation.getOperand(0)))
      work_.insert(operand);
    work_.remove(&operation);
    operation.eraseFromParent();
    return true;
  }

  /// A counter: it starts somewhere, and a constant is added each time.
  bool takeApart(PHINode &phi) {
    BinaryOperator *next = nullptr;
    unsigned latch = 0;
    if (phi.getNumIncomingValues() != 2)
      return false;
    for (unsigned index : {0, 1})
      if (auto *add = dyn_cast<BinaryOperator>(phi.getIncomingValue(index));
          add && add->getOpcode() == Instruction::Add &&
          add->getOperand(0) == &phi && isOfConstants(add->getOperand(1)) &&
          add->hasOneUse()) {
        next = add;
        latch = index;
      }
    if (!next || !isTakenApart(phi, next))
      return false;
    SmallDenseMap<Value *, PHINode *> counters;
    for (User *user : make_early_inc_range(phi.users())) {
      auto *extract = dyn_cast<ExtractElementInst>(user);
      if (!extract)
        continue;
      Value *lane = extract->getIndexOperand();
      PHINode *&counter = counters[lane];
      if (!counter) {
        counter =
            PHINode::Create(extract->getType(), 2, "index", phi.getIterator());
        IRBuilder<> before(phi.getIncomingBlock(1 - latch)->getTerminator());
        counter->addIncoming(
            before.CreateExtractElement(phi.getIncomingValue(1 - latch), lane),
            phi.getIncomingBlock(1 - latch));
        IRBuilder<> builder(next);
        counter->addIncoming(
            builder.CreateAdd(counter, laneOf(next->getOperand(1), lane)),
            phi.getIncomingBlock(latch));
      }
      extract->replaceAllUsesWith(counter);
      extract->eraseFromParent();
    }
    work_.remove(next);
    next->replaceAllUsesWith(PoisonValue::get(next->getType()));
    next->eraseFromParent();
    work_.remove(&phi);
    phi.eraseFromParent();
    return true;
  }

  Function &function_;
  SmallSetVector<Instruction *, 16> work_;
};

} // namespace

PreservedAnalyses ScalarIndicesPass::run(Function &function,
                                         FunctionAnalysisManager &) {
  if (!ScalarIndices(function).run())
    return PreservedAnalyses::all();
  PreservedAnalyses preserved;
  preserved.preserveSet<CFGAnalyses>();
  return preserved;
}

} // namespace wrought::codegen

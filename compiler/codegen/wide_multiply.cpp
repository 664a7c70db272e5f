//===- wide_multiply.cpp - Products of 128 bits out of their pieces -------===//
//
// WebAssembly without wide arithmetic has no 128-bit product, and producers
// make one of four products of halves (compiler-rt's __multi3, and others
// alike). With M = 2^32 - 1, and x = xh * 2^32 + xl:
//
//   ll = al * bl
//   t1 = (ll >> 32) + al * bh        none of these sums wraps, since
//   t2 = (t1 & M) + ah * bl          (2^32-1)^2 + 2 * (2^32-1) < 2^64
//   low = (t2 << 32) + (ll & M)
//   high = ah * bh + (t1 >> 32) + (t2 >> 32)
//
//===----------------------------------------------------------------------===//

#include "codegen/passes.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/PatternMatch.h"

using namespace llvm;
using namespace llvm::PatternMatch;

namespace wrought::codegen {

namespace {

constexpr uint64_t LowMask = UINT32_MAX;
/// Of instructions, with what was replaced: __multi3 has 30.
constexpr unsigned SmallFunction = 50;

auto lowOf(Value *value) {
  return m_And(m_Specific(value), m_SpecificInt(LowMask));
}
auto highOf(Value *value) {
  return m_LShr(m_Specific(value), m_SpecificInt(32));
}

/// The one sum that a value goes into, through others that only that one uses.
Value *sumOf(Instruction *summand) {
  Instruction *sum = summand;
  while (sum->hasOneUse() &&
         sum->user_back()->getOpcode() == Instruction::Add &&
         sum->user_back()->getParent() == summand->getParent())
    sum = sum->user_back();
  return sum;
}

struct Pieces {
  Value *a, *b;
  Instruction *highProduct, *carry1, *carry2; ///< what `high` is the sum of
  Instruction *low;
};

/// Starts at `low`, as it is after simplification.
bool match(Instruction &low, Pieces &found) {
  Value *a, *b;
  Instruction *t2, *product;
  const auto upper = m_Shl(m_Instruction(t2), m_SpecificInt(32));
  const auto lower = m_And(m_Instruction(product), m_SpecificInt(LowMask));
  if (!low.getType()->isIntegerTy(64) ||
      (!PatternMatch::match(&low, m_AddLike(upper, lower)) &&
       !PatternMatch::match(&low, m_AddLike(lower, upper))) ||
      !PatternMatch::match(product,
                           m_Mul(m_And(m_Value(a), m_SpecificInt(LowMask)),
                                 m_And(m_Value(b), m_SpecificInt(LowMask)))))
    return false;
  Instruction *t1 = nullptr;
  for (int swapped : {0, 1}) {
    if (swapped)
      std::swap(a, b);
    if (PatternMatch::match(
            t2, m_c_Add(m_And(m_Instruction(t1), m_SpecificInt(LowMask)),
                        m_c_Mul(highOf(a), lowOf(b)))) &&
        PatternMatch::match(
            t1, m_c_Add(highOf(product), m_c_Mul(lowOf(a), highOf(b)))))
      break;
    t1 = nullptr;
  }
  if (!t1)
    return false;
  found = {a, b, nullptr, nullptr, nullptr, &low};
  const auto find = [](Value *of, auto pattern, Instruction *&place) {
    for (User *user : of->users())
      if (PatternMatch::match(user, pattern)) {
        if (place)
          return false;
        place = cast<Instruction>(user);
      }
    return place != nullptr;
  };
  if (!find(t1, highOf(t1), found.carry1) ||
      !find(t2, highOf(t2), found.carry2))
    return false;
  for (Value *half : a->users())
    if (PatternMatch::match(half, highOf(a)))
      for (User *user : half->users())
        if (PatternMatch::match(user, m_c_Mul(m_Specific(half), highOf(b)))) {
          if (found.highProduct && found.highProduct != user)
            return false;
          found.highProduct = cast<Instruction>(user);
        }
  if (!found.highProduct || !found.highProduct->hasOneUse() ||
      !found.carry1->hasOneUse() || !found.carry2->hasOneUse())
    return false;
  Value *sum = sumOf(found.highProduct);
  return sum != found.highProduct && sum == sumOf(found.carry1) &&
         sum == sumOf(found.carry2);
}

/// Partial sums get other values, which may wrap.
void dropFlags(Instruction *summand) {
  while (summand->hasOneUse() &&
         summand->user_back()->getOpcode() == Instruction::Add) {
    summand = summand->user_back();
    summand->dropPoisonGeneratingFlags();
  }
}

/// Sums do not care where in them a summand stands, so that the high half can
/// take the place of one of the three, and zero that of the others.
void replace(const Pieces &pieces) {
  for (Instruction *summand :
       {pieces.highProduct, pieces.carry1, pieces.carry2})
    dropFlags(summand);
  // Both factors are there where the product of their high halves is.
  IRBuilder<> builder(pieces.highProduct);
  Type *wide = builder.getInt128Ty();
  Value *product = builder.CreateMul(builder.CreateZExt(pieces.a, wide),
                                     builder.CreateZExt(pieces.b, wide), "",
                                     /*HasNUW=*/true);
  pieces.highProduct->replaceAllUsesWith(builder.CreateTrunc(
      builder.CreateLShr(product, 64), builder.getInt64Ty()));
  for (Instruction *carry : {pieces.carry1, pieces.carry2})
    carry->replaceAllUsesWith(builder.getInt64(0));
  builder.SetInsertPoint(pieces.low);
  pieces.low->replaceAllUsesWith(builder.CreateMul(pieces.a, pieces.b));
}

} // namespace

PreservedAnalyses WideMultiplyPass::run(Function &function,
                                        FunctionAnalysisManager &) {
  SmallVector<Pieces, 1> all;
  for (Instruction &instruction : instructions(function)) {
    Pieces pieces;
    if (match(instruction, pieces))
      all.push_back(pieces);
  }
  if (all.empty())
    return PreservedAnalyses::all();
  for (const Pieces &pieces : all)
    replace(pieces);
  // Little more than its product is left of it.
  if (function.getInstructionCount() <= SmallFunction)
    function.addFnAttr(Attribute::InlineHint);
  PreservedAnalyses preserved;
  preserved.preserveSet<CFGAnalyses>();
  return preserved;
}

} // namespace wrought::codegen

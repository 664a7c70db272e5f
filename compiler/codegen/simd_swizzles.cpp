#include "codegen/passes.h"

#include "llvm/ADT/bit.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PatternMatch.h"

namespace wrought::codegen {

using namespace llvm::PatternMatch;
using llvm::Value;

namespace {

/// Bounds the walk over operands, so that the pass is linear.
constexpr unsigned MaxDepth = 12;
constexpr unsigned MaxValues = 64;
constexpr uint8_t AnyBits = 0xff;

/// Finds which bits may be set in any byte of a vector of 16.
class ByteBits {
public:
  uint8_t of(const Value *value, unsigned depth = MaxDepth) {
    if (const auto *constant = llvm::dyn_cast<llvm::Constant>(value))
      return ofConstant(*constant);
    const auto *instruction = llvm::dyn_cast<llvm::Instruction>(value);
    if (!instruction || depth == 0 || ++seen_ > MaxValues)
      return AnyBits;
    const auto operand = [&](unsigned i) {
      return of(instruction->getOperand(i), depth - 1);
    };
    switch (instruction->getOpcode()) {
    case llvm::Instruction::BitCast:
      return operand(0);
    case llvm::Instruction::And:
      return operand(0) & operand(1);
    case llvm::Instruction::Or:
    case llvm::Instruction::Xor:
      return operand(0) | operand(1);
    case llvm::Instruction::Select:
      return operand(1) | operand(2);
    case llvm::Instruction::LShr:
      return ofShift(*instruction, depth);
    case llvm::Instruction::Call:
      return ofIntrinsic(*instruction, depth);
    default:
      return AnyBits;
    }
  }

private:
  static uint8_t ofConstant(const llvm::Constant &constant) {
    if (llvm::isa<llvm::ConstantAggregateZero>(constant))
      return 0;
    const auto *data = llvm::dyn_cast<llvm::ConstantDataVector>(&constant);
    if (!data)
      return AnyBits;
    uint8_t bits = 0;
    for (char byte : data->getRawDataValues())
      bits |= static_cast<uint8_t>(byte);
    return bits;
  }

  static bool hasByteLanes(const Value &value) {
    return value.getType()->getScalarSizeInBits() == 8;
  }

  uint8_t ofShift(const llvm::Instruction &shift, unsigned depth) {
    const llvm::APInt *count;
    if (!hasByteLanes(shift) || !match(shift.getOperand(1), m_APInt(count)) ||
        count->uge(8))
      return AnyBits;
    return of(shift.getOperand(0), depth - 1) >> count->getZExtValue();
  }

  uint8_t ofIntrinsic(const llvm::Instruction &call, unsigned depth) {
    const auto *intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&call);
    const llvm::APInt *constant;
    if (!intrinsic || intrinsic->arg_size() != 2 || !hasByteLanes(call) ||
        !match(call.getOperand(1), m_APInt(constant)))
      return AnyBits;
    const unsigned limit = of(call.getOperand(0), depth - 1);
    const auto number = static_cast<unsigned>(constant->getZExtValue());
    switch (intrinsic->getIntrinsicID()) {
    case llvm::Intrinsic::usub_sat:
      return allBelow(limit > number ? limit - number : 0);
    case llvm::Intrinsic::umin:
      return allBelow(std::min(limit, number));
    default:
      return AnyBits;
    }
  }

  /// The bits of all numbers up to this one.
  static uint8_t allBelow(unsigned number) {
    return static_cast<uint8_t>(llvm::bit_ceil(number + 1) - 1);
  }

  unsigned seen_ = 0;
};

} // namespace

llvm::PreservedAnalyses
SimplifySwizzlesPass::run(llvm::Module &module, llvm::ModuleAnalysisManager &) {
  llvm::Function *shuffle = llvm::Intrinsic::getDeclarationIfExists(
      &module, llvm::Intrinsic::x86_ssse3_pshuf_b_128);
  if (!shuffle)
    return llvm::PreservedAnalyses::all();
  bool changed = false;
  for (llvm::User *user : shuffle->users()) {
    auto *call = llvm::cast<llvm::CallInst>(user);
    Value *indices;
    if (!match(call->getArgOperand(1),
               m_Intrinsic<llvm::Intrinsic::uadd_sat>(m_Value(indices),
                                                      m_SpecificInt(0x70))) ||
        ByteBits().of(indices) > 15)
      continue;
    auto *sum = llvm::cast<llvm::Instruction>(call->getArgOperand(1));
    call->setArgOperand(1, indices);
    if (sum->use_empty())
      sum->eraseFromParent();
    changed = true;
  }
  return changed ? llvm::PreservedAnalyses::none()
                 : llvm::PreservedAnalyses::all();
}

} // namespace wrought::codegen

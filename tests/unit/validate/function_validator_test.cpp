#include "module_builder.h"

#include "validate/function_validator.h"

#include <gtest/gtest.h>

namespace wrought::validate {
namespace {

using namespace test;
using namespace wasm;

/// Steps through the body of one function.
class Steps {
public:
  explicit Steps(Bytes bytes, uint32_t function = 0)
      : bytes_(std::move(bytes)), valid_(validated()),
        reader_(valid_->module(), valid_->module().functions[function].body),
        validator_(*valid_) {
    std::vector<decode::LocalRun> locals;
    EXPECT_TRUE(reader_.readLocals(locals));
    EXPECT_TRUE(validator_.enterBody(FunctionIndex(function), locals));
  }

  /// Checks the next instructions.
  void step(unsigned count = 1) {
    for (; count != 0; --count) {
      ASSERT_TRUE(reader_.next(instruction_));
      ASSERT_TRUE(validator_.check(instruction_)) << validator_.message();
    }
  }
  const FunctionValidator *operator->() const { return &validator_; }
  const Instruction &instruction() const { return instruction_; }

private:
  std::optional<ValidatedModule> validated() {
    Diagnostics diagnostics;
    auto module = decode::decodeModule(bytes_, "test.wasm", diagnostics);
    return validateModule(std::move(*module), {}, diagnostics);
  }

  Bytes bytes_;
  std::optional<ValidatedModule> valid_;
  decode::OperatorReader reader_;
  FunctionValidator validator_;
  Instruction instruction_;
};

Bytes withCode(const Bytes &code, const Bytes &results = {}) {
  return ModuleBuilder().type({}, results).function(0, code).build();
}

TEST(FunctionValidator, TellsOperandTypes) {
  // i32.const 0, i64.const 0, drop, drop
  Steps steps(withCode({0x41, 0, 0x42, 0, 0x1a, 0x1a}));
  steps.step(2);
  EXPECT_EQ(steps->operandCount(), 2u);
  EXPECT_EQ(steps->operandType(0), I64);
  EXPECT_EQ(steps->operandType(1), I32);
  EXPECT_TRUE(steps->operandType(2).isBottom());
  steps.step(3);
  EXPECT_TRUE(steps->isFinished());
  EXPECT_EQ(steps->operandCount(), 0u);
}

TEST(FunctionValidator, TellsFramesAndLabels) {
  // i32.const 0, block (result i32), loop, br 1 …
  const Bytes bytes = withCode(
      {0x02, i32, 0x03, 0x40, 0x41, 0, 0x0c, 1, 0x0b, 0x00, 0x0b}, {i32});
  Steps steps(bytes);
  EXPECT_EQ(steps->frameCount(), 1u);
  EXPECT_EQ(steps->frame(0).kind, FrameKind::Body);
  EXPECT_EQ(steps->labelTypes(0).size(), 1u);
  steps.step(2);
  EXPECT_EQ(steps->frameCount(), 3u);
  EXPECT_EQ(steps->frame(0).kind, FrameKind::Loop);
  EXPECT_EQ(steps->frame(1).kind, FrameKind::Block);
  EXPECT_TRUE(steps->labelTypes(0).empty());
  ASSERT_EQ(steps->labelTypes(1).size(), 1u);
  EXPECT_EQ(steps->labelTypes(1)[0], I32);
  steps.step(2);
  EXPECT_TRUE(steps->frame(1).isEndReachable);
  EXPECT_FALSE(steps->isReachable());
}

TEST(FunctionValidator, LoopsBranchToTheirParameters) {
  // Type 1: [i32] -> [i64]; i32.const 0, loop (type 1), drop, i64.const 0
  const Bytes bytes = ModuleBuilder()
                          .type({}, {i64})
                          .type({i32}, {i64})
                          .function(0, {0x41, 0, 0x03, 1, 0x1a, 0x42, 0, 0x0b})
                          .build();
  Steps steps(bytes);
  steps.step(2);
  ASSERT_EQ(steps->labelTypes(0).size(), 1u);
  EXPECT_EQ(steps->labelTypes(0)[0], I32);
  const BlockSignature signature = steps->resolve(steps.instruction().block);
  EXPECT_EQ(signature.parameters()[0], I32);
  EXPECT_EQ(signature.results()[0], I64);
  EXPECT_EQ(steps->frame(0).height, 0u);
  EXPECT_EQ(steps->operandCount(), 1u);
}

TEST(FunctionValidator, CodeAfterABranchIsDead) {
  // block, br 0, block, nop, end, end, nop
  Steps steps(withCode({0x02, 0x40, 0x0c, 0, 0x02, 0x40, 0x01, 0x0b, 0x0b}));
  steps.step(1);
  EXPECT_TRUE(steps->isReachable());
  steps.step(1);
  EXPECT_FALSE(steps->isReachable());
  steps.step(1);
  EXPECT_FALSE(steps->isReachable()) << "a block within dead code";
  steps.step(2);
  EXPECT_FALSE(steps->isReachable()) << "its end";
  steps.step(1);
  EXPECT_TRUE(steps->isReachable()) << "the end that br goes to";
}

TEST(FunctionValidator, EndsThatNothingReachesAreDead) {
  // block, unreachable, end
  Steps block(withCode({0x02, 0x40, 0x00, 0x0b}));
  block.step(3);
  EXPECT_FALSE(block->isReachable());
  // loop, br 0, end: branches to a loop do not reach its end.
  Steps loop(withCode({0x03, 0x40, 0x0c, 0, 0x0b}));
  loop.step(3);
  EXPECT_FALSE(loop->isReachable());
}

TEST(FunctionValidator, IfIsReachedThroughEitherArm) {
  // i32.const, if, unreachable, end: the missing else falls through.
  Steps withoutElse(withCode({0x41, 0, 0x04, 0x40, 0x00, 0x0b}));
  withoutElse.step(4);
  EXPECT_TRUE(withoutElse->isReachable());
  // if, nop, else, unreachable, end
  Steps thenFalls(withCode({0x41, 0, 0x04, 0x40, 0x01, 0x05, 0x00, 0x0b}));
  thenFalls.step(4);
  EXPECT_TRUE(thenFalls->isReachable()) << "else";
  EXPECT_EQ(thenFalls->frame(0).kind, FrameKind::Else);
  thenFalls.step(1);
  EXPECT_FALSE(thenFalls->isReachable());
  thenFalls.step(1);
  EXPECT_TRUE(thenFalls->isReachable()) << "end";
  // if, unreachable, else, unreachable, end
  Steps neither(withCode({0x41, 0, 0x04, 0x40, 0x00, 0x05, 0x00, 0x0b}));
  neither.step(6);
  EXPECT_FALSE(neither->isReachable());
}

/// A module that has one of everything an immediate of zero may name.
Bytes oneOfEverything() {
  return ModuleBuilder()
      .type({}, {})
      .add(1, {0x5f, 1, i32, 1}) // struct
      .add(1, {0x5e, i32, 1})    // array
      .add(4, {funcref, 0, 1})
      .memory()
      .add(13, {0, 0})
      .add(6, {i32, 1, 0x41, 0, 0x0b})
      .exported("f", 0, 0)
      .add(9, {1, 0, 1, 0})
      .add(12, {1})
      .function(0, {}, {1, 1, i32})
      .add(11, {1, 0})
      .build();
}

// Each row of opcodes.def has a rule: in unreachable code, where operands
// never are the trouble, the check either succeeds or says what is wrong.
TEST(FunctionValidator, HasARuleForEveryRow) {
  Diagnostics diagnostics;
  const Bytes bytes = oneOfEverything();
  auto module = decode::decodeModule(bytes, "test.wasm", diagnostics);
  ASSERT_TRUE(module);
  auto valid = validateModule(std::move(*module), {}, diagnostics);
  ASSERT_TRUE(valid) << diagnostics.all().front().message;
  FunctionValidator validator(*valid);
  unsigned passed = 0;
  for (size_t i = 0; i < OpcodeCount; ++i) {
    for (uint32_t index : {0, 1, 2}) {
      ASSERT_TRUE(validator.enterBody(FunctionIndex(0), {{1, I32}}));
      Instruction unreachable;
      unreachable.opcode = Opcode::Unreachable;
      ASSERT_TRUE(validator.check(unreachable));
      Instruction instruction;
      instruction.opcode = static_cast<Opcode>(i);
      instruction.index = index;
      instruction.index2 =
          immediateKind(instruction.opcode) == ImmediateKind::TypeType ? index
                                                                       : 0;
      instruction.labels = {0};
      instruction.types = {I32};
      if (isAtomicAccess(immediateKind(instruction.opcode)))
        instruction.memory.alignLog2 = std::countr_zero(
            accessByteLength(immediateKind(instruction.opcode)));
      instruction.heap = AbstractHeap::Func;
      instruction.castFrom = instruction.castTo = ValueType::funcRef();
      if (validator.check(instruction))
        ++passed;
      else
        EXPECT_NE(validator.message(), "") << opcodeText(instruction.opcode);
    }
  }
  EXPECT_GT(passed, 3 * OpcodeCount * 8 / 10);
}

} // namespace
} // namespace wrought::validate

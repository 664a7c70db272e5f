//===- instruction_parser.h - Plain and folded instructions ---------------===//
//
// Instructions are written to the output as they are met. A folded operator
// waits, encoded, until its parenthesis closes; what is open is a stack of
// frames on the heap, so that no nesting of the input can exhaust the native
// stack.
//
// Source: WebAssembly Specification 3.0, "Text Format / Instructions".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "text/type_parser.h"
#include "wasm/immediates.h"

namespace wrought::text {

class InstructionParser {
public:
  InstructionParser(ModuleContext &context, TypeParser &types)
      : context_(context), cursor_(context.cursor), types_(types) {}

  /// Forgets the locals and hints of the function before.
  void beginFunction();
  void endFunction() { inFunction_ = false; }
  /// False when the function has a local of this name already.
  bool bindLocal(llvm::StringRef name, uint32_t index) {
    return locals_.try_emplace(name, index).second;
  }
  /// Instructions up to a closing parenthesis, which stays.
  void sequence(ByteWriter &out) { run(out, false); }
  /// One folded instruction.
  void folded(ByteWriter &out);
  /// Hints met in the function; offsets count from the start of `out`.
  std::vector<BranchHint> takeHints() { return std::move(hints_); }

private:
  struct Label {
    llvm::StringRef name;
    /// Number of the label that this one hides, or ~0.
    uint32_t hidden;
  };
  struct Frame {
    enum class Kind : uint8_t {
      PlainBlock,
      PlainIf,
      PlainElse,
      FoldedBlock,
      FoldedOperator,
      IfCondition,
      IfThen,
      IfAfterThen,
      IfElse,
      IfDone,
    } kind;
    /// Of the instruction's keyword.
    uint32_t token;
    /// Where its encoding starts in pending_.
    size_t pending;
    /// If… before its `then`: the label still to be opened.
    llvm::StringRef label;
    /// -1 when there is none.
    int hint;
  };

  void run(ByteWriter &out, bool single);
  void plain(ByteWriter &out);
  void plainEnd(ByteWriter &out);
  void plainElse(ByteWriter &out);
  void open(ByteWriter &out);
  void openThen(ByteWriter &out);
  void openElse(ByteWriter &out);
  void openInstruction(ByteWriter &out);
  void openBlock(wasm::Opcode opcode, Frame frame, ByteWriter &out);
  void close(ByteWriter &out);
  void emitEnd(ByteWriter &out);
  void emitPending(const Frame &frame, ByteWriter &out);
  bool push(const Frame &frame);
  bool acceptsPlain() const;
  std::optional<wasm::Opcode> expectOpcode();

  void pushLabel(llvm::StringRef name);
  void popLabel();
  void checkLabel();
  uint32_t expectLabel();

  int takeHint();
  void recordHint(int hint, wasm::Opcode opcode, const ByteWriter &out);

  static void write(wasm::Opcode opcode, ByteWriter &out);
  // In immediates.cpp.
  void operation(wasm::Opcode opcode, ByteWriter &out);
  void immediates(wasm::Opcode opcode, ByteWriter &out);
  void referenceOperation(wasm::Opcode opcode, ByteWriter &out);
  void branchOnCast(ByteWriter &out);
  void branchTable(ByteWriter &out);
  void callIndirect(ByteWriter &out);
  void select(ByteWriter &out);
  void catchClauses(ByteWriter &out);
  void typeAndField(ByteWriter &out);
  void typeAnd(Space space, ByteWriter &out);
  void optionalIndex(Space space, ByteWriter &out);
  void optionalPair(Space space, ByteWriter &out);
  void segmentInit(Space segments, Space target, ByteWriter &out);
  void memoryArgument(wasm::ImmediateKind kind, ByteWriter &out);
  void alignment(wasm::ImmediateKind kind, uint32_t &log2);
  bool atLaneOnly() const;
  void lane(ByteWriter &out);
  void shuffle(ByteWriter &out);
  void vectorConstant(ByteWriter &out);

  ModuleContext &context_;
  TokenCursor &cursor_;
  TypeParser &types_;
  std::vector<Frame> frames_;
  /// Encoded instructions of open folded operators, innermost last.
  ByteWriter pending_;
  std::vector<Label> labels_;
  llvm::DenseMap<llvm::StringRef, uint32_t> labelByName_;
  llvm::DenseMap<llvm::StringRef, uint32_t> locals_;
  std::vector<BranchHint> hints_;
  bool inFunction_ = false;
};

} // namespace wrought::text

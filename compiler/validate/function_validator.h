//===- function_validator.h - Instruction by instruction ------------------===//
//
// Checks the instructions of one body (or constant expression) in order and
// keeps the types that the spec's validation algorithm keeps: operands, control
// frames, initialised locals. A later stage may run it beside its own work and
// ask it for them:
//
//   FunctionValidator validator(validatedModule);
//   validator.enterBody(index, localRuns);
//   while (reader.next(op)) { validator.check(op); emitter.emit(op); }
//
// Source: WebAssembly Specification 3.0, "Validation / Instructions" and
// "Appendix / Validation Algorithm".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "decode/operator_reader.h"
#include "validate/feature_uses.h"
#include "validate/module_validator.h"
#include "validate/operand_stack.h"
#include "validate/row_signature.h"
#include "wasm/immediates.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <string>
#include <vector>

namespace wrought::validate {

enum class FrameKind : uint8_t { Body, Block, Loop, If, Else, TryTable };

/// What a block takes and gives. Function types are referred to, so that a
/// signature is valid as long as the module is.
class BlockSignature {
public:
  BlockSignature() = default;
  explicit BlockSignature(const wasm::FunctionType &type) : type_(&type) {}
  /// No parameters, and this result; Bottom means none.
  explicit BlockSignature(wasm::ValueType result) : result_(result) {}

  TypeList parameters() const {
    return type_ ? TypeList(type_->parameters) : TypeList();
  }
  /// May refer into this object.
  TypeList results() const & {
    if (type_)
      return type_->results;
    return result_.isBottom() ? TypeList() : TypeList(result_);
  }
  TypeList results() const && = delete;
  /// Bit for bit the same lists; false says nothing.
  bool isIdentical(const BlockSignature &other) const {
    return type_ == other.type_ && sameBits(result_, other.result_);
  }

private:
  const wasm::FunctionType *type_ = nullptr;
  wasm::ValueType result_;
};

/// An open block. The frame of a body has the function's own signature, though
/// its parameters are locals and not operands.
struct ControlFrame {
  BlockSignature signature;
  /// Operands below the block, its parameters not counted.
  uint32_t height = 0;
  /// Entries of the log of initialised locals when the block began.
  uint32_t initializedCount = 0;
  /// br_table that checked this label last.
  uint32_t tableMark = 0;
  FrameKind kind = FrameKind::Body;
  /// After an unconditional branch: operands that are missing have any type.
  bool isPolymorphic = false;
  bool isEntryReachable = false;
  /// Something reachable branches to the end, or falls from `then` to it.
  bool isEndReachable = false;

  /// What a branch to this block carries.
  TypeList labelTypes() const & {
    return kind == FrameKind::Loop ? signature.parameters()
                                   : signature.results();
  }
};

/// The type of a segment's elements. The forms that list function indices
/// have no null among them.
inline wasm::ValueType elementType(const wasm::ElementSegment &segment) {
  return segment.usesExpressions
             ? segment.type
             : wasm::ValueType::reference(wasm::AbstractHeap::Func, false);
}

class FunctionValidator {
public:
  /// For modules under validation.
  FunctionValidator(const wasm::Module &module, const ModuleContext &context);
  /// For the stages behind; `module` must outlive the validator.
  explicit FunctionValidator(const ValidatedModule &module)
      : FunctionValidator(module.module(), module.context()) {}

  /// Starts on the body of a defined function; forgets what was before.
  bool enterBody(wasm::FunctionIndex function,
                 llvm::ArrayRef<decode::LocalRun> locals);
  /// Starts on a constant expression that must give `result` and may read the
  /// globals below `visibleGlobals`.
  bool enterConstant(wasm::ValueType result, uint32_t visibleGlobals,
                     wasm::ByteRange code);

  /// Checks the next instruction. False at the first error, see message();
  /// nothing may be checked after it.
  bool check(const wasm::Instruction &instruction);
  /// The same for an instruction of a constant expression.
  bool checkConstant(const wasm::Instruction &instruction);
  /// Reads and checks a whole body, locals included, up to its end.
  bool checkBody(wasm::FunctionIndex function);

  /// Whether the code at this point (before the next instruction) can run, as
  /// far as the control structure tells: also false in a block within dead
  /// code, and after the end of a block that nothing reaches.
  bool isReachable() const { return isReachable_; }
  /// The final `end` has been checked.
  bool isFinished() const { return frames_.empty(); }

  /// Type of the operand `depth` below the top, 0 being the top. Bottom where
  /// unreachable code has no operand; never Bottom in reachable code.
  wasm::ValueType operandType(size_t depth) const {
    return depth < operands_.available() ? operands_.peek(depth)
                                         : wasm::ValueType();
  }
  /// All operands of the function, those of enclosing blocks included.
  size_t operandCount() const { return operands_.size(); }

  size_t frameCount() const { return frames_.size(); }
  /// The block that label `depth` names, 0 being the innermost.
  const ControlFrame &frame(uint32_t depth) const {
    return frames_[frames_.size() - 1 - depth];
  }
  /// Valid until the next check().
  TypeList labelTypes(uint32_t depth) const {
    return frame(depth).labelTypes();
  }
  /// Parameters and results of a valid block type.
  BlockSignature resolve(const wasm::BlockType &block) const;

  uint32_t localCount() const { return static_cast<uint32_t>(locals_.size()); }
  wasm::ValueType localType(uint32_t index) const { return locals_[index]; }
  const wasm::FunctionType &functionType() const { return *functionType_; }
  FunctionFacts facts() const { return facts_; }

  const std::string &message() const { return message_; }
  uint64_t errorOffset() const { return errorOffset_; }
  FeatureUses &featureUses() { return uses_; }
  /// Functions that constant expressions refer to, for C.refs.
  const std::vector<uint32_t> &referencedFunctions() const {
    return referencedFunctions_;
  }

private:
  template <wasm::Opcode Op> bool checkRow(const wasm::Instruction &);
  template <RowSignature S> bool apply(wasm::ValueType address);
  bool applySlowly(const RowSignature &signature, wasm::ValueType address);
  bool checkCustom(wasm::Opcode opcode, const wasm::Instruction &instruction);
  struct BodyVisitor;
  /// What comes before the check of any instruction.
  bool begin(const wasm::Instruction &instruction) {
    offset_ = instruction.byteOffset;
    ++facts_.instructionCount;
    return !frames_.empty() || afterEnd();
  }
  [[gnu::cold]] bool afterEnd();
  void reset(std::optional<wasm::FunctionIndex> function);
  bool addLocals(llvm::ArrayRef<decode::LocalRun> runs);

  // Errors.
  [[gnu::cold]] bool fail(std::string message);
  [[gnu::cold]] bool failAt(uint64_t byteOffset, std::string message);
  [[gnu::cold]] bool mismatch(wasm::ValueType expected, wasm::ValueType found);
  [[gnu::cold]] bool underflow(wasm::ValueType expected);
  [[gnu::cold]] bool featureOff(wasm::Feature feature);
  [[gnu::cold]] bool surplus(const char *place);
  std::string describe(wasm::ValueType type) const;
  bool need(wasm::Feature feature) {
    return uses_.use(feature, offset_, function_) || featureOff(feature);
  }

  // Operands.
  bool matches(wasm::ValueType sub, wasm::ValueType super) const;
  bool popMismatched(wasm::ValueType found, wasm::ValueType expected) {
    return matches(found, expected) || mismatch(expected, found);
  }
  bool popMissing(wasm::ValueType expected) {
    return frames_.back().isPolymorphic || underflow(expected);
  }
  bool pop(wasm::ValueType expected) {
    if (!operands_.hasAny()) [[unlikely]]
      return popMissing(expected);
    const wasm::ValueType found = operands_.pop();
    return sameBits(found, expected) || popMismatched(found, expected);
  }
  bool popAny(wasm::ValueType &found);
  /// Pops a reference of any hierarchy; Bottom is possible.
  bool popReference(wasm::ValueType &found);
  bool popList(TypeList types) {
    if (operands_.endsWith(types)) [[likely]] {
      operands_.drop(types.size());
      return true;
    }
    return popListSlowly(types);
  }
  bool popListSlowly(TypeList types);
  /// Whether the top operands fit, without taking them.
  bool peekList(TypeList types);
  void push(wasm::ValueType type) { operands_.push(type); }
  bool pushList(TypeList types);
  bool matchLists(TypeList sub, TypeList super, const char *what);

  // Types and indices.
  bool checkHeapType(wasm::HeapType heap);
  bool checkValueType(wasm::ValueType type);
  bool unknown(const char *what, uint32_t index);
  const wasm::FunctionType *functionTypeAt(uint32_t index);
  const wasm::SubType *structTypeAt(uint32_t index);
  const wasm::FieldType *arrayFieldAt(uint32_t index);
  const wasm::TableType *tableAt(uint32_t index);
  const wasm::ElementSegment *elementAt(uint32_t index);
  const wasm::FunctionType *tagTypeAt(uint32_t index);
  bool checkDataSegment(uint32_t index);
  bool addressType(uint32_t memory, wasm::ValueType &type);
  bool checkMemoryArgument(const wasm::MemoryArgument &argument,
                           wasm::ImmediateKind kind, wasm::ValueType &type);

  // Control (check_control.cpp, check_exception.cpp).
  bool pushFrame(FrameKind kind, BlockSignature signature);
  void setUnreachable() {
    operands_.dropToFloor();
    frames_.back().isPolymorphic = true;
    isReachable_ = false;
  }
  void forgetInitialized(uint32_t count);
  bool checkBlockType(const wasm::BlockType &block, BlockSignature &signature);
  bool enterBlock(const wasm::Instruction &instruction, FrameKind kind);
  bool closeArm(const char *place);
  bool checkElse();
  bool checkEnd();
  ControlFrame *label(uint32_t depth);
  void markBranch(ControlFrame &target);
  bool checkBranch(uint32_t depth);
  bool checkBranchIf(uint32_t depth);
  bool checkBranchTable(const wasm::Instruction &instruction);
  bool checkReturn();
  bool checkCall(uint32_t function);
  bool checkCallee(const wasm::FunctionType &callee, bool isTail);
  bool checkCallIndirect(const wasm::Instruction &instruction, bool isTail);
  bool checkReturnCall(uint32_t function);
  bool checkCallRef(uint32_t type, bool isTail);
  bool checkThrow(uint32_t tag);
  bool checkThrowRef();
  bool checkTryTable(const wasm::Instruction &instruction);
  bool checkCatch(const wasm::CatchClause &clause);

  // Parametric and variable (check_variable.cpp).
  bool checkDrop();
  bool checkSelect();
  bool checkSelectTyped(const wasm::Instruction &instruction);
  bool checkLocalGet(uint32_t index);
  bool checkLocalSet(uint32_t index);
  bool checkLocalTee(uint32_t index);
  void markInitialized(uint32_t index);
  bool checkGlobalGet(uint32_t index);
  bool checkGlobalSet(uint32_t index);

  // Memory and tables (check_memory.cpp, check_table.cpp).
  bool checkMemoryInit(const wasm::Instruction &instruction);
  bool checkMemoryCopy(const wasm::Instruction &instruction);
  bool checkMemoryFill(uint32_t memory);
  bool checkTableGet(uint32_t table);
  bool checkTableSet(uint32_t table);
  bool checkTableInit(const wasm::Instruction &instruction);
  bool checkTableCopy(const wasm::Instruction &instruction);
  bool checkTableGrow(uint32_t table);
  bool checkTableSize(uint32_t table);
  bool checkTableFill(uint32_t table);

  // References (check_reference.cpp).
  bool checkRefNull(wasm::HeapType heap);
  bool checkRefIsNull();
  bool checkRefFunc(uint32_t function);
  bool checkRefEq();
  bool checkRefAsNonNull();
  bool checkBrOnNull(uint32_t depth);
  bool checkBrOnNonNull(uint32_t depth);
  bool checkRefTest(wasm::HeapType heap);
  bool checkRefCast(wasm::HeapType heap, bool isNullable);
  bool checkBrOnCast(const wasm::Instruction &instruction, bool onFail);
  bool checkConvert(wasm::AbstractHeap from, wasm::AbstractHeap to);

  // Structs, arrays, i31 (check_gc.cpp).
  enum class Extension : uint8_t { None, Signed, Unsigned };
  bool checkExtension(const wasm::FieldType &field, Extension extension,
                      const char *what);
  bool checkStructNew(uint32_t type);
  bool checkStructNewDefault(uint32_t type);
  const wasm::FieldType *structFieldAt(uint32_t type, uint32_t field);
  bool checkStructGet(const wasm::Instruction &instruction, Extension);
  bool checkStructSet(const wasm::Instruction &instruction);
  bool checkArrayNew(uint32_t type);
  bool checkArrayNewDefault(uint32_t type);
  bool checkArrayNewFixed(const wasm::Instruction &instruction);
  bool checkArrayNewData(const wasm::Instruction &instruction);
  bool checkArrayNewElem(const wasm::Instruction &instruction);
  bool checkArrayGet(uint32_t type, Extension extension);
  bool checkArraySet(uint32_t type);
  bool checkArrayLen();
  bool checkArrayFill(uint32_t type);
  bool checkArrayCopy(const wasm::Instruction &instruction);
  bool checkArrayInitData(const wasm::Instruction &instruction);
  bool checkArrayInitElem(const wasm::Instruction &instruction);
  bool checkMutableArray(const wasm::FieldType &field, uint32_t type);
  bool checkDataArray(const wasm::FieldType &field, uint32_t type);
  bool checkElementArray(const wasm::FieldType &field, uint32_t segment);
  bool checkGc(const wasm::Instruction &instruction);

  const wasm::Module &module_;
  const ModuleContext &context_;
  OperandStack operands_;
  bool isReachable_ = false;
  bool isConstant_ = false;
  /// Whether some local has no default value.
  bool tracksLocals_ = false;
  uint64_t offset_ = 0;
  std::vector<ControlFrame> frames_;
  std::vector<wasm::ValueType> locals_;
  /// With tracksLocals_: by local index, and the order in which they were set.
  std::vector<bool> isInitialized_;
  std::vector<uint32_t> initialized_;
  std::optional<wasm::FunctionIndex> function_;
  const wasm::FunctionType *functionType_ = nullptr;
  uint32_t visibleGlobals_ = 0;
  uint32_t branchTableCount_ = 0;
  FunctionFacts facts_;
  FeatureUses uses_;
  std::vector<uint32_t> referencedFunctions_;
  wasm::Instruction instruction_;
  std::vector<decode::LocalRun> localRuns_;
  std::string message_;
  uint64_t errorOffset_ = 0;
};

} // namespace wrought::validate

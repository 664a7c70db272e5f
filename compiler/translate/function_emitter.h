//===- function_emitter.h - One function body to LLVM IR ------------------===//
//
// Walks the instructions of a validated body with a stack of LLVM values and a
// stack of control frames. Locals are allocas, which the middle end promotes;
// block parameters and results are phis. Unreachable code is read, not emitted.
// Each opcode has a method, declared from opcodes.def; those of one family are
// defined in emit_<family>.cpp.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "decode/operator_reader.h"
#include "translate/instance_model.h"
#include "translate/module_emitter.h"

namespace wrought::translate {

/// A control frame: where branches to it go and what they carry.
struct ControlFrame {
  enum class Kind : uint8_t { Function, Block, Loop, If } kind;
  /// Where code after the construct continues, with a phi for each result.
  llvm::BasicBlock *end = nullptr;
  /// Loop: the header, with a phi for each parameter.
  llvm::BasicBlock *header = nullptr;
  /// If: the false side, until `else` was seen.
  llvm::BasicBlock *elseBlock = nullptr;
  llvm::SmallVector<llvm::PHINode *, 1> endPhis, headerPhis;
  /// If: the parameters, for the else side.
  llvm::SmallVector<llvm::Value *, 1> parameters;
  /// Depth of the value stack below the parameters.
  size_t height = 0;

  llvm::BasicBlock *branchTarget() const {
    return kind == Kind::Loop ? header : end;
  }
  llvm::ArrayRef<llvm::PHINode *> branchPhis() const {
    return kind == Kind::Loop ? headerPhis : endPhis;
  }
};

class FunctionEmitter {
public:
  FunctionEmitter(ModuleEmitter &module, wasm::FunctionIndex index);
  void emit();

  ModuleEmitter &module() { return module_; }
  /// Before the first instruction of the body: for what holds throughout.
  Builder entryBuilder();

private:
#define WASM_OP(prefix, code, Name, ...)                                       \
  void emit##Name(const wasm::Instruction &instruction);
#include "wasm/opcodes.def"

  void createFunction();
  void createLocals(llvm::ArrayRef<decode::LocalRun> runs);
  void dispatch(const wasm::Instruction &instruction);
  void skipUnreachable(const wasm::Instruction &instruction);
  void setLocation(uint64_t byteOffset);

  // Control (emit_control.cpp).
  struct BlockSignature {
    llvm::SmallVector<wasm::ValueType, 2> parameters, results;
  };
  BlockSignature signature(const wasm::BlockType &type) const;
  llvm::BasicBlock *createBlock(const llvm::Twine &name = "");
  void createPhis(llvm::BasicBlock *block,
                  llvm::ArrayRef<wasm::ValueType> types,
                  llvm::SmallVectorImpl<llvm::PHINode *> &phis);
  ControlFrame &pushFrame(ControlFrame::Kind kind,
                          const BlockSignature &signature);
  ControlFrame &frame(uint32_t depth) {
    return frames_[frames_.size() - 1 - depth];
  }
  void branchTo(ControlFrame &target);
  void branchIf(ControlFrame &target, llvm::Value *condition);
  void addIncoming(ControlFrame &target);
  void becomeUnreachable();
  void finishFrame();

  // Values.
  llvm::Value *pop() { return stack_.pop_back_val(); }
  void push(llvm::Value *value) { stack_.push_back(value); }
  llvm::Value *popCondition();
  void pushBoolean(llvm::Value *bit) {
    push(builder_.CreateZExt(bit, types_.i32));
  }
  Values popArguments(size_t count);

  // Traps.
  void checkStack();
  void checkInterruption();
  void trapAtEntry(llvm::Value *condition, llvm::function_ref<void(Builder &)>);
  void callTrap(Builder &builder, abi::Trap trap);
  void trap(abi::Trap trap);
  void trapIf(llvm::Value *condition, abi::Trap trap);

  // Fuel (fuel.cpp).
  struct FuelRegion {
    llvm::BinaryOperator *left; ///< what is left then
    llvm::StoreInst *store;
    uint64_t instructionCount = 0;
    bool isChecked = false;
  };
  bool countsFuel() const { return fuel_ != nullptr; }
  void createFuel();
  void beginFuelRegion(bool isChecked = false);
  void countFuel(wasm::Opcode opcode);
  void spendFuel(llvm::Value *count, unsigned unitLog2 = 0);
  void checkFuelAtReturn();
  void settleFuel();
  void writeFuelBack();
  void readFuelAgain();
  void outOfFuel(Builder &builder, llvm::Value *left);
  void stopWithoutFuel(Builder &builder, llvm::Value *left,
                       llvm::BasicBlock *next);

  // Calls (emit_call.cpp).
  void checkForeignCall(const Callee &callee);
  void call(const Callee &callee, const wasm::FunctionType &type);
  Values callWith(const Callee &callee, const wasm::FunctionType &type,
                  const Values &arguments);
  /// Whether the record is another instance's is looked at if it may be.
  void callRecord(llvm::Value *record, const wasm::FunctionType &type,
                  bool mayBeForeign);
  void tailCallRecord(llvm::Value *record, const wasm::FunctionType &type,
                      bool mayBeForeign);
  Values callShared(llvm::Value *record, const wasm::FunctionType &type,
                    const Values &arguments);
  llvm::CallInst *callRuntime(RuntimeFunction which,
                              llvm::ArrayRef<llvm::Value *> arguments);
  void returnCall(const Callee &callee, const wasm::FunctionType &type,
                  const Values &arguments);
  void emitTailCall(const TailCallee &callee, const wasm::FunctionType &type,
                    const Values &arguments);
  const wasm::FunctionType &functionType(uint32_t type) const {
    return module_.wasm().types[wasm::TypeIndex(type)].function;
  }
  llvm::Value *popTableRecord(const wasm::Instruction &instruction);
  ModulePlan::IndirectTargets
  indirectTargets(const wasm::Instruction &instruction) const;
  llvm::Value *popRecord();

  // Memory (memory_access.cpp, emit_memory.cpp).
  const MemoryView &memory(wasm::MemoryIndex index);
  llvm::Value *memoryBase(const MemoryView &view);
  llvm::Value *memoryByteLength(
      const MemoryView &view,
      llvm::AtomicOrdering ofShared = llvm::AtomicOrdering::Unordered);
  void checkAccess(const MemoryView &view, llvm::Value *address,
                   uint64_t offset, unsigned byteLength);
  llvm::Value *accessAddress(const wasm::MemoryArgument &argument,
                             unsigned byteLength);
  /// Whether accesses out of bounds show by a fault, so that none may be lost.
  bool mayFault(const wasm::MemoryArgument &argument);
  void probeVectorStore(const wasm::MemoryArgument &argument,
                        llvm::Value *address);
  void load(const wasm::Instruction &instruction, llvm::Type *type);
  void loadExtended(const wasm::Instruction &instruction, llvm::Type *stored,
                    llvm::Type *result, bool isSigned);
  void store(const wasm::Instruction &instruction, llvm::Type *stored);

  // Atomics (emit_atomic.cpp).
  llvm::Value *atomicAddress(const wasm::MemoryArgument &argument,
                             llvm::Type *stored);
  void atomicLoad(const wasm::Instruction &instruction, llvm::Type *stored,
                  llvm::Type *result);
  void atomicStore(const wasm::Instruction &instruction, llvm::Type *stored);
  void atomicRmw(const wasm::Instruction &instruction,
                 llvm::AtomicRMWInst::BinOp operation, llvm::Type *stored,
                 llvm::Type *result);
  void atomicCompareExchange(const wasm::Instruction &instruction,
                             llvm::Type *stored, llvm::Type *result);
  void atomicWait(const wasm::Instruction &instruction, RuntimeFunction which);

  // The collected heap (emit_gc.cpp, emit_cast.cpp).
  llvm::Value *popObject(abi::Trap ifNull);
  void structGet(const wasm::Instruction &instruction, bool isSigned);
  void pushStored(llvm::Value *value, bool isSigned);
  llvm::Value *popArray(llvm::Value *index, llvm::Value *count);
  void checkArrayRange(llvm::Value *reference, llvm::Value *index,
                       llvm::Value *count);
  void arrayGet(const wasm::Instruction &instruction, bool isSigned);
  llvm::Value *segmentRange(llvm::Value *segment, llvm::Value *offset,
                            llvm::Value *count, uint64_t elementUnits,
                            uint64_t unitByteLength, abi::Trap ifOutside);
  llvm::Value *dataRange(const wasm::Instruction &instruction,
                         llvm::Value *offset, llvm::Value *count);
  llvm::Value *elementRange(const wasm::Instruction &instruction,
                            llvm::Value *offset, llvm::Value *count);
  using SegmentRange = llvm::Value *(
      FunctionEmitter::*)(const wasm::Instruction &instruction,
                          llvm::Value *offset, llvm::Value *count);
  void arrayNewFrom(const wasm::Instruction &instruction, SegmentRange range);
  void arrayInitFrom(const wasm::Instruction &instruction, SegmentRange range);
  llvm::Value *popI31();
  llvm::Value *isFunctionOfType(llvm::Value *record, wasm::TypeIndex type);
  llvm::LoadInst *loadTypeField(llvm::Value *type, unsigned field);
  llvm::Value *isObjectOfType(llvm::Value *reference, wasm::HeapType heap);
  llvm::Value *isI31(llvm::Value *reference);
  llvm::Value *isOfType(llvm::Value *reference, wasm::HeapType heap,
                        bool isNullable);

  // Tables (emit_table.cpp).
  llvm::Type *indexType(wasm::TableIndex index) const;
  llvm::Value *tableLength(const TableView &view);
  llvm::Value *tableElements(const TableView &view);
  llvm::Value *tableElement(const TableView &view, llvm::Value *index);
  llvm::Value *checkedTableElement(wasm::TableIndex index,
                                   llvm::Value *position, abi::Trap trap);
  llvm::Value *popIndex();

  llvm::LoadInst *loadField(AbiStruct type, llvm::Value *object, unsigned field,
                            llvm::MDNode *tag);

  // Arithmetic (emit_integer.cpp, emit_float.cpp, emit_convert.cpp).
  void binary(llvm::Instruction::BinaryOps operation);
  void shift(llvm::Instruction::BinaryOps operation);
  void rotate(llvm::Intrinsic::ID funnelShift);
  void compare(llvm::CmpInst::Predicate predicate);
  void unaryIntrinsic(llvm::Intrinsic::ID intrinsic);
  void countZeros(llvm::Intrinsic::ID intrinsic);
  void divide(llvm::Instruction::BinaryOps operation);
  void remainder(llvm::Instruction::BinaryOps operation);
  void floatBinary(llvm::Instruction::BinaryOps operation);
  void floatMinMax(bool isMin);
  void roundFloat(llvm::Intrinsic::ID rounding);
  llvm::Value *quiet(llvm::Value *value);
  llvm::Value *settleNan(llvm::Value *value);
  void demote(llvm::Type *result);
  void promote(llvm::Type *result);
  struct TruncationBounds {
    double below, above; ///< exclusive
  };
  void truncate(llvm::Type *result, bool isSigned, TruncationBounds bounds);
  void truncateSaturating(llvm::Type *result, bool isSigned);
  void signExtend(llvm::Type *narrow);
  llvm::Value *joinHalves(llvm::Value *low, llvm::Value *high);
  void pushHalves(llvm::Value *wide);
  void wideBinary(llvm::Instruction::BinaryOps operation);
  void wideMultiply(llvm::Instruction::CastOps extension);

  // SIMD (emit_simd*.cpp, emit_relaxed_simd.cpp).
  using Shape = llvm::FixedVectorType *;
  llvm::Value *popVector(Shape shape);
  void pushVector(llvm::Value *vector);
  /// An operation of targets/simd_operations.def.
  llvm::Value *simdOperation(llvm::StringRef text, llvm::Type *result,
                             llvm::ArrayRef<llvm::Value *> operands);
  void unaryOperation(llvm::StringRef text, Shape operand, llvm::Type *result);
  void binaryOperation(llvm::StringRef text, Shape operands, Shape result);
  void ternaryOperation(llvm::StringRef text, Shape shape);
  void floatMinMaxLanes(llvm::StringRef text, Shape shape);
  void multiplyAdd(llvm::StringRef text, bool isNegated, Shape shape);
  void laneSelect(llvm::StringRef text, Shape shape);
  void relaxedDot();
  bool isDeterministic() const {
    return module_.plan().options().isDeterministic;
  }
  void loadVector(const wasm::Instruction &instruction, llvm::Type *lane,
                  unsigned laneCount, Shape result, bool isSigned);
  void loadSplat(const wasm::Instruction &instruction, Shape shape);
  void loadZero(const wasm::Instruction &instruction, Shape shape);
  void loadLane(const wasm::Instruction &instruction, Shape shape);
  void storeLane(const wasm::Instruction &instruction, Shape shape);
  void splat(Shape shape);
  void extractLane(const wasm::Instruction &instruction, Shape shape);
  void extractLane(const wasm::Instruction &instruction, Shape shape,
                   bool isSigned);
  void replaceLane(const wasm::Instruction &instruction, Shape shape);
  void compareLanes(llvm::CmpInst::Predicate predicate, Shape shape);
  void binaryLanes(llvm::Instruction::BinaryOps operation, Shape shape);
  void shiftLanes(llvm::Instruction::BinaryOps operation, Shape shape);
  void unaryLanes(llvm::Intrinsic::ID intrinsic, Shape shape);
  void binaryLanes(llvm::Intrinsic::ID intrinsic, Shape shape);
  void absoluteLanes(Shape shape);
  void negateLanes(Shape shape);
  void averageLanes(Shape shape);
  enum class Half : uint8_t { Low, High };
  llvm::Value *half(llvm::Value *vector, Half which);
  llvm::Value *extended(llvm::Value *vector, Half which, bool isSigned);
  void extendLanes(Shape shape, Half which, bool isSigned);
  void multiplyExtended(Shape shape, Half which, bool isSigned);
  void floatBinaryLanes(llvm::Instruction::BinaryOps operation, Shape shape);
  void roundLanes(llvm::Intrinsic::ID rounding, Shape shape);

  ModuleEmitter &module_;
  const LlvmTypes &types_;
  const wasm::FunctionIndex index_;
  const wasm::FunctionType &type_;
  const CallingConvention convention_;
  llvm::Function *function_ = nullptr;
  llvm::DISubprogram *subprogram_ = nullptr;
  Builder builder_;
  llvm::Instruction *entryEnd_ = nullptr;
  llvm::SmallVector<llvm::Value *, 32> stack_;
  std::vector<ControlFrame> frames_;
  std::vector<llvm::AllocaInst *> locals_;
  std::vector<std::optional<MemoryView>> memories_;
  /// What is left, between calls; null unless it is counted.
  llvm::AllocaInst *fuel_ = nullptr;
  std::vector<FuelRegion> fuelRegions_;
  bool reachable_ = true;
  bool makesCalls_ = false;
  /// Blocks opened in unreachable code and not closed yet.
  uint32_t skippedBlocks_ = 0;
};

/// Defines the function in the module's partition.
void emitFunction(ModuleEmitter &module, wasm::FunctionIndex index);

} // namespace wrought::translate

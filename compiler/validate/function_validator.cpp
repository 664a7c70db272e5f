//===- function_validator.cpp - Dispatch, fixed rows and the stacks -------===//
//
// The rows of opcodes.def with fixed types are checked by templates over their
// columns; rows that share a signature share code. Custom rows go to the
// check_*.cpp beside this file.
//
//===----------------------------------------------------------------------===//
#include "validate/function_validator.h"

#include "validate/type_features.h"
#include "wasm/limits.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/ErrorHandling.h"

namespace wrought::validate {

using namespace wasm;

namespace {

/// Most operands that calls and branches may heap up in one function; pushes
/// one at a time are bounded by the size of a body.
constexpr size_t MaxOperands = 8'000'000;

/// Heap type of the reference that ref.as_non_null makes of no operand at all:
/// a reference of every hierarchy. It occurs on operand stacks only.
constexpr AbstractHeap BottomHeap = static_cast<AbstractHeap>(0);

constexpr unsigned log2Of(unsigned bytes) {
  return bytes < 2 ? 0 : 1 + log2Of(bytes / 2);
}

constexpr unsigned accessBytes(ImmediateKind kind) {
  using enum ImmediateKind;
  switch (kind) {
  case MemArg1:
  case MemArg1Lane:
  case AtomicMemArg1:
    return 1;
  case MemArg2:
  case MemArg2Lane:
  case AtomicMemArg2:
    return 2;
  case MemArg4:
  case MemArg4Lane:
  case AtomicMemArg4:
    return 4;
  case MemArg8:
  case MemArg8Lane:
  case AtomicMemArg8:
    return 8;
  case MemArg16:
    return 16;
  default:
    return 0;
  }
}

constexpr unsigned lanes(ImmediateKind kind) {
  using enum ImmediateKind;
  switch (kind) {
  case Lane2:
    return 2;
  case Lane4:
    return 4;
  case Lane8:
    return 8;
  case Lane16:
    return 16;
  case MemArg1Lane:
  case MemArg2Lane:
  case MemArg4Lane:
  case MemArg8Lane:
    return 16 / accessBytes(kind);
  default:
    return 0;
  }
}

constexpr bool isAtomic(ImmediateKind kind) {
  return kind >= ImmediateKind::AtomicMemArg1 &&
         kind <= ImmediateKind::AtomicMemArg8;
}

ValueType valueType(ColumnType type, ValueType address) {
  return type == ColumnType::Addr ? address
                                  : ValueType(static_cast<ValueKind>(type));
}

struct Row {
  RowSignature signature;
  ImmediateKind immediates;
  Feature feature;
};

constexpr Row Rows[] = {
#define WASM_OP(prefix, code, Name, text, immediates, operands, results,       \
                feature)                                                       \
  {{parseColumn(#operands), parseColumn(#results)},                            \
   ImmediateKind::immediates,                                                  \
   Feature::feature},
#include "wasm/opcodes.def"
};

std::string counted(size_t count, const char *noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

} // namespace

FunctionValidator::FunctionValidator(const Module &module,
                                     const ModuleContext &context)
    : module_(module), context_(context), uses_(context.features) {}

//===----------------------------------------------------------------------===//
// Entering
//===----------------------------------------------------------------------===//

void FunctionValidator::reset(std::optional<FunctionIndex> function) {
  operands_.clear();
  frames_.clear();
  locals_.clear();
  isInitialized_.clear();
  initialized_.clear();
  referencedFunctions_.clear();
  message_.clear();
  function_ = function;
  functionType_ = nullptr;
  isConstant_ = !function;
  isReachable_ = true;
  tracksLocals_ = false;
  branchTableCount_ = 0;
  visibleGlobals_ = static_cast<uint32_t>(module_.globals.size());
  facts_ = {};
}

bool FunctionValidator::enterBody(FunctionIndex function,
                                  llvm::ArrayRef<decode::LocalRun> locals) {
  reset(function);
  const Function &definition = module_.functions[function.value];
  offset_ = definition.body.begin;
  functionType_ = module_.types.functionType(definition.type);
  if (definition.body.size() > limits::FunctionBytes)
    return fail("function body too large: " +
                counted(definition.body.size(), "byte"));
  return addLocals(locals) &&
         pushFrame(FrameKind::Body, BlockSignature(*functionType_));
}

bool FunctionValidator::addLocals(llvm::ArrayRef<decode::LocalRun> runs) {
  const auto &parameters = functionType_->parameters;
  uint64_t count = parameters.size();
  for (const decode::LocalRun &run : runs) {
    count += run.count;
    if (!checkValueType(run.type))
      return false;
    tracksLocals_ |= run.count != 0 && !run.type.isDefaultable();
  }
  if (count > limits::Locals)
    return fail("too many locals: " + std::to_string(count));
  locals_.assign(parameters.begin(), parameters.end());
  for (const decode::LocalRun &run : runs)
    locals_.insert(locals_.end(), run.count, run.type);
  if (!tracksLocals_)
    return true;
  isInitialized_.assign(parameters.size(), true);
  for (const decode::LocalRun &run : runs)
    isInitialized_.insert(isInitialized_.end(), run.count,
                          run.type.isDefaultable());
  return true;
}

bool FunctionValidator::enterConstant(ValueType result, uint32_t visibleGlobals,
                                      ByteRange code) {
  reset(std::nullopt);
  offset_ = code.begin;
  visibleGlobals_ = visibleGlobals;
  if (code.size() > limits::FunctionBytes)
    return fail("constant expression too large: " +
                counted(code.size(), "byte"));
  return pushFrame(FrameKind::Body, BlockSignature(result));
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

template <RowSignature S> bool FunctionValidator::apply(ValueType address) {
  constexpr unsigned Operands = S.operands.count, Results = S.results.count;
  if (operands_.available() < Operands) [[unlikely]]
    return applySlowly(S, address);
  bool isSame = true;
  for (unsigned i = 0; i < Operands; ++i)
    isSame &= sameBits(operands_.peek(Operands - 1 - i),
                       valueType(S.operands.types[i], address));
  if (!isSame) [[unlikely]]
    return applySlowly(S, address);
  if constexpr (Operands >= Results) {
    operands_.drop(Operands - Results);
    for (unsigned i = 0; i < Results; ++i)
      operands_.peek(Results - 1 - i) = valueType(S.results.types[i], address);
  } else {
    operands_.drop(Operands);
    for (unsigned i = 0; i < Results; ++i)
      push(valueType(S.results.types[i], address));
  }
  return true;
}

bool FunctionValidator::applySlowly(const RowSignature &signature,
                                    ValueType address) {
  for (unsigned i = signature.operands.count; i-- != 0;)
    if (!pop(valueType(signature.operands.types[i], address)))
      return false;
  for (unsigned i = 0; i < signature.results.count; ++i)
    push(valueType(signature.results.types[i], address));
  return true;
}

inline bool
FunctionValidator::checkMemoryArgument(const MemoryArgument &argument,
                                       ImmediateKind kind, ValueType &type) {
  if (!addressType(argument.memory.value, type)) [[unlikely]]
    return false;
  const unsigned natural = log2Of(accessBytes(kind));
  if (argument.alignLog2 > natural) [[unlikely]]
    return fail("alignment must not be larger than natural: 2^" +
                std::to_string(argument.alignLog2) + " for " +
                counted(accessBytes(kind), "byte"));
  if (isAtomic(kind) && argument.alignLog2 != natural) [[unlikely]]
    return fail("atomic alignment must be natural: 2^" +
                std::to_string(argument.alignLog2) + " for " +
                counted(accessBytes(kind), "byte"));
  if (argument.offset > UINT32_MAX && !sameBits(type, I64)) [[unlikely]]
    return fail("offset out of range: " + std::to_string(argument.offset) +
                " in a 32-bit memory");
  return true;
}

// With the opcode a constant, one case is left of this.
[[gnu::always_inline]] inline bool
FunctionValidator::checkCustom(Opcode opcode, const Instruction &instruction) {
  using enum Opcode;
  switch (opcode) {
  case Unreachable:
    setUnreachable();
    return true;
  case Nop:
    return true;
  case Block:
    return enterBlock(instruction, FrameKind::Block);
  case Loop:
    return enterBlock(instruction, FrameKind::Loop);
  case If:
    return pop(I32) && enterBlock(instruction, FrameKind::If);
  case Else:
    return checkElse();
  case End:
    return checkEnd();
  case Br:
    return checkBranch(instruction.index);
  case BrIf:
    return checkBranchIf(instruction.index);
  case BrTable:
    return checkBranchTable(instruction);
  case Return:
    return checkReturn();
  case Call:
    return checkCall(instruction.index);
  case CallIndirect:
    return checkCallIndirect(instruction, false);
  case ReturnCall:
    return checkReturnCall(instruction.index);
  case ReturnCallIndirect:
    return checkCallIndirect(instruction, true);
  case CallRef:
    return checkCallRef(instruction.index, false);
  case ReturnCallRef:
    return checkCallRef(instruction.index, true);
  case Throw:
    return checkThrow(instruction.index);
  case ThrowRef:
    return checkThrowRef();
  case TryTable:
    return checkTryTable(instruction);

  case Drop:
    return checkDrop();
  case Select:
    return checkSelect();
  case SelectT:
    return checkSelectTyped(instruction);
  case LocalGet:
    return checkLocalGet(instruction.index);
  case LocalSet:
    return checkLocalSet(instruction.index);
  case LocalTee:
    return checkLocalTee(instruction.index);
  case GlobalGet:
    return checkGlobalGet(instruction.index);
  case GlobalSet:
    return checkGlobalSet(instruction.index);

  case MemoryInit:
    return checkMemoryInit(instruction);
  case DataDrop:
    return checkDataSegment(instruction.index);
  case MemoryCopy:
    return checkMemoryCopy(instruction);
  case MemoryFill:
    return checkMemoryFill(instruction.index);
  case TableGet:
    return checkTableGet(instruction.index);
  case TableSet:
    return checkTableSet(instruction.index);
  case TableInit:
    return checkTableInit(instruction);
  case ElemDrop:
    return elementAt(instruction.index) != nullptr;
  case TableCopy:
    return checkTableCopy(instruction);
  case TableGrow:
    return checkTableGrow(instruction.index);
  case TableSize:
    return checkTableSize(instruction.index);
  case TableFill:
    return checkTableFill(instruction.index);

  case RefNull:
    return checkRefNull(instruction.heap);
  case RefIsNull:
    return checkRefIsNull();
  case RefFunc:
    return checkRefFunc(instruction.index);
  case RefEq:
    return checkRefEq();
  case RefAsNonNull:
    return checkRefAsNonNull();
  case BrOnNull:
    return checkBrOnNull(instruction.index);
  case BrOnNonNull:
    return checkBrOnNonNull(instruction.index);
  case RefTest:
  case RefTestNull:
    return checkRefTest(instruction.heap);
  case RefCast:
    return checkRefCast(instruction.heap, false);
  case RefCastNull:
    return checkRefCast(instruction.heap, true);
  case BrOnCast:
    return checkBrOnCast(instruction, false);
  case BrOnCastFail:
    return checkBrOnCast(instruction, true);
  case AnyConvertExtern:
    return checkConvert(AbstractHeap::Extern, AbstractHeap::Any);
  case ExternConvertAny:
    return checkConvert(AbstractHeap::Any, AbstractHeap::Extern);
  default:
    return checkGc(instruction);
  }
}

template <Opcode Op>
bool FunctionValidator::checkRow(const Instruction &instruction) {
  constexpr Row ThisRow = Rows[static_cast<size_t>(Op)];
  constexpr RowSignature Signature = ThisRow.signature;
  constexpr ImmediateKind Kind = ThisRow.immediates;
  static_assert(isKnown(Signature.operands) && isKnown(Signature.results));

  if constexpr (ThisRow.feature != Feature::Mvp)
    if (!need(ThisRow.feature))
      return false;
  if constexpr (Signature.isCustom()) {
    return checkCustom(Op, instruction);
  } else {
    ValueType address;
    if constexpr (accessBytes(Kind) != 0) {
      if (!checkMemoryArgument(instruction.memory, Kind, address))
        return false;
    } else if constexpr (Kind == ImmediateKind::Memory) {
      if (!addressType(instruction.index, address))
        return false;
    }
    if constexpr (lanes(Kind) != 0)
      if (instruction.lane >= lanes(Kind))
        return fail("invalid lane index: " + std::to_string(instruction.lane) +
                    " of " + std::to_string(lanes(Kind)));
    if constexpr (Kind == ImmediateKind::Shuffle)
      for (uint8_t lane : instruction.bytes)
        if (lane >= 32)
          return fail("invalid lane index: " + std::to_string(lane) + " of 32");
    return apply<Signature>(address);
  }
}

bool FunctionValidator::afterEnd() {
  return fail("unexpected instruction after the end of the function");
}

bool FunctionValidator::check(const Instruction &instruction) {
  if (!begin(instruction))
    return false;
  switch (instruction.opcode) {
#define WASM_OP(prefix, code, Name, ...)                                       \
  case Opcode::Name:                                                           \
    return checkRow<Opcode::Name>(instruction);
#include "wasm/opcodes.def"
  }
  llvm_unreachable("not an opcode");
}

/// Checks what the reader has just read, in the reader's own dispatch.
struct FunctionValidator::BodyVisitor {
  FunctionValidator &validator;

  template <Opcode Op> bool visit(const Instruction &instruction) {
    return validator.begin(instruction) && validator.checkRow<Op>(instruction);
  }
  bool visit(const Instruction &instruction) {
    return validator.check(instruction);
  }
};

bool FunctionValidator::checkBody(FunctionIndex function) {
  decode::OperatorReader reader(module_,
                                module_.functions[function.value].body);
  if (!reader.readLocals(localRuns_)) {
    reset(function);
    return failAt(reader.reader().errorOffset(), reader.reader().message());
  }
  if (!enterBody(function, localRuns_))
    return false;
  BodyVisitor visitor{*this};
  while (reader.visitNext(instruction_, visitor))
    ;
  if (!message_.empty())
    return false;
  if (!reader.reader().ok())
    return failAt(reader.reader().errorOffset(), reader.reader().message());
  return isFinished() ||
         failAt(reader.byteOffset(),
                "unexpected end: " + counted(frames_.size(), "block") +
                    " not closed");
}

bool FunctionValidator::checkConstant(const Instruction &instruction) {
  using enum Opcode;
  switch (instruction.opcode) {
  case I32Add:
  case I32Sub:
  case I32Mul:
  case I64Add:
  case I64Sub:
  case I64Mul:
    offset_ = instruction.byteOffset;
    return need(Feature::ExtendedConst) && check(instruction);
  case End:
  case I32Const:
  case I64Const:
  case F32Const:
  case F64Const:
  case V128Const:
  case GlobalGet:
  case RefNull:
  case RefFunc:
  case RefI31:
  case StructNew:
  case StructNewDefault:
  case ArrayNew:
  case ArrayNewDefault:
  case ArrayNewFixed:
  case AnyConvertExtern:
  case ExternConvertAny:
    return check(instruction);
  default:
    offset_ = instruction.byteOffset;
    return fail("constant expression required: " +
                std::string(opcodeText(instruction.opcode)) +
                " is not constant");
  }
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

bool FunctionValidator::matches(ValueType sub, ValueType super) const {
  if (sub.isReference() && sub.heap() == HeapType(BottomHeap))
    return super.isReference() && (super.isNullable() || !sub.isNullable());
  return module_.types.isSubtype(sub, super);
}

bool FunctionValidator::popAny(ValueType &found) {
  found = ValueType();
  if (!operands_.hasAny())
    return frames_.back().isPolymorphic ||
           fail("type mismatch: expected a value, found nothing");
  found = operands_.pop();
  return true;
}

bool FunctionValidator::popReference(ValueType &found) {
  if (!popAny(found))
    return false;
  if (found.isBottom())
    found = ValueType::reference(BottomHeap, false);
  return found.isReference() ||
         fail("type mismatch: expected a reference, found " + describe(found));
}

bool FunctionValidator::popListSlowly(TypeList types) {
  for (size_t i = types.size(); i-- != 0;) {
    // What is missing in polymorphic code is missing to the end.
    if (!operands_.hasAny())
      return popMissing(types[i]);
    if (!pop(types[i]))
      return false;
  }
  return true;
}

bool FunctionValidator::peekList(TypeList types) {
  if (operands_.endsWith(types)) [[likely]]
    return true;
  for (size_t depth = 0; depth < types.size(); ++depth) {
    const ValueType expected = types[types.size() - 1 - depth];
    if (depth >= operands_.available())
      return popMissing(expected);
    const ValueType found = operands_.peek(depth);
    if (!sameBits(found, expected) && !popMismatched(found, expected))
      return false;
  }
  return true;
}

bool FunctionValidator::pushList(TypeList types) {
  if (operands_.size() + types.size() > MaxOperands) [[unlikely]]
    return fail("too many operands: more than " + std::to_string(MaxOperands));
  operands_.push(types);
  return true;
}

bool FunctionValidator::matchLists(TypeList sub, TypeList super,
                                   const char *what) {
  if (sub.size() != super.size())
    return fail("type mismatch: " + std::string(what) + " has " +
                counted(sub.size(), "value") + ", expected " +
                std::to_string(super.size()));
  for (size_t i = 0; i < sub.size(); ++i)
    if (!sameBits(sub[i], super[i]) && !matches(sub[i], super[i]))
      return fail("type mismatch: " + std::string(what) + " has " +
                  describe(sub[i]) + ", expected " + describe(super[i]));
  return true;
}

//===----------------------------------------------------------------------===//
// Types and indices
//===----------------------------------------------------------------------===//

bool FunctionValidator::unknown(const char *what, uint32_t index) {
  return fail("unknown " + std::string(what) + " " + std::to_string(index));
}

bool FunctionValidator::checkHeapType(HeapType heap) {
  if (heap.isConcrete() && !module_.types.contains(heap.index()))
    return unknown("type", heap.index().value);
  return need(featureOf(heap));
}

bool FunctionValidator::checkValueType(ValueType type) {
  if (type.isNumeric()) [[likely]]
    return true;
  if (type.isReference() && !checkHeapType(type.heap()))
    return false;
  const TypeFeatures features = featuresOf(type);
  return need(features[0]) && need(features[1]);
}

const FunctionType *FunctionValidator::functionTypeAt(uint32_t index) {
  const FunctionType *type = module_.types.functionType(TypeIndex(index));
  if (type)
    return type;
  if (!module_.types.contains(TypeIndex(index)))
    unknown("type", index);
  else
    fail("type mismatch: type " + std::to_string(index) +
         " is not a function type");
  return nullptr;
}

inline bool FunctionValidator::addressType(uint32_t memory, ValueType &type) {
  if (memory >= module_.memories.size()) [[unlikely]]
    return unknown("memory", memory);
  type = module_.memories[memory].type.indexType();
  return true;
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

bool FunctionValidator::failAt(uint64_t byteOffset, std::string message) {
  message_ = std::move(message);
  errorOffset_ = byteOffset;
  return false;
}

bool FunctionValidator::fail(std::string message) {
  return failAt(offset_, std::move(message));
}

std::string FunctionValidator::describe(ValueType type) const {
  if (type.isReference() && type.heap() == HeapType(BottomHeap))
    return "a reference";
  return module_.types.toString(type);
}

bool FunctionValidator::mismatch(ValueType expected, ValueType found) {
  return fail("type mismatch: expected " + describe(expected) + ", found " +
              describe(found));
}

bool FunctionValidator::underflow(ValueType expected) {
  return fail("type mismatch: expected " + describe(expected) +
              ", found nothing");
}

bool FunctionValidator::surplus(const char *place) {
  return fail("type mismatch: " + counted(operands_.available(), "value") +
              " too many at " + place);
}

bool FunctionValidator::featureOff(Feature feature) {
  return fail(std::string(featureFlag(feature)) + " is off: " +
              "the code needs " + std::string(featureDescription(feature)));
}

} // namespace wrought::validate

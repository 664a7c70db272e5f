#include "program_builder.h"

#include "abi/instance_layout.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/GlobalVariable.h"

#include <cstring>

using namespace wrought;
using namespace wrought::spec;
using text::ScriptValue;

uint32_t ProgramBuilder::add(RowKind kind, std::string subject,
                             uint32_t traps) {
  Row row{};
  row.kind = static_cast<uint32_t>(kind);
  row.traps = traps;
  rows_.push_back({row, std::move(subject)});
  return static_cast<uint32_t>(rows_.size() - 1);
}

void ProgramBuilder::addLimits(const std::vector<LimitCheck> &limits) {
  Row &row = rows_.back().row;
  row.firstLimit = static_cast<uint32_t>(limits_.size());
  row.limitCount = static_cast<uint32_t>(limits.size());
  limits_.insert(limits_.end(), limits.begin(), limits.end());
}

uint32_t ProgramBuilder::addInstantiate(const Instance &instance,
                                        const std::vector<LimitCheck> &limits,
                                        uint32_t traps) {
  uint32_t number = add(RowKind::Instantiate, instance.moduleSymbol, traps);
  rows_.back().instance = instance.symbol;
  addLimits(limits);
  return number;
}

uint32_t ProgramBuilder::addInvoke(const Entity &function,
                                   const std::vector<ScriptValue> &arguments,
                                   const std::vector<ScriptValue> &results,
                                   uint32_t traps) {
  uint32_t number = add(RowKind::Invoke, function.symbol + ".array", traps);
  rows_.back().instance = function.instance;
  addArguments(arguments);
  addPatterns(results);
  return number;
}

uint32_t ProgramBuilder::addGet(const Entity &global,
                                const std::vector<ScriptValue> &results) {
  uint32_t number = add(RowKind::Get, global.symbol, 0);
  rows_.back().offset = global.offset;
  addPatterns(results);
  return number;
}

uint32_t ProgramBuilder::addUnlinkable(const std::vector<LimitCheck> &limits) {
  uint32_t number = add(RowKind::Unlinkable, "", 0);
  addLimits(limits);
  return number;
}

static std::pair<uint64_t, uint64_t> vectorBits(const ScriptValue &value) {
  uint64_t halves[2];
  static_assert(sizeof halves == sizeof value.v128);
  std::memcpy(halves, value.v128.data(), sizeof halves);
  return {halves[0], halves[1]};
}

void ProgramBuilder::addArguments(const std::vector<ScriptValue> &arguments) {
  size_t first = arguments_.size();
  Row &row = rows_.back().row;
  for (const ScriptValue &argument : arguments) {
    switch (argument.kind) {
    case ScriptValue::Kind::V128: {
      auto [low, high] = vectorBits(argument);
      arguments_.push_back(low);
      arguments_.push_back(high);
      break;
    }
    case ScriptValue::Kind::RefNull:
      arguments_.push_back(0);
      break;
    case ScriptValue::Kind::RefHost:
      assert(arguments_.size() - first < 64 && "no bit is left");
      row.boxedArguments |= uint64_t{1} << (arguments_.size() - first);
      [[fallthrough]];
    case ScriptValue::Kind::RefExtern:
      arguments_.push_back(encodeHostReference(argument.bits));
      break;
    default:
      arguments_.push_back(argument.bits);
      break;
    }
  }
  row.firstArgument = static_cast<uint32_t>(first);
  row.argumentCount = static_cast<uint32_t>(arguments_.size() - first);
}

void ProgramBuilder::addPatterns(const std::vector<ScriptValue> &results) {
  Row &row = rows_.back().row;
  row.firstPattern = static_cast<uint32_t>(patterns_.size());
  row.patternCount = static_cast<uint32_t>(results.size());
  for (const ScriptValue &result : results) {
    if (result.kind == ScriptValue::Kind::Either) {
      auto count = static_cast<uint32_t>(result.alternatives.size());
      patterns_.push_back(
          {static_cast<uint32_t>(PatternKind::Either), count, 0, 0});
      for (const ScriptValue &alternative : result.alternatives)
        addPattern(alternative);
    } else {
      addPattern(result);
    }
  }
}

static NanKind nanKind(ScriptValue::Nan nan) {
  switch (nan) {
  case ScriptValue::Nan::None:
    return NanKind::None;
  case ScriptValue::Nan::Canonical:
    return NanKind::Canonical;
  case ScriptValue::Nan::Arithmetic:
    return NanKind::Arithmetic;
  }
  return NanKind::None;
}

static Pattern vectorPattern(const ScriptValue &value) {
  NanKind nans[4];
  for (size_t lane = 0; lane < 4; ++lane)
    nans[lane] =
        value.floatLanes ? nanKind(value.laneNan[lane]) : NanKind::None;
  uint32_t laneBytes = value.laneByteLength ? value.laneByteLength : 8;
  auto [low, high] = vectorBits(value);
  return {static_cast<uint32_t>(PatternKind::Vector),
          vectorDetail(laneBytes, nans), low, high};
}

static PatternKind objectPattern(const ScriptValue &value) {
  using enum wasm::AbstractHeap;
  if (value.heap == wasm::HeapType(I31))
    return PatternKind::I31;
  if (value.heap == wasm::HeapType(Struct))
    return PatternKind::Structure;
  if (value.heap == wasm::HeapType(Array))
    return PatternKind::Array;
  if (value.heap == wasm::HeapType(Eq))
    return PatternKind::Equatable;
  return PatternKind::AnyReference;
}

void ProgramBuilder::addPattern(const ScriptValue &value) {
  auto push = [&](PatternKind kind, uint32_t detail, uint64_t bits) {
    patterns_.push_back({static_cast<uint32_t>(kind), detail, bits, 0});
  };
  auto nan = static_cast<uint32_t>(nanKind(value.nan));
  switch (value.kind) {
  case ScriptValue::Kind::I32:
    return push(PatternKind::Bits32, 0, value.bits);
  case ScriptValue::Kind::I64:
    return push(PatternKind::Bits64, 0, value.bits);
  case ScriptValue::Kind::F32:
    return push(PatternKind::Float32, nan, value.bits);
  case ScriptValue::Kind::F64:
    return push(PatternKind::Float64, nan, value.bits);
  case ScriptValue::Kind::V128:
    patterns_.push_back(vectorPattern(value));
    return;
  case ScriptValue::Kind::RefNull:
    return push(PatternKind::Null, 0, 0);
  case ScriptValue::Kind::RefExtern:
    if (value.hasBits)
      return push(PatternKind::ExactReference, 0,
                  encodeHostReference(value.bits));
    return push(PatternKind::AnyReference, 0, 0);
  case ScriptValue::Kind::RefHost:
    if (value.hasBits)
      return push(PatternKind::ExactBoxed, 0, encodeHostReference(value.bits));
    return push(PatternKind::Boxed, 0, 0);
  case ScriptValue::Kind::RefAny:
    return push(objectPattern(value), 0, 0);
  case ScriptValue::Kind::RefFunc:
  case ScriptValue::Kind::Either: // nested alternatives do not exist
    return push(PatternKind::AnyReference, 0, 0);
  }
}

namespace {

/// Makes the constants of one program.
class Emitter {
public:
  explicit Emitter(llvm::Module &module)
      : module_(module), context_(module.getContext()),
        pointer_(llvm::PointerType::get(context_, 0)),
        i32_(llvm::Type::getInt32Ty(context_)),
        i64_(llvm::Type::getInt64Ty(context_)) {}

  llvm::Constant *address(const std::string &symbol, uint64_t offset = 0) {
    if (symbol.empty())
      return llvm::ConstantPointerNull::get(pointer_);
    llvm::Type *byte = llvm::Type::getInt8Ty(context_);
    llvm::Constant *base = module_.getNamedGlobal(symbol);
    if (!base)
      base = module_.getOrInsertGlobal(symbol, byte);
    return llvm::ConstantExpr::getGetElementPtr(byte, base, doubleWord(offset));
  }
  llvm::Constant *word(uint32_t value) {
    return llvm::ConstantInt::get(i32_, value);
  }
  llvm::Constant *doubleWord(uint64_t value) {
    return llvm::ConstantInt::get(i64_, value);
  }

  llvm::Constant *row(const Row &row, llvm::Constant *subject,
                      const std::string &instance) {
    llvm::Constant *fields[] = {subject,
                                address(instance),
                                word(row.kind),
                                word(row.traps),
                                word(row.firstArgument),
                                word(row.argumentCount),
                                word(row.firstPattern),
                                word(row.patternCount),
                                word(row.firstLimit),
                                word(row.limitCount),
                                doubleWord(row.boxedArguments)};
    return llvm::ConstantStruct::getAnon(context_, fields);
  }
  llvm::Constant *limit(const LimitCheck &check) {
    llvm::Constant *fields[] = {address(check.symbol, check.offset),
                                doubleWord(check.isTable),
                                doubleWord(check.minimum)};
    return llvm::ConstantStruct::getAnon(context_, fields);
  }

  void reserve(const std::string &symbol, uint64_t byteLength) {
    auto *type =
        llvm::ArrayType::get(llvm::Type::getInt8Ty(context_), byteLength);
    auto *variable = new llvm::GlobalVariable(
        module_, type, /*isConstant=*/false, llvm::GlobalValue::ExternalLinkage,
        llvm::ConstantAggregateZero::get(type), symbol);
    variable->setAlignment(llvm::Align(abi::InstanceAlignment));
  }
  void defineSetup(const PointerInstance &instance) {
    std::vector<llvm::Constant *> imports;
    for (const Entity &import : instance.imports)
      imports.push_back(llvm::ConstantStruct::getAnon(
          context_,
          {address(import.symbol, import.offset), address(import.instance),
           address(import.hasTailEntry ? import.symbol + ".tail" : "")}));
    const std::string importsSymbol = instance.symbol + ".imports";
    defineArray(importsSymbol, imports);
    define(instance.setupSymbol(),
           llvm::ConstantStruct::getAnon(
               context_, {address(instance.librarySymbol),
                          address(instance.symbol), address(importsSymbol)}));
  }

  void define(const llvm::Twine &name, llvm::Constant *value) {
    new llvm::GlobalVariable(module_, value->getType(), /*isConstant=*/true,
                             llvm::GlobalValue::ExternalLinkage, value, name);
  }
  void defineArray(const llvm::Twine &name,
                   llvm::ArrayRef<llvm::Constant *> items) {
    llvm::Type *type = items.empty() ? i64_ : items.front()->getType();
    define(name, llvm::ConstantArray::get(
                     llvm::ArrayType::get(type, items.size()), items));
  }
  void defineWords(const char *name, llvm::ArrayRef<uint64_t> words) {
    define(name, llvm::ConstantDataArray::get(context_, words));
  }

private:
  llvm::Module &module_;
  llvm::LLVMContext &context_;
  llvm::PointerType *pointer_;
  llvm::Type *i32_, *i64_;
};

} // namespace

std::unique_ptr<llvm::Module>
ProgramBuilder::emit(llvm::LLVMContext &context) const {
  static_assert(sizeof(Row) == 56 && sizeof(Pattern) == 24 &&
                sizeof(Limit) == 24);
  auto module = std::make_unique<llvm::Module>("wrought_spec", context);
  Emitter emitter(*module);

  for (const PointerInstance &instance : instances_)
    emitter.reserve(instance.symbol, instance.byteLength);
  for (const PointerInstance &instance : instances_)
    emitter.defineSetup(instance);
  std::vector<llvm::Constant *> rows, limits;
  for (const BuiltRow &built : rows_)
    rows.push_back(emitter.row(built.row,
                               emitter.address(built.subject, built.offset),
                               built.instance));
  for (const LimitCheck &check : limits_)
    limits.push_back(emitter.limit(check));
  std::vector<uint64_t> patterns;
  for (const Pattern &pattern : patterns_)
    patterns.insert(patterns.end(),
                    {pattern.kind | uint64_t{pattern.detail} << 32, pattern.lo,
                     pattern.hi});

  emitter.defineArray("wrought_spec_rows", rows);
  emitter.defineArray("wrought_spec_limits", limits);
  emitter.defineWords("wrought_spec_patterns", patterns);
  emitter.defineWords("wrought_spec_arguments", arguments_);
  emitter.define("wrought_spec_row_count", emitter.doubleWord(rows.size()));
  return module;
}

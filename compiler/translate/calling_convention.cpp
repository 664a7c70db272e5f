#include "translate/calling_convention.h"

#include "translate/module_emitter.h"
#include "wasm/limits.h"

namespace wrought::translate {

using wasm::ValueKind;
using wasm::ValueType;

namespace {

/// Of 64 bits. A vector takes two.
constexpr unsigned AreaSlots = abi::CallAreaByteLength / 8;
static_assert(AreaSlots >= 2 * wasm::limits::Parameters &&
              AreaSlots >= 2 * wasm::limits::Results);

unsigned slotCount(ValueType type) { return type.isVector() ? 2 : 1; }

/// Where the tail convention puts the values of one list, in order.
class Places {
public:
  Places(const targets::TargetSpec &target, unsigned integerCount)
      : target_(target), integerCount_(integerCount) {}

  struct Place {
    enum class Kind : uint8_t { Integer, Float, Area } kind;
    unsigned number; ///< of the register or slot
  };

  Place next(ValueType type) {
    const bool isFloat =
        type == wasm::F32 || type == wasm::F64 || type.isVector();
    if (!isFloat && integers_ < integerCount_)
      return {Place::Kind::Integer, integers_++};
    if (isFloat && floats_ < target_.floatArgumentCount &&
        (target_.hasVectorArguments || !type.isVector()))
      return {Place::Kind::Float, floats_++};
    return nextSlot(type);
  }

  Place nextSlot(ValueType type) {
    const Place place = {Place::Kind::Area, slots_};
    slots_ += slotCount(type);
    return place;
  }

private:
  const targets::TargetSpec &target_;
  const unsigned integerCount_;
  unsigned integers_ = 0, floats_ = 0, slots_ = 0;
};

using Place = Places::Place;

/// Values to and from registers and slots.
class Mover {
public:
  Mover(ModuleEmitter &module, Builder &builder)
      : module_(module), types_(module.types()),
        target_(*module.plan().options().target), builder_(builder) {}

  llvm::Type *floatRegister() const {
    return target_.hasVectorArguments
               ? static_cast<llvm::Type *>(
                     llvm::FixedVectorType::get(types_.f64, 2))
               : types_.f64;
  }

  llvm::Value *toInteger(llvm::Value *value) {
    if (value->getType()->isPointerTy())
      return builder_.CreatePtrToInt(value, types_.i64);
    return target_.widensBySign ? builder_.CreateSExt(value, types_.i64)
                                : builder_.CreateZExt(value, types_.i64);
  }

  llvm::Value *fromInteger(llvm::Value *value, llvm::Type *type) {
    if (type->isPointerTy())
      return builder_.CreateIntToPtr(value, type);
    return builder_.CreateTrunc(value, type);
  }

  llvm::Value *toFloat(llvm::Value *value) {
    llvm::Type *type = value->getType();
    if (!type->isVectorTy() && target_.hasVectorArguments) {
      auto *lanes =
          llvm::FixedVectorType::get(type, 128 / type->getScalarSizeInBits());
      value = builder_.CreateInsertElement(llvm::PoisonValue::get(lanes), value,
                                           uint64_t{0});
    } else if (type->isFloatTy()) {
      value = toInteger(builder_.CreateBitCast(value, types_.i32));
    }
    return builder_.CreateBitCast(value, floatRegister());
  }

  llvm::Value *fromFloat(llvm::Value *value, llvm::Type *type) {
    if (!type->isVectorTy() && target_.hasVectorArguments) {
      auto *lanes =
          llvm::FixedVectorType::get(type, 128 / type->getScalarSizeInBits());
      return builder_.CreateExtractElement(builder_.CreateBitCast(value, lanes),
                                           uint64_t{0});
    }
    if (type->isFloatTy())
      value =
          fromInteger(builder_.CreateBitCast(value, types_.i64), types_.i32);
    return builder_.CreateBitCast(value, type);
  }

  void store(llvm::Value *value, unsigned slot) {
    llvm::StoreInst *store =
        builder_.CreateAlignedStore(value, slotAddress(slot), llvm::Align(8));
    store->setMetadata(llvm::LLVMContext::MD_tbaa, module_.stateTag);
  }

  llvm::Value *load(llvm::Type *type, unsigned slot) {
    llvm::LoadInst *load =
        builder_.CreateAlignedLoad(type, slotAddress(slot), llvm::Align(8));
    load->setMetadata(llvm::LLVMContext::MD_tbaa, module_.stateTag);
    return load;
  }

private:
  llvm::Value *slotAddress(unsigned slot) {
    if (!area_)
      area_ = module_.instance().callArea(builder_, AreaSlots);
    return builder_.CreateConstGEP1_64(types_.i64, area_, slot);
  }

  ModuleEmitter &module_;
  const LlvmTypes &types_;
  const targets::TargetSpec &target_;
  Builder &builder_;
  llvm::Value *area_ = nullptr;
};

} // namespace

/// Any target returns two scalars in registers; what it returns through memory
/// that the caller provides could not be the result of a tail call.
bool CallingConvention::hasResultRegisters() const {
  const auto &results = type_.results;
  return results.size() <= 1 ||
         (results.size() == 2 && !results[0].isVector() &&
          !results[1].isVector());
}

llvm::FunctionType *CallingConvention::functionType() const {
  const LlvmTypes &types = module_.types();
  llvm::SmallVector<llvm::Type *, 16> parameters(hiddenCount(), types.pointer);
  if (convention_ == Convention::C) {
    for (ValueType parameter : type_.parameters)
      parameters.push_back(types.value(parameter));
    return llvm::FunctionType::get(types.results(type_.results), parameters,
                                   false);
  }
  const targets::TargetSpec &target = *module_.plan().options().target;
  Builder nowhere(types.context);
  parameters.append(integerCount(), types.i64);
  parameters.append(target.floatArgumentCount,
                    Mover(module_, nowhere).floatRegister());
  return llvm::FunctionType::get(
      hasResultRegisters() ? types.results(type_.results) : types.voidType,
      parameters, false);
}

unsigned CallingConvention::hiddenCount() const {
  return module_.instance().passesInstance() ? 1 : 0;
}

unsigned CallingConvention::integerCount() const {
  return module_.plan().options().target->integerArgumentCount - hiddenCount();
}

llvm::CallInst *
CallingConvention::createCall(Builder &builder, const Callee &callee,
                              llvm::ArrayRef<llvm::Value *> arguments) const {
  llvm::FunctionType *type = functionType();
  Values all(hiddenCount(), callee.instance);
  if (convention_ == Convention::C) {
    all.append(arguments.begin(), arguments.end());
    llvm::CallInst *call = builder.CreateCall(type, callee.code, all);
    // As C wants it on some targets.
    if (callee.isForeign)
      for (unsigned i = 0; i < call->arg_size(); ++i)
        if (call->getArgOperand(i)->getType()->isIntegerTy(32))
          call->addParamAttr(i, llvm::Attribute::SExt);
    return call;
  }
  for (llvm::Type *parameter : type->params().drop_front(hiddenCount()))
    all.push_back(llvm::PoisonValue::get(parameter));
  const unsigned firstFloat = hiddenCount() + integerCount();
  Places places(*module_.plan().options().target, integerCount());
  Mover mover(module_, builder);
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Place place = places.next(type_.parameters[i]);
    switch (place.kind) {
    case Place::Kind::Integer:
      all[hiddenCount() + place.number] = mover.toInteger(arguments[i]);
      break;
    case Place::Kind::Float:
      all[firstFloat + place.number] = mover.toFloat(arguments[i]);
      break;
    case Place::Kind::Area:
      mover.store(arguments[i], place.number);
      break;
    }
  }
  return builder.CreateCall(type, callee.code, all);
}

Values CallingConvention::call(Builder &builder, const Callee &callee,
                               llvm::ArrayRef<llvm::Value *> arguments) const {
  llvm::CallInst *call = createCall(builder, callee, arguments);
  const auto &results = type_.results;
  Values values;
  if (results.size() == 1) {
    values.push_back(call);
  } else if (convention_ == Convention::C || hasResultRegisters()) {
    for (unsigned i = 0; i < results.size(); ++i)
      values.push_back(builder.CreateExtractValue(call, i));
  } else {
    Places places(*module_.plan().options().target, integerCount());
    Mover mover(module_, builder);
    for (ValueType result : results)
      values.push_back(mover.load(module_.types().value(result),
                                  places.nextSlot(result).number));
  }
  return values;
}

void CallingConvention::tailCall(
    Builder &builder, const Callee &callee,
    llvm::ArrayRef<llvm::Value *> arguments) const {
  assert(convention_ == Convention::Tail);
  llvm::CallInst *call = createCall(builder, callee, arguments);
  call->setTailCallKind(llvm::CallInst::TCK_MustTail);
  if (call->getType()->isVoidTy())
    builder.CreateRetVoid();
  else
    builder.CreateRet(call);
}

Values CallingConvention::parameters(Builder &builder,
                                     llvm::Function *function) const {
  Values values;
  if (convention_ == Convention::C) {
    for (llvm::Argument &argument :
         llvm::drop_begin(function->args(), hiddenCount()))
      values.push_back(&argument);
    return values;
  }
  const unsigned firstFloat = hiddenCount() + integerCount();
  Places places(*module_.plan().options().target, integerCount());
  Mover mover(module_, builder);
  for (ValueType parameter : type_.parameters) {
    const Place place = places.next(parameter);
    llvm::Type *type = module_.types().value(parameter);
    switch (place.kind) {
    case Place::Kind::Integer:
      values.push_back(mover.fromInteger(
          function->getArg(hiddenCount() + place.number), type));
      break;
    case Place::Kind::Float:
      values.push_back(
          mover.fromFloat(function->getArg(firstFloat + place.number), type));
      break;
    case Place::Kind::Area:
      values.push_back(mover.load(type, place.number));
      break;
    }
  }
  return values;
}

void CallingConvention::returnResults(
    Builder &builder, llvm::ArrayRef<llvm::Value *> results) const {
  if (convention_ == Convention::Tail && !hasResultRegisters()) {
    Places places(*module_.plan().options().target, integerCount());
    Mover mover(module_, builder);
    for (auto [type, value] : llvm::zip_equal(type_.results, results))
      mover.store(value, places.nextSlot(type).number);
    builder.CreateRetVoid();
  } else if (results.empty()) {
    builder.CreateRetVoid();
  } else if (results.size() == 1) {
    builder.CreateRet(results.front());
  } else {
    builder.CreateAggregateRet(results.data(),
                               static_cast<unsigned>(results.size()));
  }
}

} // namespace wrought::translate

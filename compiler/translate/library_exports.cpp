//===- library_exports.cpp - The C functions of a loadable object ---------===//
//
// They call the runtime's wrought_library_<name>, but for a function of the
// module: that is entered by wrought_enter_<kind>, which passes registers
// through and does all else that a call takes, so that one costs little more
// than a call. Where arguments may not all be in registers, they go through
// memory.
//
//===----------------------------------------------------------------------===//

#include "translate/library_exports.h"
#include "translate/type_id.h"

namespace wrought::translate {

using wasm::ExternalKind;

namespace {

/// What every target has in registers, the instance included.
constexpr unsigned MaxIntegerRegisters = 6, MaxFloatRegisters = 8;
enum TypeCode : uint8_t { I32, I64, F32, F64, V128, Reference };

TypeCode typeCode(wasm::ValueType type) {
  switch (type.kind()) {
  case wasm::ValueKind::I32:
    return I32;
  case wasm::ValueKind::I64:
    return I64;
  case wasm::ValueKind::F32:
    return F32;
  case wasm::ValueKind::F64:
    return F64;
  case wasm::ValueKind::V128:
    return V128;
  default:
    return Reference;
  }
}

/// Instance and parameters.
unsigned countIntegers(const wasm::FunctionType &type) {
  return 1 + static_cast<unsigned>(
                 llvm::count_if(type.parameters, [](wasm::ValueType parameter) {
                   const TypeCode code = typeCode(parameter);
                   return code != F32 && code != F64;
                 }));
}

bool fitsRegisters(const wasm::FunctionType &type) {
  const unsigned integers = countIntegers(type);
  return type.results.size() <= 1 && integers <= MaxIntegerRegisters &&
         type.parameters.size() + 1 - integers <= MaxFloatRegisters;
}

/// What takes the arguments as they come, as to the result.
std::string enterFunction(const wasm::FunctionType &type) {
  if (type.results.empty())
    return "wrought_enter_void";
  static constexpr const char *Kinds[] = {"i32", "i64",   "f32",
                                          "f64", nullptr, "i64"};
  return std::string("wrought_enter_") + Kinds[typeCode(type.results[0])] +
         "_" + std::to_string(countIntegers(type));
}

/// What a shared table or global refers to: the last fields of a SharedType.
llvm::SmallVector<llvm::Constant *, 6> sharedReference(ModuleEmitter &module,
                                                       wasm::ValueType type) {
  using abi::SharedHeap;
  SharedHeap heap = SharedHeap::None;
  TypeId id = {};
  llvm::Constant *supertypes =
      llvm::ConstantPointerNull::get(module.types().pointer);
  const bool isNullable = type.isReference() && type.isNullable();
  if (type.isReference() && type.heap().isConcrete()) {
    heap = SharedHeap::FunctionOfType;
    id = typeId(module.wasm().types, type.heap().index());
    supertypes = module.functionSupertypes(type.heap().index());
  } else if (type.isReference()) {
    switch (type.heap().abstract()) {
    case wasm::AbstractHeap::Func:
      heap = SharedHeap::Function;
      break;
    case wasm::AbstractHeap::NoFunc:
      heap = SharedHeap::NoFunction;
      break;
    default:
      heap = SharedHeap::Extern;
    }
  }
  return {module.u64(static_cast<uint64_t>(heap)),
          module.u64(isNullable),
          module.u64(id[0]),
          module.u64(id[1]),
          module.u64(id[2]),
          supertypes};
}

class LibraryExports {
public:
  explicit LibraryExports(ModuleEmitter &module)
      : module_(module), wasm_(module.wasm()), types_(module.types()),
        interface_(*module.plan().options().cInterface),
        result_(llvm::StructType::get(types_.context,
                                      {types_.i64, types_.pointer})) {}

  LibraryRows rows() {
    std::vector<llvm::Constant *> slots, imports, exports;
    for (auto [import, slot] :
         llvm::zip_equal(wasm_.imports, interface_.importSlots))
      slots.push_back(importSlot(import, slot));
    for (const wasm::Import &import : wasm_.imports)
      imports.push_back(item(
          string(import.module), import.name, import.kind(),
          std::visit([](auto index) { return index.value; }, import.entity),
          null(), 0));
    for (const CExport &entry : interface_.exports)
      exports.push_back(exportItem(*entry.item));
    return {array(slots, AbiStruct::ImportSlot),
            array(imports, AbiStruct::Item),
            array(exports, AbiStruct::Item),
            imports.size(),
            exports.size(),
            wasiFields()};
  }

  void define(llvm::Constant *library) {
    library_ = library;
    defineMaker("instantiate",
                {types_.i32, types_.pointer, types_.pointer, types_.pointer});
    defineMaker("pool_new", {types_.i32, types_.i64, types_.pointer,
                             types_.pointer, types_.pointer});
    defineItems("import_items", field::Library_imports,
                field::Library_importCount);
    defineItems("export_items", field::Library_exports,
                field::Library_exportCount);
    forward("call", "call", result_,
            {types_.pointer, types_.pointer, types_.pointer, types_.i64,
             types_.pointer, types_.i64});
    defineRuntimeFunctions();
    if (module_.plan().options().isInterruptible)
      forward("interrupt", "interrupt", result_, {types_.pointer, types_.i64});
    if (module_.plan().options().countsFuel) {
      forward("fuel", "fuel", types_.i64, {types_.pointer});
      forward("set_fuel", "set_fuel", result_, {types_.pointer, types_.i64});
    }
    for (const CExport &entry : interface_.exports)
      defineExport(entry);
  }

private:
  llvm::ConstantInt *u64(uint64_t value) const { return module_.u64(value); }
  llvm::Constant *null() const {
    return llvm::ConstantPointerNull::get(types_.pointer);
  }
  llvm::Constant *string(std::string_view text) {
    return module_.cString(text);
  }
  llvm::Constant *row(AbiStruct type, llvm::ArrayRef<llvm::Constant *> fields) {
    return llvm::ConstantStruct::get(types_.abi(type), fields);
  }
  llvm::Constant *array(llvm::ArrayRef<llvm::Constant *> items,
                        AbiStruct type) {
    return module_.privateArray(items, types_.abi(type), "rows");
  }

  //===--------------------------------------------------------------------===//
  // Rows
  //===--------------------------------------------------------------------===//

  llvm::Constant *item(llvm::Constant *importModule, std::string_view name,
                       ExternalKind kind, uint32_t index, llvm::Constant *code,
                       uint64_t offset) {
    std::vector<uint8_t> codes;
    uint64_t parameterCount = 0, resultCount = 0, isMutable = 0;
    if (kind == ExternalKind::Function) {
      const wasm::FunctionType &type =
          wasm_.functionType(wasm::FunctionIndex(index));
      for (wasm::ValueType value : type.parameters)
        codes.push_back(typeCode(value));
      for (wasm::ValueType value : type.results)
        codes.push_back(typeCode(value));
      parameterCount = type.parameters.size();
      resultCount = type.results.size();
    } else if (kind == ExternalKind::Global) {
      codes.push_back(typeCode(wasm_.globals[index].type.value));
      isMutable = wasm_.globals[index].type.isMutable;
    }
    return row(AbiStruct::Item,
               {importModule, string(name), u64(static_cast<uint64_t>(kind)),
                codes.empty() ? null() : module_.privateBytes(codes),
                u64(parameterCount), u64(resultCount), u64(isMutable), code,
                u64(offset)});
  }

  std::array<llvm::Constant *, 4> wasiFields() {
    uint64_t memory = UINT64_MAX, import = UINT64_MAX;
    if (!interface_.wasi)
      return {null(), u64(memory), u64(import), u64(0)};
    if (const auto index = interface_.wasi->memory) {
      const ModulePlan &plan = module_.plan();
      if (const auto row = wasm_.memories[index->value].import)
        import = plan.instanceOffset(abi::InstancePart::imports, *row);
      else
        memory = plan.instanceOffset(abi::InstancePart::memories,
                                     index->value - wasm_.importedMemoryCount);
    }
    auto *wasi = new llvm::GlobalVariable(module_.llvmModule(), types_.i8, true,
                                          llvm::GlobalValue::ExternalLinkage,
                                          nullptr, "wrought_library_wasi");
    wasi->setVisibility(llvm::GlobalValue::HiddenVisibility);
    return {wasi, u64(memory), u64(import), u64(interface_.wasi->pointer)};
  }

  /// For its address; the state that it takes is the runtime's.
  llvm::Constant *readyMade(const std::string &symbol) {
    if (symbol.empty())
      return null();
    return llvm::cast<llvm::Constant>(
        hidden(symbol, types_.voidType, {}).getCallee());
  }

  llvm::Constant *importSlot(const wasm::Import &import,
                             const CInterface::ImportSlot &slot) {
    llvm::Constant *adapter = null(), *type = null();
    uint64_t hostFunction = 0;
    if (hasSeveralResults(wasm_, import)) {
      hostFunction = module_.plan().instanceOffset(
          abi::InstancePart::hostFunctions, adapterCount_);
      adapter = makeAdapter(
          wasm_.functionType(std::get<wasm::FunctionIndex>(import.entity)));
      ++adapterCount_;
    } else if (import.kind() != ExternalKind::Function) {
      type = sharedType(
          module_, import.kind(),
          std::visit([](auto index) { return index.value; }, import.entity));
    }
    return row(AbiStruct::ImportSlot,
               {u64(slot.pointer), u64(slot.userData), adapter,
                u64(hostFunction), type, readyMade(slot.readyMade)});
  }

  /// Code that the module calls with a HostFunction for an instance. The host's
  /// function takes addresses for its results, as exported functions do.
  llvm::Function *makeAdapter(const wasm::FunctionType &type) {
    const CallingConvention convention(module_, Convention::C, type);
    llvm::Function *function = llvm::Function::Create(
        convention.functionType(), llvm::GlobalValue::InternalLinkage,
        "adapter", module_.llvmModule());
    function->addFnAttr(llvm::Attribute::NoUnwind);
    function->addFnAttr("frame-pointer", "all");
    Builder builder(llvm::BasicBlock::Create(types_.context, "", function));
    llvm::StructType *layout = types_.abi(AbiStruct::HostFunction);
    auto load = [&](unsigned field) {
      return builder.CreateLoad(
          types_.pointer,
          builder.CreateStructGEP(layout, function->getArg(0), field));
    };
    Values arguments = {load(field::HostFunction_userData)};
    arguments.append(convention.parameters(builder, function));
    Values places;
    for (wasm::ValueType result : type.results) {
      llvm::Type *value = types_.value(result);
      places.push_back(builder.CreateAlloca(value));
      // The host may leave it alone.
      builder.CreateStore(llvm::Constant::getNullValue(value), places.back());
    }
    arguments.append(places);
    llvm::SmallVector<llvm::Type *, 8> parameters;
    for (llvm::Value *argument : arguments)
      parameters.push_back(argument->getType());
    llvm::CallInst *call = builder.CreateCall(
        llvm::FunctionType::get(types_.voidType, parameters, false),
        load(field::HostFunction_function), arguments);
    // As C wants it on some targets.
    for (unsigned i = 0; i < parameters.size(); ++i)
      if (parameters[i]->isIntegerTy(32))
        call->addParamAttr(i, llvm::Attribute::SExt);
    Values results;
    for (auto [result, place] : llvm::zip_equal(type.results, places))
      results.push_back(builder.CreateLoad(types_.value(result), place));
    convention.returnResults(builder, results);
    return function;
  }

  llvm::Constant *exportItem(const wasm::Export &exported) {
    llvm::Constant *code = null();
    uint64_t offset = 0;
    if (exported.kind == ExternalKind::Function)
      code = arrayWrapper(wasm::FunctionIndex(exported.index));
    else
      offset = module_.plan().exportOffset(exported);
    return item(null(), exported.name, exported.kind, exported.index, code,
                offset);
  }

  llvm::Function *arrayWrapper(wasm::FunctionIndex index) {
    return module_.llvmModule().getFunction(
        module_.plan().functionSymbol(index) + ".array");
  }

  //===--------------------------------------------------------------------===//
  // Functions
  //===--------------------------------------------------------------------===//

  /// A C function that hosts see.
  llvm::Function *declare(const llvm::Twine &name, llvm::Type *result,
                          llvm::ArrayRef<llvm::Type *> parameters) {
    llvm::Function *function = llvm::Function::Create(
        llvm::FunctionType::get(result, parameters, false),
        llvm::GlobalValue::ExternalLinkage,
        interface_.prefix + llvm::Twine("_") + name, module_.llvmModule());
    function->addFnAttr(llvm::Attribute::NoUnwind);
    function->addFnAttr("frame-pointer", "all");
    function->setVisibility(llvm::GlobalValue::DefaultVisibility);
    builder_.SetInsertPoint(
        llvm::BasicBlock::Create(types_.context, "", function));
    return function;
  }

  llvm::FunctionCallee runtime(llvm::StringRef name, llvm::Type *result,
                               llvm::ArrayRef<llvm::Type *> parameters) {
    return hidden(("wrought_library_" + name).str(), result, parameters);
  }

  llvm::FunctionCallee hidden(llvm::StringRef name, llvm::Type *result,
                              llvm::ArrayRef<llvm::Type *> parameters) {
    llvm::FunctionCallee callee = module_.llvmModule().getOrInsertFunction(
        name, llvm::FunctionType::get(result, parameters, false));
    auto *function = llvm::cast<llvm::Function>(callee.getCallee());
    function->addFnAttr(llvm::Attribute::NoUnwind);
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    function->setDSOLocal(true);
    return callee;
  }

  void ret(llvm::Value *value) {
    if (auto *call = llvm::dyn_cast<llvm::CallInst>(value))
      call->setTailCall();
    builder_.CreateRet(value);
  }

  /// <prefix>_<name> calls the runtime's function with the same arguments.
  void forward(const llvm::Twine &name, llvm::StringRef runtimeName,
               llvm::Type *result, llvm::ArrayRef<llvm::Type *> parameters) {
    llvm::Function *function = declare(name, result, parameters);
    llvm::SmallVector<llvm::Value *, 6> arguments;
    for (llvm::Argument &argument : function->args())
      arguments.push_back(&argument);
    ret(builder_.CreateCall(runtime(runtimeName, result, parameters),
                            arguments));
  }

  /// The runtime's function takes the library, then the same arguments, of
  /// which the first is a 32-bit number.
  void defineMaker(llvm::StringRef name, llvm::ArrayRef<llvm::Type *> own) {
    llvm::SmallVector<llvm::Type *, 6> all = {types_.pointer};
    all.append(own.begin(), own.end());
    llvm::Function *function = declare(name, result_, own);
    llvm::SmallVector<llvm::Value *, 6> arguments = {library_};
    for (llvm::Argument &argument : function->args())
      arguments.push_back(&argument);
    llvm::CallInst *call =
        builder_.CreateCall(runtime(name, result_, all), arguments);
    call->addParamAttr(1, llvm::Attribute::ZExt);
    ret(call);
  }

  /// const wrought_item *<prefix>_<name>(size_t *count)
  void defineItems(llvm::StringRef name, unsigned items, unsigned count) {
    llvm::Function *function = declare(name, types_.pointer, {types_.pointer});
    llvm::StructType *layout = types_.abi(AbiStruct::Library);
    auto load = [&](unsigned field) {
      return builder_.CreateLoad(
          layout->getElementType(field),
          builder_.CreateStructGEP(layout, library_, field));
    };
    storeResult(load(count), function->getArg(0));
    builder_.CreateRet(load(items));
  }

  /// Unless the host does not want it.
  void storeResult(llvm::Value *value, llvm::Value *address) {
    llvm::Function *function = builder_.GetInsertBlock()->getParent();
    auto *store = llvm::BasicBlock::Create(types_.context, "", function);
    auto *next = llvm::BasicBlock::Create(types_.context, "", function);
    builder_.CreateCondBr(builder_.CreateIsNull(address), next, store);
    builder_.SetInsertPoint(store);
    builder_.CreateStore(value, address);
    builder_.CreateBr(next);
    builder_.SetInsertPoint(next);
  }

  void defineRuntimeFunctions() {
    llvm::Type *Result = result_, *Instance = types_.pointer,
               *Pointer = types_.pointer, *I64 = types_.i64;
#define PARAMETERS(...) {__VA_ARGS__}
#define LIBRARY_FUNCTION(name, result, parameters)                             \
  forward(#name, #name, result, PARAMETERS parameters);
#include "abi/library_functions.def"
#undef PARAMETERS
  }

  void defineExport(const CExport &entry) {
    const wasm::Export &item = *entry.item;
    if (item.kind == ExternalKind::Function)
      defineCall(entry, wasm::FunctionIndex(item.index));
    else if (item.kind == ExternalKind::Global)
      defineGlobal(entry, wasm_.globals[item.index].type);
    else
      defineEntity(entry);
  }

  /// Functions of a memory or table.
  void defineEntity(const CExport &entry) {
    llvm::Type *Result = result_, *Instance = types_.pointer,
               *Pointer = types_.pointer, *I64 = types_.i64;
    const uint64_t offset = module_.plan().exportOffset(*entry.item);
    auto define = [&](llvm::StringRef name, llvm::StringRef runtimeName,
                      llvm::Type *result,
                      llvm::SmallVector<llvm::Type *, 6> parameters) {
      llvm::SmallVector<llvm::Type *, 6> own(parameters);
      own.erase(own.begin() + 1);
      llvm::Function *function =
          declare(entry.name + llvm::Twine("_") + name, result, own);
      llvm::SmallVector<llvm::Value *, 6> arguments = {function->getArg(0),
                                                       u64(offset)};
      for (unsigned i = 1; i < own.size(); ++i)
        arguments.push_back(function->getArg(i));
      ret(builder_.CreateCall(runtime(runtimeName, result, parameters),
                              arguments));
    };
    const ExternalKind kind = entry.item->kind;
#define PARAMETERS(...) {__VA_ARGS__}
#define LIBRARY_FUNCTION(...)
#define ENTITY_FUNCTION(Kind, name, result, parameters)                        \
  if (kind == ExternalKind::Kind)                                              \
    define(#name, #Kind "_" #name, result, PARAMETERS parameters);
#include "abi/library_functions.def"
#undef PARAMETERS
    if (kind == ExternalKind::Memory ||
        isShareable(wasm_.types, wasm_.tables[entry.item->index].type.element))
      defineShare(entry);
  }

  /// wrought_result <export>_share(instance, wrought_shared **)
  void defineShare(const CExport &entry) {
    llvm::Function *function =
        declare(entry.name + llvm::Twine("_share"), result_,
                {types_.pointer, types_.pointer});
    ret(builder_.CreateCall(
        runtime("share", result_,
                {types_.pointer, types_.i64, types_.pointer, types_.pointer}),
        {function->getArg(0), u64(module_.plan().exportOffset(*entry.item)),
         sharedType(module_, entry.item->kind, entry.item->index),
         function->getArg(1)}));
  }

  void defineGlobal(const CExport &entry, const wasm::GlobalType &type) {
    const uint64_t offset = module_.plan().exportOffset(*entry.item);
    llvm::Type *value = types_.value(type.value);
    llvm::ConstantInt *byteLength =
        u64(value->isPointerTy() ? 8 : value->getPrimitiveSizeInBits() / 8);
    const llvm::SmallVector<llvm::Type *, 4> parameters = {
        types_.pointer, types_.i64, types_.pointer, types_.i64};
    llvm::Function *get = declare(entry.name + llvm::Twine("_get"), result_,
                                  {types_.pointer, types_.pointer});
    ret(builder_.CreateCall(
        runtime("global_get", result_, parameters),
        {get->getArg(0), u64(offset), get->getArg(1), byteLength}));
    if (isShareable(wasm_.types, type.value))
      defineShare(entry);
    // A vector comes by its address, too.
    if (!type.isMutable)
      return;
    const bool isVector = type.value.isVector();
    llvm::Function *set =
        declare(entry.name + llvm::Twine("_set"), result_,
                {types_.pointer, isVector ? types_.pointer : value});
    llvm::Value *address = set->getArg(1);
    if (isFunctionReference(wasm_.types, type.value)) {
      builder_.CreateRet(builder_.CreateCall(
          runtime("function_global_set", result_,
                  {types_.pointer, types_.i64, types_.pointer, types_.pointer}),
          {set->getArg(0), u64(offset), set->getArg(1),
           sharedType(module_, ExternalKind::Global, entry.item->index)}));
      return;
    }
    if (!isVector) {
      address = builder_.CreateAlloca(value);
      builder_.CreateStore(set->getArg(1), address);
    }
    builder_.CreateRet(builder_.CreateCall(
        runtime("global_set", result_, parameters),
        {set->getArg(0), u64(offset), address, byteLength}));
  }

  //===--------------------------------------------------------------------===//
  // Calls of exported functions
  //===--------------------------------------------------------------------===//

  void defineCall(const CExport &entry, wasm::FunctionIndex index) {
    const wasm::FunctionType &type = wasm_.functionType(index);
    if (!isTypedInC(type))
      return;
    llvm::SmallVector<llvm::Type *, 8> parameters = {types_.pointer};
    for (wasm::ValueType value : type.parameters)
      parameters.push_back(types_.value(value));
    parameters.append(type.results.size(), types_.pointer);
    llvm::Function *function = declare(entry.name, result_, parameters);
    const bool isImport = wasm_.functions[index.value].import.has_value();
    if (fitsRegisters(type) && !isImport)
      callByRegisters(function, index, type);
    else
      callByMemory(function, index, type);
  }

  void callByRegisters(llvm::Function *function, wasm::FunctionIndex index,
                       const wasm::FunctionType &type) {
    llvm::SmallVector<llvm::Type *, 8> types = {types_.pointer};
    llvm::SmallVector<llvm::Value *, 8> arguments = {module_.function(index)};
    for (llvm::Argument &argument : function->args()) {
      types.push_back(argument.getType());
      arguments.push_back(&argument);
    }
    llvm::CallInst *call = builder_.CreateCall(
        hidden(enterFunction(type), result_, types), arguments);
    call->addParamAttr(0, llvm::Attribute::Nest);
    ret(call);
  }

  void callByMemory(llvm::Function *function, wasm::FunctionIndex index,
                    const wasm::FunctionType &type) {
    const auto count = static_cast<unsigned>(type.parameters.size());
    const uint64_t slots =
        std::max<size_t>({type.parameters.size(), type.results.size(), 1});
    auto *layout = llvm::ArrayType::get(types_.i64, slots);
    llvm::Value *memory = builder_.CreateAlloca(layout);
    auto slot = [&](uint64_t number) {
      return builder_.CreateConstGEP2_64(layout, memory, 0, number);
    };
    for (unsigned i = 0; i < count; ++i)
      builder_.CreateStore(function->getArg(i + 1), slot(i));
    llvm::Value *result = builder_.CreateCall(
        hidden("wrought_enter_call", result_,
               {types_.pointer, types_.pointer, types_.pointer}),
        {arrayWrapper(index), function->getArg(0), memory});
    auto *failed = llvm::BasicBlock::Create(types_.context, "failed", function);
    auto *done = llvm::BasicBlock::Create(types_.context, "done", function);
    builder_.CreateCondBr(
        builder_.CreateICmpEQ(builder_.CreateExtractValue(result, 0), u64(0)),
        done, failed);
    builder_.SetInsertPoint(failed);
    builder_.CreateRet(result);
    builder_.SetInsertPoint(done);
    for (unsigned i = 0; i < type.results.size(); ++i)
      storeResult(builder_.CreateLoad(types_.value(type.results[i]), slot(i)),
                  function->getArg(count + 1 + i));
    builder_.CreateRet(result);
  }

  ModuleEmitter &module_;
  const wasm::Module &wasm_;
  const LlvmTypes &types_;
  const CInterface &interface_;
  llvm::StructType *result_;
  llvm::Constant *library_ = nullptr;
  uint64_t adapterCount_ = 0;
  Builder builder_{module_.types().context};
};

} // namespace

llvm::Constant *sharedType(ModuleEmitter &module, ExternalKind kind,
                           uint32_t index) {
  const wasm::Module &wasm = module.wasm();
  wasm::ValueType reference;
  uint64_t valueType = 0, isMutable = 0, minimum = 0, maximum = 0,
           pageSizeLog2 = 0, isShared = 0;
  if (kind == ExternalKind::Global) {
    const wasm::GlobalType &type = wasm.globals[index].type;
    valueType = typeCode(type.value);
    isMutable = type.isMutable;
    reference = type.value;
  } else if (kind == ExternalKind::Table) {
    // In elements.
    const wasm::TableType &type = wasm.tables[index].type;
    valueType = type.limits.is64 ? I64 : I32;
    minimum = type.limits.minimum;
    maximum = type.limits.maximum.value_or(UINT64_MAX);
    reference = type.element;
  } else {
    const wasm::MemoryType &type = wasm.memories[index].type;
    valueType = type.limits.is64 ? I64 : I32;
    pageSizeLog2 = type.pageSizeLog2;
    isShared = type.limits.isShared;
    minimum = bytesOfPages(type.limits.minimum, type.pageSizeLog2);
    maximum = type.limits.maximum
                  ? bytesOfPages(*type.limits.maximum, type.pageSizeLog2)
                  : UINT64_MAX;
  }
  llvm::SmallVector<llvm::Constant *, 16> fields;
  for (uint64_t value : {static_cast<uint64_t>(kind), valueType, isMutable,
                         minimum, maximum, pageSizeLog2, isShared})
    fields.push_back(module.u64(value));
  fields.append(sharedReference(module, reference));
  llvm::StructType *layout = module.types().abi(AbiStruct::SharedType);
  return module.privateArray({llvm::ConstantStruct::get(layout, fields)},
                             layout, "rows");
}

LibraryRows makeLibraryRows(ModuleEmitter &module) {
  if (!module.plan().options().cInterface) {
    llvm::Constant *null =
        llvm::ConstantPointerNull::get(module.types().pointer);
    llvm::Constant *none = module.u64(UINT64_MAX);
    return {null, null, null, 0, 0, {null, none, none, module.u64(0)}};
  }
  return LibraryExports(module).rows();
}

void defineLibraryExports(ModuleEmitter &module, llvm::Constant *library) {
  if (module.plan().options().cInterface)
    LibraryExports(module).define(library);
}

} // namespace wrought::translate

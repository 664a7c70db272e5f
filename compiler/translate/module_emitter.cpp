#include "translate/module_emitter.h"

#include "translate/constant_expression.h"
#include "translate/function_emitter.h"
#include "translate/type_id.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/MDBuilder.h"

namespace wrought::translate {

ModuleEmitter::ModuleEmitter(const ModulePlan &plan, size_t partition,
                             llvm::LLVMContext &context)
    : plan_(plan), partition_(partition), types_(context),
      module_(std::make_unique<llvm::Module>("wasm", context)) {
  const llvm::Triple triple(plan.options().target->triple);
  module_->setTargetTriple(triple);
  const llvm::StringRef abi = plan.options().target->abiName;
  module_->setDataLayout(triple.computeDataLayout(abi));
  if (!abi.empty())
    module_->setModuleFlag(llvm::Module::Error, "target-abi",
                           llvm::MDString::get(context, abi));
  module_->setPICLevel(llvm::PICLevel::BigPIC);
  module_->setPIELevel(llvm::PIELevel::Large);
  module_->setModuleFlag(
      llvm::Module::Max, "Dwarf Version",
      llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(types_.i32, 5)));
  module_->setModuleFlag(llvm::Module::Warning, "Debug Info Version",
                         llvm::ConstantAsMetadata::get(llvm::ConstantInt::get(
                             types_.i32, llvm::DEBUG_METADATA_VERSION)));

  llvm::MDBuilder metadata(context);
  llvm::MDNode *root = metadata.createTBAARoot("wasm");
  auto tag = [&](llvm::StringRef name) {
    llvm::MDNode *type = metadata.createTBAAScalarTypeNode(name, root);
    return metadata.createTBAAStructTagNode(type, type, 0);
  };
  // An imported memory may be imported twice; the module's own differ from all
  // others.
  llvm::MDNode *importedMemoryTag = tag("imported memory");
  for (uint32_t i = 0; i < wasm().memories.size(); ++i)
    memoryTags_.push_back(wasm().memories[i].import
                              ? importedMemoryTag
                              : tag(("memory " + llvm::Twine(i)).str()));
  stateTag = tag("instance state");
  recordTag = tag("function record");
  headerTag = tag("object header");
  for (const char *kind :
       {"i32", "i64", "f32", "f64", "v128", "reference", "", "i8", "i16"})
    heapTags_.push_back(tag(("object " + llvm::Twine(kind)).str()));
  unlikely = metadata.createUnlikelyBranchWeights();
  emptyNode = llvm::MDNode::get(context, {});

  debug_ = std::make_unique<llvm::DIBuilder>(*module_);
  debugFile_ = debug_->createFile("module.wasm", "");
  const auto emission =
      plan.options().debugInfo
          ? llvm::DICompileUnit::DebugEmissionKind::LineTablesOnly
          : llvm::DICompileUnit::DebugEmissionKind::DebugDirectivesOnly;
  debug_->createCompileUnit(
      llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_C), debugFile_, "wrought",
      plan.options().optLevel > 0, "", 0, "", emission, /*DWOId=*/0,
      /*SplitDebugInlining=*/true,
      /*DebugInfoForProfiling=*/plan.options().debugInfo,
      llvm::DICompileUnit::DebugNameTableKind::None);
  debugType_ = debug_->createSubroutineType(debug_->getOrCreateTypeArray({}));
  instance_ = makeInstanceModel(*this);
}

std::unique_ptr<llvm::Module> ModuleEmitter::emit() {
  emitFunctions();
  if (partition_ == 0) {
    if (plan_.options().arrayWrappers)
      defineArrayWrappers();
    instance_->defineState();
  }
  debug_->finalize();
  return std::move(module_);
}

void ModuleEmitter::emitFunctions() {
  const Partition &range = plan_.partition(partition_);
  for (uint32_t i = range.firstFunction; i < range.endFunction; ++i)
    if (plan_.facts().reachable.test(i)) {
      const wasm::FunctionIndex index(i);
      emitFunction(*this, index);
      if (plan_.hasTailEntry(index) && plan_.needsCEntry(index))
        defineCEntry(index);
    }
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

llvm::ConstantInt *ModuleEmitter::u64(uint64_t value) const {
  return llvm::ConstantInt::get(types_.i64, value);
}

bool ModuleEmitter::isExported(wasm::ExternalKind kind, uint32_t index) const {
  return plan_.options().exportAll &&
         llvm::any_of(wasm().exports, [&](const wasm::Export &item) {
           return item.kind == kind && item.index == index;
         });
}

llvm::GlobalValue::LinkageTypes
ModuleEmitter::definitionLinkage(bool isExported) const {
  return isExported || plan_.partitionCount() > 1
             ? llvm::GlobalValue::ExternalLinkage
             : llvm::GlobalValue::InternalLinkage;
}

/// A variable of the instance: declared here, and defined by whoever sets its
/// initialiser and linkage.
llvm::GlobalVariable *ModuleEmitter::stateVariable(llvm::StringRef symbol,
                                                   llvm::Type *type,
                                                   bool isImported) {
  if (llvm::GlobalVariable *known = module_->getGlobalVariable(symbol, true))
    return known;
  auto *variable = new llvm::GlobalVariable(
      *module_, type, /*isConstant=*/false, llvm::GlobalValue::ExternalLinkage,
      nullptr, symbol);
  variable->setVisibility(llvm::GlobalValue::HiddenVisibility);
  variable->setDSOLocal(true);
  return variable;
}

/// Everything is compiled into the program that runs it.
llvm::GlobalVariable *
ModuleEmitter::ofEachThread(bool isSo, llvm::GlobalVariable *variable) {
  if (isSo)
    variable->setThreadLocalMode(llvm::GlobalVariable::LocalExecTLSModel);
  return variable;
}

llvm::Value *ModuleEmitter::address(Builder &builder,
                                    llvm::GlobalVariable *variable) {
  if (variable->isThreadLocal())
    return builder.CreateThreadLocalAddress(variable);
  return variable;
}

llvm::Function *ModuleEmitter::declareFunction(llvm::StringRef symbol,
                                               llvm::FunctionType *type) {
  if (llvm::Function *known = module_->getFunction(symbol))
    return known;
  llvm::Function *function = llvm::Function::Create(
      type, llvm::GlobalValue::ExternalLinkage, symbol, *module_);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  return function;
}

llvm::Function *ModuleEmitter::function(wasm::FunctionIndex index) {
  const CallingConvention convention(*this, Convention::C,
                                     wasm().functionType(index));
  return declareFunction(plan_.functionSymbol(index),
                         convention.functionType());
}

llvm::Function *ModuleEmitter::tailEntry(wasm::FunctionIndex index) {
  const CallingConvention convention(*this, Convention::Tail,
                                     wasm().functionType(index));
  return declareFunction(plan_.tailSymbol(index), convention.functionType());
}

/// Of the program, or of each of its threads, not of one module; zero at first.
llvm::GlobalVariable *ModuleEmitter::programVariable(llvm::StringRef symbol,
                                                     llvm::Type *type) {
  if (llvm::GlobalVariable *known = module_->getGlobalVariable(symbol))
    return known;
  auto *variable =
      new llvm::GlobalVariable(*module_, type, /*isConstant=*/false,
                               llvm::GlobalValue::LinkOnceODRLinkage,
                               llvm::Constant::getNullValue(type), symbol);
  variable->setComdat(module_->getOrInsertComdat(symbol));
  variable->setVisibility(llvm::GlobalValue::HiddenVisibility);
  variable->setDSOLocal(true);
  variable->setAlignment(llvm::Align(16));
  return ofEachThread(plan_.options().hasThreads, variable);
}

llvm::GlobalVariable *ModuleEmitter::callArea(unsigned slots) {
  return programVariable("wrought_call_area",
                         llvm::ArrayType::get(types_.i64, slots));
}

llvm::GlobalVariable *ModuleEmitter::fuel() {
  return programVariable("wrought_fuel", types_.i64);
}

llvm::Constant *ModuleEmitter::functionRecord(wasm::FunctionIndex index) {
  return stateVariable(plan_.symbol("record", index.value),
                       types_.abi(AbiStruct::FunctionRecord), false);
}

llvm::GlobalVariable *ModuleEmitter::global(wasm::GlobalIndex index) {
  const wasm::Global &global = wasm().globals[index.value];
  return ofEachThread(
      plan_.options().hasThreads &&
          (global.type.isMutable || plan_.mayBeObject(global.type.value)),
      stateVariable(plan_.globalSymbol(index), types_.value(global.type.value),
                    global.import.has_value()));
}

llvm::GlobalVariable *ModuleEmitter::memory(wasm::MemoryIndex index) {
  return stateVariable(plan_.memorySymbol(index), types_.abi(AbiStruct::Memory),
                       wasm().memories[index.value].import.has_value());
}

llvm::GlobalVariable *ModuleEmitter::table(wasm::TableIndex index) {
  return ofEachThread(
      isOfEachThread(index),
      stateVariable(plan_.tableSymbol(index), types_.abi(AbiStruct::Table),
                    wasm().tables[index.value].import.has_value()));
}

llvm::GlobalVariable *ModuleEmitter::tableElements(wasm::TableIndex index) {
  const wasm::Table &table = wasm().tables[index.value];
  assert(!table.import);
  return ofEachThread(
      isOfEachThread(index),
      stateVariable(
          plan_.symbol("elements", index.value),
          llvm::ArrayType::get(types_.pointer, table.type.limits.minimum),
          false));
}

llvm::GlobalVariable *ModuleEmitter::dataSegment(wasm::DataIndex index) {
  return ofEachThread(plan_.options().hasThreads &&
                          plan_.facts().droppedData.test(index.value),
                      stateVariable(plan_.symbol("data", index.value),
                                    types_.abi(AbiStruct::Segment), false));
}

llvm::GlobalVariable *ModuleEmitter::elementSegment(wasm::ElementIndex index) {
  const wasm::ElementSegment &segment = wasm().elements[index.value];
  // An active one is dropped once it is applied.
  const bool isDropped = isOfEachThread(segment) ||
                         plan_.facts().droppedElements.test(index.value) ||
                         (segment.mode == wasm::SegmentMode::Active &&
                          isOfEachThread(segment.table));
  return ofEachThread(plan_.options().hasThreads && isDropped,
                      stateVariable(plan_.symbol("elem", index.value),
                                    types_.abi(AbiStruct::Segment), false));
}

/// Of a segment with items to evaluate.
llvm::GlobalVariable *ModuleEmitter::elementItems(wasm::ElementIndex index) {
  const wasm::ElementSegment &segment = wasm().elements[index.value];
  return ofEachThread(
      isOfEachThread(segment),
      stateVariable(plan_.symbol("items", index.value),
                    llvm::ArrayType::get(types_.pointer, segment.itemCount()),
                    false));
}

llvm::Constant *ModuleEmitter::knownGlobal(wasm::GlobalIndex index) {
  // In order, so that a chain of globals needs no recursion.
  while (knownGlobals_.size() <= index.value) {
    const wasm::Global &global = wasm().globals[knownGlobals_.size()];
    const bool canKnow = !global.import && !global.type.isMutable;
    knownGlobals_.push_back(
        canKnow ? evaluateConstant(*this, global.initializer) : nullptr);
  }
  return knownGlobals_[index.value];
}

llvm::LoadInst *ModuleEmitter::loadRecord(Builder &builder, llvm::Value *record,
                                          unsigned field) {
  llvm::StructType *layout = types_.abi(AbiStruct::BoundFunctionRecord);
  llvm::LoadInst *load =
      builder.CreateLoad(layout->getElementType(field),
                         builder.CreateStructGEP(layout, record, field));
  load->setMetadata(llvm::LLVMContext::MD_tbaa, recordTag);
  load->setMetadata(llvm::LLVMContext::MD_invariant_load, emptyNode);
  return load;
}

llvm::FunctionCallee ModuleEmitter::runtimeFunction(RuntimeFunction which) {
  llvm::Type *Void = types_.voidType, *I32 = types_.i32, *I64 = types_.i64,
             *Pointer = types_.pointer;
  struct Row {
    const char *symbol;
    llvm::Type *result;
    llvm::SmallVector<llvm::Type *, 5> parameters;
  };
  const Row rows[] = {
#define PARAMETERS(...) {__VA_ARGS__}
#define RUNTIME_FUNCTION(name, result, parameters)                             \
  {"wrought_" #name, result, PARAMETERS parameters},
#include "abi/runtime_functions.def"
#undef PARAMETERS
  };
  const Row &row = rows[static_cast<size_t>(which)];
  llvm::FunctionCallee callee = module_->getOrInsertFunction(
      row.symbol, llvm::FunctionType::get(row.result, row.parameters, false));
  auto *function = llvm::cast<llvm::Function>(callee.getCallee());
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  return callee;
}

llvm::Function *ModuleEmitter::trapFunction(abi::Trap trap) {
  static constexpr const char *Symbols[] = {
#define TRAP(Name, message) "wrought_trap_" #Name,
#include "abi/traps.def"
  };
  llvm::FunctionCallee callee = module_->getOrInsertFunction(
      Symbols[static_cast<size_t>(trap)],
      llvm::FunctionType::get(types_.voidType, {}));
  auto *function = llvm::cast<llvm::Function>(callee.getCallee());
  if (!function->hasFnAttribute(llvm::Attribute::NoReturn)) {
    function->addFnAttr(llvm::Attribute::NoReturn);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    function->addFnAttr(llvm::Attribute::Cold);
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    function->setDSOLocal(true);
  }
  return function;
}

llvm::Function *ModuleEmitter::memoryBaseFunction(wasm::MemoryIndex index) {
  const uint64_t address = plan_.memory(index).base;
  const std::string name = "wrought.memory.base." + llvm::utohexstr(address);
  if (llvm::Function *known = module_->getFunction(name))
    return known;
  llvm::Function *function = llvm::Function::Create(
      llvm::FunctionType::get(types_.pointer, {types_.pointer}, false),
      llvm::GlobalValue::ExternalLinkage, name, *module_);
  function->addFnAttr("wrought-address", llvm::utostr(address));
  const llvm::StructLayout *layout =
      module_->getDataLayout().getStructLayout(types_.abi(AbiStruct::Memory));
  function->addFnAttr(
      "wrought-length-offset",
      llvm::utostr(layout->getElementOffset(field::Memory_byteLength)));
  const targets::TargetSpec &target = *plan_.options().target;
  if (target.foldsMemoryBase && address == target.memoryBase)
    function->addFnAttr("wrought-folds");
  function->setMemoryEffects(llvm::MemoryEffects::none());
  for (auto attribute : {llvm::Attribute::NoUnwind, llvm::Attribute::WillReturn,
                         llvm::Attribute::Speculatable, llvm::Attribute::NoSync,
                         llvm::Attribute::NoFree})
    function->addFnAttr(attribute);
  return function;
}

MemoryView ModuleEmitter::memoryView(wasm::MemoryIndex index) const {
  const MemoryPlan &plan = plan_.memory(index);
  MemoryView view;
  view.type = wasm().memories[index.value].type;
  view.isGuarded = plan.traits.isGuarded;
  view.leastByteLength = plan.initialByteLength;
  if (!plan.isResizable)
    view.fixedByteLength = plan.initialByteLength;
  return view;
}

void ModuleEmitter::setDefinitionLinkage(llvm::Function *function,
                                         wasm::FunctionIndex index) const {
  function->setLinkage(definitionLinkage(plan_.isFunctionExported(index)));
}

void ModuleEmitter::addCodeAttributes(llvm::Function *function) {
  function->addFnAttr(llvm::Attribute::NoUnwind);
  // Backtraces walk frame pointers.
  function->addFnAttr("frame-pointer", "all");
  // Recursion must exhaust the stack, not run for ever; calls that must be tail
  // calls take no notice.
  function->addFnAttr("disable-tail-calls", "true");
  // A frame larger than a page must not step over the stack's guard.
  function->addFnAttr("probe-stack", "inline-asm");
  // The runtime tells our code by this section's bounds.
  function->setSection("wrought_text");
}

llvm::DISubprogram *ModuleEmitter::createSubprogram(llvm::Function *function,
                                                    llvm::StringRef name,
                                                    uint32_t line) {
  llvm::DISubprogram *subprogram = debug_->createFunction(
      debugFile_, name, function->getName(), debugFile_, line, debugType_, line,
      llvm::DINode::FlagZero, llvm::DISubprogram::SPFlagDefinition);
  function->setSubprogram(subprogram);
  return subprogram;
}

} // namespace wrought::translate

#include "decode/operator_reader.h"
#include "translate/module_emitter.h"
#include "translate/module_plan.h"
#include "wasm/index_map.h"

#include "llvm/ADT/StringExtras.h"
#include <algorithm>

namespace wrought::translate {

namespace {

/// Code bytes at which a partition is full. Small enough that a few in flight
/// need little memory, large enough that most calls stay inside one.
constexpr uint64_t PartitionCodeBytes = 192 << 10;
constexpr size_t MaxNameInSymbol = 200;

bool reportUntranslated(const validate::ValidatedModule &module,
                        Diagnostics &diagnostics) {
  bool found = false;
  for (const validate::FeatureUse &use : module.featureUses()) {
    if (wasm::isTranslated(use.feature))
      continue;
    diagnostics.error(locationOf(module.module(), use.byteOffset, use.function),
                      "not yet supported: " +
                          std::string(wasm::featureDescription(use.feature)));
    found = true;
  }
  return found;
}

/// Whether the program makes what is imported.
bool isOwnImport(const Options &options, uint32_t import) {
  return !options.isInstancePointer && import < options.imports.size() &&
         options.imports[import].kind == ImportBinding::Kind::Own;
}

/// What the runtime allows a table to grow to (runtime-support/core/table.cpp).
constexpr uint64_t MaxTableElements = 10'000'000;

bool reportTooLarge(const wasm::Module &module, const Options &options,
                    Diagnostics &diagnostics) {
  auto report = [&](uint64_t byteOffset, const llvm::Twine &message) {
    diagnostics.error(locationOf(module, byteOffset), message.str());
  };
  const size_t before = diagnostics.errorCount();
  for (size_t i = module.importedTableCount; i < module.tables.size(); ++i) {
    const uint64_t minimum = module.tables[i].type.limits.minimum;
    if (minimum > MaxTableElements)
      report(module.tables[i].byteOffset,
             "table[" + llvm::Twine(i) + "] starts with " +
                 llvm::Twine(minimum) + " elements: at most " +
                 llvm::Twine(MaxTableElements) + " are supported");
  }
  for (size_t i = 0; i < module.memories.size(); ++i) {
    // An import that the program does not make has its size from elsewhere.
    const std::optional<uint32_t> import = module.memories[i].import;
    if (import && !isOwnImport(options, *import))
      continue;
    const wasm::MemoryType &type = module.memories[i].type;
    const uint64_t minimum =
        bytesOfPages(type.limits.minimum, type.pageSizeLog2);
    if (options.maxMemory && minimum > *options.maxMemory)
      report(module.memories[i].byteOffset,
             "memory[" + llvm::Twine(i) + "] starts with " +
                 llvm::Twine(minimum) + " bytes: more than the maximum of " +
                 llvm::Twine(*options.maxMemory) + " bytes that was set");
  }
  return diagnostics.errorCount() != before;
}

} // namespace

std::unique_ptr<Plan> planTranslation(const validate::ValidatedModule &module,
                                      Options options,
                                      Diagnostics &diagnostics) {
  if (reportUntranslated(module, diagnostics) ||
      reportTooLarge(module.module(), options, diagnostics))
    return nullptr;
  return std::make_unique<ModulePlan>(module, std::move(options));
}

ModulePlan::ModulePlan(const validate::ValidatedModule &module, Options options)
    : validated_(module), options_(std::move(options)),
      facts_(collectFacts(module.module(), options_.exportAll,
                          options_.hasThreads)),
      usesHeap_(llvm::any_of(module.featureUses(),
                             [](const validate::FeatureUse &use) {
                               return use.feature == wasm::Feature::Gc;
                             })),
      exportedFunctions_(module->functions.size()),
      exportedTables_(module->tables.size()),
      exportedMemories_(module->memories.size()) {
  sharesFunctions_ = findSharedFunctions();
  assert(options_.isInstancePointer ||
         options_.imports.size() == module->imports.size());
  cutPartitions();
  markExports();
  planMemories();
  layOutInstance();
  listExports();
  listTableFunctions();
}

bool ModulePlan::findSharedFunctions() const {
  if (!options_.cInterface)
    return false;
  const wasm::Module &wasm = module();
  auto isFunction = [&](wasm::ValueType type) {
    return isFunctionReference(wasm.types, type);
  };
  auto shares = [&](wasm::ExternalKind kind, uint32_t index) {
    switch (kind) {
    case wasm::ExternalKind::Function: {
      const wasm::FunctionType &type =
          wasm.functionType(wasm::FunctionIndex(index));
      return llvm::any_of(type.parameters, isFunction) ||
             llvm::any_of(type.results, isFunction);
    }
    case wasm::ExternalKind::Table:
      return isFunction(wasm.tables[index].type.element);
    case wasm::ExternalKind::Global:
      return isFunction(wasm.globals[index].type.value);
    case wasm::ExternalKind::Memory:
    case wasm::ExternalKind::Tag:
      break;
    }
    return false;
  };
  return llvm::any_of(wasm.imports,
                      [&](const wasm::Import &import) {
                        return shares(import.kind(), import.index());
                      }) ||
         llvm::any_of(wasm.exports, [&](const wasm::Export &item) {
           return shares(item.kind, item.index);
         });
}

/// Not where its elements are what segments of the module's own functions make
/// of it.
bool ModulePlan::mayHoldForeign(wasm::TableIndex index) const {
  if (!sharesFunctions_)
    return false;
  const wasm::Module &wasm = module();
  return isTableShared(index) || facts_.changingTables.test(index.value) ||
         wasm.tables[index.value].initializer ||
         llvm::any_of(wasm.elements, [&](const wasm::ElementSegment &segment) {
           return segment.mode == wasm::SegmentMode::Active &&
                  segment.table == index && !segment.expressions.empty();
         });
}

void ModulePlan::layOutInstance() {
  const wasm::Module &wasm = module();
  counts_.imports = wasm.imports.size();
  counts_.globals = wasm.globals.size() - wasm.importedGlobalCount;
  counts_.memories = wasm.memories.size() - wasm.importedMemoryCount;
  counts_.tables = wasm.tables.size() - wasm.importedTableCount;
  counts_.dataSegments = wasm.data.size();
  counts_.elementSegments = wasm.elements.size();
  counts_.records = sharesFunctions_ ? 0 : facts_.referenced.count();
  if (options_.cInterface)
    counts_.hostFunctions = static_cast<uint64_t>(
        llvm::count_if(wasm.imports, [&](const wasm::Import &import) {
          return hasSeveralResults(wasm, import);
        }));
  recordNumbers_.resize(wasm.functions.size());
  for (uint64_t number = 0; unsigned function : facts_.referenced.set_bits())
    recordNumbers_[function] = number++;
  auto take = [&](uint64_t count) {
    const uint64_t first = counts_.cells;
    counts_.cells += count;
    return first;
  };
  for (uint32_t i = 0; i < wasm.tables.size(); ++i)
    tableCells_.push_back(isTableFixed(wasm::TableIndex(i))
                              ? take(wasm.tables[i].type.limits.minimum)
                              : 0);
  for (const wasm::ElementSegment &segment : wasm.elements)
    segmentCells_.push_back(segment.mode == wasm::SegmentMode::Declarative
                                ? 0
                                : take(segment.itemCount()));
}

bool ModulePlan::isTableFixed(wasm::TableIndex index) const {
  return !isTableShared(index) && !facts_.growingTables.test(index.value);
}

std::optional<uint64_t>
ModulePlan::fixedTableCell(wasm::TableIndex index) const {
  if (!isTableFixed(index))
    return std::nullopt;
  return tableCells_[index.value];
}

uint64_t ModulePlan::instanceOffset(abi::InstancePart part,
                                    uint64_t number) const {
  uint64_t byteLength = 0;
#define INSTANCE_PART(name, Struct)                                            \
  if (part == abi::InstancePart::name)                                         \
    byteLength = sizeof(abi::Struct);
#include "abi/instance_layout.def"
  return abi::partOffset(counts_, part) + number * byteLength;
}

/// Imported entities are found by their import.
uint64_t ModulePlan::exportOffset(const wasm::Export &item) const {
  using abi::InstancePart;
  const wasm::Module &wasm = module();
  auto offset = [&](std::optional<uint32_t> import, InstancePart part,
                    uint32_t importedCount) {
    return import ? instanceOffset(InstancePart::imports, *import)
                  : instanceOffset(part, item.index - importedCount);
  };
  switch (item.kind) {
  case wasm::ExternalKind::Function:
    return wasm.functions[item.index].import
               ? instanceOffset(InstancePart::imports,
                                *wasm.functions[item.index].import)
               : 0;
  case wasm::ExternalKind::Table:
    return offset(wasm.tables[item.index].import, InstancePart::tables,
                  wasm.importedTableCount);
  case wasm::ExternalKind::Memory:
    return offset(wasm.memories[item.index].import, InstancePart::memories,
                  wasm.importedMemoryCount);
  case wasm::ExternalKind::Global:
    return offset(wasm.globals[item.index].import, InstancePart::globals,
                  wasm.importedGlobalCount);
  case wasm::ExternalKind::Tag:
    break;
  }
  return 0;
}

/// The function of "ref.func f", none of "ref.null"; false for all else.
static bool readItem(const wasm::Module &module,
                     const wasm::ConstantExpression &item,
                     std::optional<wasm::FunctionIndex> &function) {
  decode::OperatorReader reader(module, item.code);
  wasm::Instruction instruction;
  if (!reader.next(instruction))
    return false;
  if (instruction.opcode == wasm::Opcode::RefFunc)
    function = wasm::FunctionIndex(instruction.index);
  return instruction.opcode == wasm::Opcode::RefFunc ||
         instruction.opcode == wasm::Opcode::RefNull;
}

/// Whatever a segment's offset is, and whether it was applied yet: a table that
/// only active segments write holds nothing but their items.
void ModulePlan::listTableFunctions() {
  const wasm::Module &wasm = module();
  std::vector<std::optional<llvm::BitVector>> functions(wasm.tables.size());
  for (uint32_t i = 0; i < wasm.tables.size(); ++i)
    if (!isTableShared(wasm::TableIndex(i)) && !facts_.changingTables.test(i) &&
        !wasm.tables[i].initializer)
      functions[i].emplace(wasm.functions.size());
  for (const wasm::ElementSegment &segment : wasm.elements) {
    if (segment.mode != wasm::SegmentMode::Active)
      continue;
    auto &known = functions[segment.table.value];
    const auto add = [&](wasm::FunctionIndex function) {
      // What an import's own type is, its exporter knows.
      if (wasm.functions[function.value].import)
        known.reset();
      else if (known)
        known->set(function.value);
    };
    llvm::for_each(segment.functions, add);
    for (const wasm::ConstantExpression &item : segment.expressions) {
      std::optional<wasm::FunctionIndex> function;
      if (!readItem(wasm, item, function))
        known.reset();
      else if (function)
        add(*function);
    }
  }
  tableFunctions_.resize(wasm.tables.size());
  for (auto [known, table] : llvm::zip(functions, tableFunctions_)) {
    if (!known)
      continue;
    table.emplace();
    for (unsigned i : known->set_bits()) {
      const TypeId id = typeId(wasm.types, wasm.functions[i].type);
      const TableFunctions::OfType none = {wasm::FunctionIndex(i), 0};
      ++table->types.try_emplace(id, none).first->second.count;
    }
  }
}

/// Types that have subtypes are left to the check at run time.
ModulePlan::IndirectTargets
ModulePlan::indirectTargets(wasm::TableIndex table,
                            wasm::TypeIndex type) const {
  const auto &known = tableFunctions_[table.value];
  if (!known || !module().types[type].isFinal)
    return {};
  const auto found = known->types.find(typeId(module().types, type));
  if (found == known->types.end())
    return {};
  IndirectTargets targets;
  targets.allFit = known->types.size() == 1;
  if (found->second.count == 1)
    targets.only = found->second.first;
  return targets;
}

void ModulePlan::cutPartitions() {
  const uint32_t first = module().importedFunctionCount;
  const auto end = static_cast<uint32_t>(module().functions.size());
  Partition current{first, first, 0};
  for (uint32_t index = first; index < end; ++index) {
    if (facts_.reachable.test(index))
      current.codeBytes += module().functions[index].body.size();
    current.endFunction = index + 1;
    if (current.codeBytes >= PartitionCodeBytes && !options_.singlePartition) {
      partitions_.push_back(current);
      current = {index + 1, index + 1, 0};
    }
  }
  if (current.codeBytes != 0 || partitions_.empty())
    partitions_.push_back(current);
  else
    partitions_.back().endFunction = end;
}

void ModulePlan::markExports() {
  for (const wasm::Export &item : module().exports)
    if (item.kind == wasm::ExternalKind::Function)
      exportedFunctions_.set(item.index);
    else if (item.kind == wasm::ExternalKind::Table)
      exportedTables_.set(item.index);
    else if (item.kind == wasm::ExternalKind::Memory)
      exportedMemories_.set(item.index);
}

void ModulePlan::listExports() {
  for (const wasm::Export &item : module().exports) {
    std::string symbol;
    MemoryTraits traits;
    if (item.kind == wasm::ExternalKind::Memory)
      traits = memory(wasm::MemoryIndex(item.index)).traits;
    const bool hasTail = item.kind == wasm::ExternalKind::Function &&
                         hasTailEntry(wasm::FunctionIndex(item.index));
    if (options_.isInstancePointer && item.kind != wasm::ExternalKind::Tag) {
      if (item.kind == wasm::ExternalKind::Function &&
          !module().functions[item.index].import)
        symbol = functionSymbol(wasm::FunctionIndex(item.index));
      exports_.push_back({std::string(item.name), item.kind, item.index,
                          std::move(symbol), exportOffset(item), traits,
                          hasTail});
      continue;
    }
    switch (item.kind) {
    case wasm::ExternalKind::Function:
      symbol = functionSymbol(wasm::FunctionIndex(item.index));
      break;
    case wasm::ExternalKind::Table:
      symbol = tableSymbol(wasm::TableIndex(item.index));
      break;
    case wasm::ExternalKind::Memory:
      symbol = memorySymbol(wasm::MemoryIndex(item.index));
      break;
    case wasm::ExternalKind::Global:
      symbol = globalSymbol(wasm::GlobalIndex(item.index));
      break;
    case wasm::ExternalKind::Tag:
      continue;
    }
    exports_.push_back({std::string(item.name), item.kind, item.index,
                        std::move(symbol), 0, traits, hasTail});
  }
}

std::unique_ptr<llvm::Module>
ModulePlan::translate(size_t partition, llvm::LLVMContext &context) const {
  ModuleEmitter emitter(*this, partition, context);
  return emitter.emit();
}

size_t ModulePlan::partitionOf(wasm::FunctionIndex function) const {
  auto found = std::upper_bound(
      partitions_.begin(), partitions_.end(), function.value,
      [](uint32_t index, const Partition &p) { return index < p.endFunction; });
  assert(found != partitions_.end());
  return static_cast<size_t>(found - partitions_.begin());
}

std::string ModulePlan::symbol(llvm::StringRef kind, uint32_t index) const {
  return (options_.symbolPrefix + kind + llvm::Twine(index)).str();
}

std::string ModulePlan::functionSymbol(wasm::FunctionIndex index) const {
  const wasm::Function &function = module().functions[index.value];
  if (function.import && !options_.isInstancePointer && !isMissing(index) &&
      !bindingWithMemory(index))
    return importSymbol(*function.import);
  std::string result = symbol("f", index.value);
  const std::string_view name = module().functionName(index);
  // Names make profiles and disassembly readable; odd ones stay out.
  if (!name.empty() && name.size() <= MaxNameInSymbol &&
      llvm::all_of(name, [](char c) { return c > 0x20 && c < 0x7f; }))
    result.append(".").append(name);
  return result;
}

std::vector<std::string> ModulePlan::functionSymbols() const {
  std::vector<std::string> symbols;
  for (unsigned i : facts_.reachable.set_bits())
    if (const wasm::FunctionIndex index(i); !module().functions[i].import)
      symbols.push_back(hasTailEntry(index) ? tailSymbol(index)
                                            : functionSymbol(index));
  return symbols;
}

bool ModulePlan::isMissing(wasm::FunctionIndex index) const {
  const wasm::Function &function = module().functions[index.value];
  return function.import && !options_.isInstancePointer &&
         options_.imports[*function.import].kind ==
             ImportBinding::Kind::Missing;
}

const ImportBinding *
ModulePlan::bindingWithMemory(wasm::FunctionIndex index) const {
  const wasm::Function &function = module().functions[index.value];
  if (!function.import || options_.isInstancePointer)
    return nullptr;
  const ImportBinding &binding = options_.imports[*function.import];
  return binding.callersMemory ? &binding : nullptr;
}

/// The first module with a start function; the last where there is none.
static const wasm::Origin &firstStarted(const wasm::Module &module) {
  for (const wasm::Origin &origin : module.origins)
    if (origin.start)
      return origin;
  return module.origins.back();
}

uint32_t ModulePlan::placeableElementCount() const {
  return module().origins.empty()
             ? static_cast<uint32_t>(module().elements.size())
             : firstStarted(module()).endElement;
}

uint32_t ModulePlan::placeableDataCount() const {
  return module().origins.empty() ? static_cast<uint32_t>(module().data.size())
                                  : firstStarted(module()).endData;
}

bool ModulePlan::hasTailEntry(wasm::FunctionIndex index) const {
  const wasm::Function &function = module().functions[index.value];
  if (!function.import)
    return facts_.makesTailCalls.test(index.value);
  // With an instance pointer only the instance knows what it is bound to.
  return !options_.isInstancePointer &&
         options_.imports[*function.import].hasTailEntry;
}

bool ModulePlan::needsCEntry(wasm::FunctionIndex index) const {
  return facts_.referenced.test(index.value) || isFunctionExported(index) ||
         llvm::any_of(module().exports, [&](const wasm::Export &item) {
           return item.kind == wasm::ExternalKind::Function &&
                  item.index == index.value && item.name == "_start";
         });
}

std::string ModulePlan::tableSymbol(wasm::TableIndex index) const {
  const wasm::Table &table = module().tables[index.value];
  return table.import ? importSymbol(*table.import)
                      : symbol("table", index.value);
}

bool ModulePlan::isOwn(wasm::MemoryIndex index) const {
  const std::optional<uint32_t> import = module().memories[index.value].import;
  return !import || isOwnImport(options_, *import);
}

std::string ModulePlan::memorySymbol(wasm::MemoryIndex index) const {
  return isOwn(index) ? symbol("memory", index.value)
                      : importSymbol(*module().memories[index.value].import);
}

std::string ModulePlan::globalSymbol(wasm::GlobalIndex index) const {
  const wasm::Global &global = module().globals[index.value];
  return global.import ? importSymbol(*global.import)
                       : symbol("global", index.value);
}

bool ModulePlan::isTableShared(wasm::TableIndex index) const {
  return module().tables[index.value].import ||
         (options_.exportAll && exportedTables_.test(index.value));
}

bool ModulePlan::isMemoryShared(wasm::MemoryIndex index) const {
  return !isOwn(index) ||
         (options_.exportAll && exportedMemories_.test(index.value));
}

} // namespace wrought::translate

#include "merge/merge_modules.h"

#include "wasm/describe.h"
#include "wasm/limits.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

namespace wrought::merge {

using namespace wasm;

/// The only one that makes a validated module from others.
class Merger {
public:
  Merger(llvm::ArrayRef<LinkedModule> modules, const Links &links,
         Diagnostics &diagnostics)
      : modules_(modules), links_(links), diagnostics_(diagnostics),
        origins_(modules.size()) {}

  std::optional<MergedModule> run() {
    if (!joinBytes())
      return std::nullopt;
    for (uint32_t number : links_.order)
      addTypes(number);
    for (uint32_t number = 0; number < modules_.size(); ++number)
      addForeignImports(number);
    countImports();
    for (uint32_t number : links_.order)
      addDefinitions(number);
    for (uint32_t number = 0; number < modules_.size(); ++number)
      addMemories(number);
    for (uint32_t number : links_.order)
      mapBoundImports(number);
    for (uint32_t number : links_.order)
      fillIn(number);
    addExports();
    finish();
    if (hasFailed_)
      return std::nullopt;
    return std::move(result_);
  }

private:
  const Module &input(uint32_t number) const {
    return modules_[number].module->module();
  }
  Module &whole() { return result_.module.module_; }

  bool joinBytes() {
    uint64_t byteLength = 0, typeCount = 0;
    for (uint32_t number = 0; number < modules_.size(); ++number) {
      byteLength += input(number).bytes.size();
      typeCount += input(number).types.size();
    }
    // Types are numbered in few bits, and lines of code in 32.
    constexpr uint64_t MostTypes = uint64_t{1} << 26;
    if (byteLength > limits::ModuleBytes || typeCount > MostTypes) {
      diagnostics_.error("the modules are larger together than one may be "
                         "(1 GiB)");
      return false;
    }
    result_.bytes.reserve(byteLength);
    for (uint32_t number : links_.order) {
      Origin &origin = origins_[number];
      origin.name = modules_[number].name;
      origin.sourceName = input(number).sourceName;
      origin.bytes.begin = result_.bytes.size();
      llvm::append_range(result_.bytes, input(number).bytes);
      origin.bytes.end = result_.bytes.size();
    }
    whole().bytes = result_.bytes;
    whole().sourceName = input(0).sourceName;
    whole().name = input(0).name;
    return true;
  }

  void addTypes(uint32_t number) {
    const TypeStore &types = input(number).types;
    IndexMap &indices = origins_[number].indices;
    indices.firstType = static_cast<uint32_t>(whole().types.size());
    for (uint32_t first = 0; first < types.size();) {
      const uint32_t size = types.group(TypeIndex(first)).second;
      std::vector<SubType> group;
      group.reserve(size);
      for (uint32_t i = 0; i < size; ++i)
        group.push_back(mapType(indices, types[TypeIndex(first + i)]));
      whole().types.addGroup(std::move(group));
      first += size;
    }
  }

  static SubType mapType(const IndexMap &indices, SubType type) {
    if (type.supertype)
      type.supertype = indices.map(*type.supertype);
    for (std::vector<ValueType> *list :
         {&type.function.parameters, &type.function.results})
      for (ValueType &value : *list)
        value = indices.map(value);
    for (FieldType &field : type.fields)
      field.value = indices.map(field.value);
    return type;
  }

  //===--------------------------------------------------------------------===//
  // Index spaces: foreign imports, then what is defined
  //===--------------------------------------------------------------------===//

  void addForeignImports(uint32_t number) {
    const Module &module = input(number);
    IndexMap &indices = origins_[number].indices;
    indices.functions.resize(module.functions.size());
    indices.tables.resize(module.tables.size());
    indices.memories.resize(module.memories.size());
    indices.globals.resize(module.globals.size());
    indices.tags.resize(module.tags.size());
    for (uint32_t i = 0; i < module.imports.size(); ++i)
      if (!links_.bound[number][i])
        addForeignImport(number, module.imports[i]);
  }

  void addForeignImport(uint32_t number, const Import &import) {
    const Origin &origin = origins_[number];
    const Module &module = input(number);
    const auto row = static_cast<uint32_t>(whole().imports.size());
    Import copy = import;
    copy.byteOffset += origin.bytes.begin;
    const uint32_t index = import.index();
    switch (import.kind()) {
    case ExternalKind::Function: {
      Function function;
      function.type = origin.indices.map(module.functions[index].type);
      function.import = row;
      copy.entity = setFunction(number, index, function);
      break;
    }
    case ExternalKind::Table: {
      Table table = mapTable(origin, module.tables[index]);
      table.import = row;
      copy.entity = setTable(number, index, std::move(table));
      break;
    }
    case ExternalKind::Memory: {
      if (const auto known = findMemory(import)) {
        origins_[number].indices.memories[index] = *known;
        return narrow(number, import, whole().memories[known->value]);
      }
      Memory memory = module.memories[index];
      memory.import = row;
      memory.byteOffset += origin.bytes.begin;
      copy.entity = setMemory(number, index, memory);
      break;
    }
    case ExternalKind::Global: {
      Global global = mapGlobal(origin, module.globals[index]);
      global.import = row;
      copy.entity = setGlobal(number, index, global);
      break;
    }
    case ExternalKind::Tag: {
      Tag tag = mapTag(origin, module.tags[index]);
      tag.import = row;
      copy.entity = setTag(number, index, tag);
      break;
    }
    }
    whole().imports.push_back(copy);
  }

  std::optional<MemoryIndex> findMemory(const Import &wanted) {
    for (const Import &import : whole().imports)
      if (import.kind() == ExternalKind::Memory &&
          import.module == wanted.module && import.name == wanted.name)
        return std::get<MemoryIndex>(import.entity);
    return std::nullopt;
  }

  /// The memory must serve both imports.
  void narrow(uint32_t number, const Import &import, Memory &memory) {
    const MemoryType &wanted = input(number).memories[import.index()].type;
    Limits &limits = memory.type.limits;
    limits.minimum = std::max(limits.minimum, wanted.limits.minimum);
    if (wanted.limits.maximum)
      limits.maximum =
          std::min(limits.maximum.value_or(UINT64_MAX), *wanted.limits.maximum);
    if (limits.is64 == wanted.limits.is64 &&
        limits.isShared == wanted.limits.isShared &&
        memory.type.pageSizeLog2 == wanted.pageSizeLog2 &&
        limits.minimum <= limits.maximum.value_or(UINT64_MAX))
      return;
    Location location;
    location.file = input(number).sourceName;
    location.byteOffset = import.byteOffset;
    diagnostics_.error(
        std::move(location),
        llvm::formatv("import \"{0}\" \"{1}\", {2}: another module imports it "
                      "as what this cannot be",
                      llvm::StringRef(import.module),
                      llvm::StringRef(import.name),
                      describeImport(input(number), import))
            .str());
    hasFailed_ = true;
  }

  void countImports() {
    whole().importedFunctionCount =
        static_cast<uint32_t>(whole().functions.size());
    whole().importedTableCount = static_cast<uint32_t>(whole().tables.size());
    whole().importedMemoryCount =
        static_cast<uint32_t>(whole().memories.size());
    whole().importedGlobalCount = static_cast<uint32_t>(whole().globals.size());
    whole().importedTagCount = static_cast<uint32_t>(whole().tags.size());
  }

  void addDefinitions(uint32_t number) {
    const Module &module = input(number);
    Origin &origin = origins_[number];
    origin.firstFunction = static_cast<uint32_t>(whole().functions.size());
    origin.importedFunctionCount = module.importedFunctionCount;
    for (uint32_t i = module.importedFunctionCount; i < module.functions.size();
         ++i) {
      const Function &function = module.functions[i];
      setFunction(number, i,
                  {origin.indices.map(function.type), std::nullopt,
                   shift(origin, function.body)});
    }
    for (uint32_t i = module.importedTableCount; i < module.tables.size(); ++i)
      setTable(number, i, mapTable(origin, module.tables[i]));
    for (uint32_t i = module.importedGlobalCount; i < module.globals.size();
         ++i)
      setGlobal(number, i, mapGlobal(origin, module.globals[i]));
    for (uint32_t i = module.importedTagCount; i < module.tags.size(); ++i)
      setTag(number, i, mapTag(origin, module.tags[i]));
    origin.endGlobal = static_cast<uint32_t>(whole().globals.size());
    origin.endTable = static_cast<uint32_t>(whole().tables.size());
  }

  /// The main module's come first: the first memory is the cheapest to reach.
  void addMemories(uint32_t number) {
    const Module &module = input(number);
    for (uint32_t i = module.importedMemoryCount; i < module.memories.size();
         ++i) {
      Memory memory = module.memories[i];
      memory.byteOffset += origins_[number].bytes.begin;
      setMemory(number, i, memory);
    }
  }

  /// Puts an entity of a module behind those of its kind, and notes where.
  template <typename Index, typename Entity>
  Index place(std::vector<Entity> &all, std::vector<Index> &places,
              uint32_t index, Entity entity) {
    const Index at(static_cast<uint32_t>(all.size()));
    all.push_back(std::move(entity));
    return places[index] = at;
  }

  FunctionIndex setFunction(uint32_t number, uint32_t index,
                            Function function) {
    whole().functionNames.push_back(
        input(number).functionName(FunctionIndex(index)));
    return place(whole().functions, origins_[number].indices.functions, index,
                 std::move(function));
  }
  TableIndex setTable(uint32_t number, uint32_t index, Table table) {
    return place(whole().tables, origins_[number].indices.tables, index,
                 std::move(table));
  }
  MemoryIndex setMemory(uint32_t number, uint32_t index, Memory memory) {
    return place(whole().memories, origins_[number].indices.memories, index,
                 memory);
  }
  GlobalIndex setGlobal(uint32_t number, uint32_t index, Global global) {
    return place(whole().globals, origins_[number].indices.globals, index,
                 global);
  }
  TagIndex setTag(uint32_t number, uint32_t index, Tag tag) {
    return place(whole().tags, origins_[number].indices.tags, index, tag);
  }

  static ByteRange shift(const Origin &origin, ByteRange range) {
    return {range.begin + origin.bytes.begin, range.end + origin.bytes.begin};
  }
  static ConstantExpression shift(const Origin &origin,
                                  const ConstantExpression &expression) {
    return {shift(origin, expression.code)};
  }
  static Table mapTable(const Origin &origin, Table table) {
    table.type.element = origin.indices.map(table.type.element);
    if (table.initializer)
      table.initializer = shift(origin, *table.initializer);
    table.byteOffset += origin.bytes.begin;
    return table;
  }
  static Global mapGlobal(const Origin &origin, Global global) {
    global.type.value = origin.indices.map(global.type.value);
    global.initializer = shift(origin, global.initializer);
    global.byteOffset += origin.bytes.begin;
    return global;
  }
  static Tag mapTag(const Origin &origin, Tag tag) {
    tag.type.type = origin.indices.map(tag.type.type);
    tag.byteOffset += origin.bytes.begin;
    return tag;
  }

  void mapBoundImports(uint32_t number) {
    const auto &imports = input(number).imports;
    IndexMap &indices = origins_[number].indices;
    for (uint32_t i = 0; i < imports.size(); ++i) {
      const std::optional<Entity> &bound = links_.bound[number][i];
      if (!bound)
        continue;
      const IndexMap &from = origins_[bound->module].indices;
      withIndexSpace(imports[i].kind(), [&](auto space) {
        (indices.*space)[imports[i].index()] = (from.*space)[bound->index];
      });
    }
  }

  /// Calls `use` with the member of IndexMap for entities of a kind.
  template <typename Use>
  static void withIndexSpace(ExternalKind kind, const Use &use) {
    switch (kind) {
    case ExternalKind::Function:
      return use(&IndexMap::functions);
    case ExternalKind::Table:
      return use(&IndexMap::tables);
    case ExternalKind::Memory:
      return use(&IndexMap::memories);
    case ExternalKind::Global:
      return use(&IndexMap::globals);
    case ExternalKind::Tag:
      return use(&IndexMap::tags);
    }
  }

  //===--------------------------------------------------------------------===//
  // What refers to the index spaces
  //===--------------------------------------------------------------------===//

  void fillIn(uint32_t number) {
    const Module &module = input(number);
    Origin &origin = origins_[number];
    IndexMap &indices = origin.indices;
    indices.firstElement = static_cast<uint32_t>(whole().elements.size());
    for (const ElementSegment &segment : module.elements)
      whole().elements.push_back(mapSegment(origin, segment));
    indices.firstData = static_cast<uint32_t>(whole().data.size());
    for (DataSegment segment : module.data) {
      if (segment.mode == SegmentMode::Active)
        segment.memory = indices.memories[segment.memory.value];
      segment.offset = shift(origin, segment.offset);
      segment.bytes = shift(origin, segment.bytes);
      segment.byteOffset += origin.bytes.begin;
      whole().data.push_back(segment);
    }
    origin.endElement = static_cast<uint32_t>(whole().elements.size());
    origin.endData = static_cast<uint32_t>(whole().data.size());
    if (module.start)
      origin.start = indices.functions[module.start->value];
    origin.wasiMemory = wasiMemory(number);
    noteFacts(number);
  }

  static ElementSegment mapSegment(const Origin &origin,
                                   ElementSegment segment) {
    const IndexMap &indices = origin.indices;
    if (segment.mode == SegmentMode::Active)
      segment.table = indices.tables[segment.table.value];
    segment.offset = shift(origin, segment.offset);
    segment.type = indices.map(segment.type);
    for (FunctionIndex &function : segment.functions)
      function = indices.functions[function.value];
    for (ConstantExpression &expression : segment.expressions)
      expression = shift(origin, expression);
    segment.byteOffset += origin.bytes.begin;
    return segment;
  }

  /// What it exports as such, else its first: libraries import theirs.
  std::optional<MemoryIndex> wasiMemory(uint32_t number) const {
    const Module &module = input(number);
    for (const Export &item : module.exports)
      if (item.kind == ExternalKind::Memory && item.name == "memory")
        return origins_[number].indices.memories[item.index];
    if (module.memories.empty())
      return std::nullopt;
    return origins_[number].indices.memories[0];
  }

  void noteFacts(uint32_t number) {
    const validate::ValidatedModule &validated = *modules_[number].module;
    const Origin &origin = origins_[number];
    auto &facts = result_.module.facts_;
    facts.resize(whole().functions.size());
    for (size_t i = 0; i < validated.facts_.size(); ++i)
      if (!input(number).functions[i].import)
        facts[origin.indices.functions[i].value] = validated.facts_[i];
    for (validate::FeatureUse use : validated.uses_) {
      if (llvm::any_of(result_.module.uses_, [&](const auto &known) {
            return known.feature == use.feature;
          }))
        continue;
      use.byteOffset += origin.bytes.begin;
      if (use.function)
        use.function = origin.indices.functions[use.function->value];
      result_.module.uses_.push_back(use);
    }
  }

  void addExports() {
    const Origin &origin = origins_[0];
    for (Export item : input(0).exports) {
      withIndexSpace(item.kind, [&](auto space) {
        item.index = (origin.indices.*space)[item.index].value;
      });
      item.byteOffset += origin.bytes.begin;
      whole().exports.push_back(item);
    }
  }

  void finish() {
    llvm::sort(result_.module.uses_, [](const auto &a, const auto &b) {
      return a.feature < b.feature;
    });
    auto context = std::make_unique<validate::ModuleContext>();
    context->features = modules_[0].module->context().features;
    context->declaredFunctions.resize(whole().functions.size());
    for (uint32_t number = 0; number < modules_.size(); ++number) {
      const auto &declared =
          modules_[number].module->context().declaredFunctions;
      for (size_t i = 0; i < declared.size(); ++i)
        if (declared[i])
          context
              ->declaredFunctions[origins_[number].indices.functions[i].value] =
              true;
    }
    result_.module.context_ = std::move(context);
    for (uint32_t number : links_.order) {
      if (number == 0)
        whole().mainOrigin = static_cast<uint32_t>(whole().origins.size());
      whole().origins.push_back(std::move(origins_[number]));
    }
  }

  llvm::ArrayRef<LinkedModule> modules_;
  const Links &links_;
  Diagnostics &diagnostics_;
  std::vector<Origin> origins_; ///< by module
  MergedModule result_;
  bool hasFailed_ = false;
};

std::optional<MergedModule> mergeModules(llvm::ArrayRef<LinkedModule> modules,
                                         const Links &links,
                                         Diagnostics &diagnostics) {
  return Merger(modules, links, diagnostics).run();
}

} // namespace wrought::merge

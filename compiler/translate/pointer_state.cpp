#include "translate/pointer_state.h"

#include "abi/instance_layout.h"
#include "decode/operator_reader.h"
#include "translate/constant_expression.h"
#include "translate/library_exports.h"
#include "translate/type_id.h"

namespace wrought::translate {

using wasm::SegmentMode;

namespace {

constexpr uint64_t None = UINT64_MAX;

/// Numbers of abi::TableTemplate.
using Numbers = std::vector<uint32_t>;

class PointerState {
public:
  explicit PointerState(ModuleEmitter &module)
      : module_(module), plan_(module.plan()), wasm_(module.wasm()),
        types_(module.types()),
        null_(llvm::ConstantPointerNull::get(types_.pointer)) {}

  void define() {
    llvm::Constant *globals = makeGlobals();
    llvm::Constant *tables = makeTables();
    llvm::Constant *memories = makeMemories();
    llvm::Constant *data = makeDataSegments();
    llvm::Constant *elements = makeElementSegments();
    llvm::Constant *records = makeRecords();
    llvm::Constant *initialize = module_.defineInstantiate(work_);
    llvm::Constant *names = module_.defineModuleDescriptor({});

    llvm::SmallVector<llvm::Constant *, 8> counts;
    const abi::InstanceCounts &count = plan_.instanceCounts();
#define INSTANCE_PART(part, Struct) counts.push_back(u64(count.part));
#include "abi/instance_layout.def"
    const LibraryRows host = makeLibraryRows(module_);
    llvm::StructType *layout = types_.abi(AbiStruct::Library);
    auto *library = new llvm::GlobalVariable(
        module_.llvmModule(), layout, true, llvm::GlobalValue::ExternalLinkage,
        llvm::ConstantStruct::get(
            layout, {names,
                     array(counts, types_.i64),
                     u64(plan_.instanceByteLength()),
                     memories,
                     tables,
                     globals,
                     data,
                     elements,
                     records,
                     initialize,
                     u64(plan_.options().target->maxPageByteLength),
                     host.importSlots,
                     u64(host.importCount),
                     host.imports,
                     host.exports,
                     u64(host.exportCount),
                     makeVersion(),
                     cpuCheck(),
                     u64(plan_.options().heapByteLength),
                     u64(plan_.options().libraryFuel),
                     host.wasi[0],
                     host.wasi[1],
                     host.wasi[2],
                     host.wasi[3],
                     functionsByteLength()}),
        plan_.options().librarySymbol);
    library->setVisibility(llvm::GlobalValue::HiddenVisibility);
    library->setDSOLocal(true);
    defineLibraryExports(module_, library);
  }

private:
  bool runsAnywhere() const {
    return plan_.options().libraryVersion.requiredFeatures == 0;
  }
  llvm::Constant *makeVersion() {
    const Version &version = plan_.options().libraryVersion;
    if (runsAnywhere())
      return null_;
    return constant(
        row(AbiStruct::Version, {null_, module_.cString(version.cpu),
                                 u64(version.requiredFeatures)}));
  }
  /// For its address; the runtime knows its type.
  llvm::Constant *cpuCheck() {
    if (runsAnywhere())
      return null_;
    llvm::Function *function = llvm::Function::Create(
        llvm::FunctionType::get(types_.voidType, {}, false),
        llvm::GlobalValue::ExternalLinkage, "wrought_library_check_cpu",
        module_.llvmModule());
    function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    return function;
  }

  llvm::ConstantInt *u64(uint64_t value) const { return module_.u64(value); }
  llvm::Constant *array(llvm::ArrayRef<llvm::Constant *> items,
                        llvm::Type *type) {
    return module_.privateArray(items, type, "template");
  }
  llvm::Constant *row(AbiStruct type, llvm::ArrayRef<llvm::Constant *> fields) {
    return llvm::ConstantStruct::get(types_.abi(type), fields);
  }
  llvm::Constant *rows(AbiStruct type, llvm::ArrayRef<llvm::Constant *> items) {
    return array(items, types_.abi(type));
  }

  llvm::Constant *makeGlobals() {
    std::vector<uint64_t> words;
    for (uint32_t i = wasm_.importedGlobalCount; i < wasm_.globals.size();
         ++i) {
      const wasm::Global &global = wasm_.globals[i];
      llvm::Constant *value =
          global.type.isMutable ? evaluateConstant(module_, global.initializer)
                                : module_.knownGlobal(wasm::GlobalIndex(i));
      if (!value)
        work_.globals.push_back(wasm::GlobalIndex(i));
      const auto [low, high] = value ? bits(value) : std::pair(0ul, 0ul);
      words.push_back(low);
      words.push_back(high);
    }
    if (words.empty())
      return null_;
    return constant(llvm::ConstantDataArray::get(types_.context, words));
  }

  static std::pair<uint64_t, uint64_t> bits(llvm::Constant *value) {
    if (auto *integer = llvm::dyn_cast<llvm::ConstantInt>(value))
      return {integer->getZExtValue(), 0};
    if (auto *number = llvm::dyn_cast<llvm::ConstantFP>(value))
      return {number->getValueAPF().bitcastToAPInt().getZExtValue(), 0};
    if (auto *vector = llvm::dyn_cast<llvm::ConstantDataVector>(value))
      return {vector->getElementAsInteger(0), vector->getElementAsInteger(1)};
    // An i31.
    if (auto *address = llvm::dyn_cast<llvm::ConstantExpr>(value);
        address && address->getOpcode() == llvm::Instruction::IntToPtr)
      return bits(address->getOperand(0));
    assert(value->isNullValue() && "no other constants are known");
    return {0, 0};
  }

  llvm::Constant *constant(llvm::Constant *contents) {
    return new llvm::GlobalVariable(module_.llvmModule(), contents->getType(),
                                    true, llvm::GlobalValue::PrivateLinkage,
                                    contents, "template");
  }

  llvm::Constant *numbers(const Numbers &contents) {
    if (contents.empty())
      return null_;
    return constant(llvm::ConstantDataArray::get(types_.context, contents));
  }

  //===--------------------------------------------------------------------===//
  // Tables and element segments
  //===--------------------------------------------------------------------===//

  std::optional<uint32_t> number(const wasm::ConstantExpression &expression) {
    decode::OperatorReader reader(wasm_, expression.code);
    wasm::Instruction instruction;
    std::optional<uint32_t> result;
    while (reader.next(instruction)) {
      if (instruction.opcode == wasm::Opcode::RefFunc)
        result = numberOf(wasm::FunctionIndex(instruction.index));
      else if (instruction.opcode == wasm::Opcode::RefNull)
        result = 0;
      else if (instruction.opcode == wasm::Opcode::End)
        break;
      else
        return std::nullopt;
    }
    return result;
  }

  uint32_t numberOf(wasm::FunctionIndex function) const {
    return static_cast<uint32_t>(plan_.recordNumber(function) + 1);
  }

  std::optional<Numbers> items(const wasm::ElementSegment &segment) {
    Numbers result;
    result.reserve(segment.itemCount());
    for (wasm::FunctionIndex function : segment.functions)
      result.push_back(numberOf(function));
    for (const wasm::ConstantExpression &expression : segment.expressions) {
      const std::optional<uint32_t> item = number(expression);
      if (!item)
        return std::nullopt;
      result.push_back(*item);
    }
    return result;
  }

  /// Puts an active segment into its table's contents if all is known.
  bool place(const wasm::ElementSegment &segment,
             std::vector<Numbers> &contents) {
    const wasm::Table &table = wasm_.tables[segment.table.value];
    if (table.import || llvm::is_contained(work_.tables, segment.table))
      return false;
    auto *offset = llvm::dyn_cast_or_null<llvm::ConstantInt>(
        evaluateConstant(module_, segment.offset));
    const uint64_t length = table.type.limits.minimum;
    const uint64_t count = segment.itemCount();
    if (!offset || offset->getZExtValue() > length ||
        count > length - offset->getZExtValue())
      return false;
    // Holes are stored: keep them in proportion to what is there.
    Numbers &own = contents[segment.table.value];
    const uint64_t end = offset->getZExtValue() + count;
    if (end > own.size() + count * 4 + 256)
      return false;
    const auto known = items(segment);
    if (!known)
      return false;
    if (own.size() < end)
      own.resize(end);
    llvm::copy(*known,
               own.begin() + static_cast<ptrdiff_t>(offset->getZExtValue()));
    return true;
  }

  llvm::Constant *makeTables() {
    std::vector<Numbers> contents(wasm_.tables.size());
    for (uint32_t i = wasm_.importedTableCount; i < wasm_.tables.size(); ++i)
      if (wasm_.tables[i].initializer)
        work_.tables.push_back(wasm::TableIndex(i));
    for (const wasm::ElementSegment &segment : wasm_.elements) {
      if (work_.firstElement == plan_.placeableElementCount() ||
          (segment.mode == SegmentMode::Active && !place(segment, contents)))
        break;
      ++work_.firstElement;
    }
    std::vector<llvm::Constant *> templates;
    for (uint32_t i = wasm_.importedTableCount; i < wasm_.tables.size(); ++i) {
      const wasm::Limits &limits = wasm_.tables[i].type.limits;
      templates.push_back(
          row(AbiStruct::TableTemplate,
              {u64(limits.minimum), u64(limits.maximum.value_or(UINT64_MAX)),
               numbers(contents[i]), u64(contents[i].size()),
               u64(plan_.fixedTableCell(wasm::TableIndex(i)).value_or(None)),
               functionTableType(wasm::TableIndex(i))}));
    }
    return rows(AbiStruct::TableTemplate, templates);
  }

  llvm::Constant *makeElementSegments() {
    std::vector<llvm::Constant *> templates;
    for (uint32_t i = 0; i < wasm_.elements.size(); ++i) {
      const wasm::ElementSegment &segment = wasm_.elements[i];
      const bool isEmpty =
          segment.mode == SegmentMode::Declarative ||
          (segment.mode == SegmentMode::Active && i < work_.firstElement);
      const uint64_t length = isEmpty ? 0 : segment.itemCount();
      llvm::Constant *contents = null_;
      if (length != 0) {
        if (const auto known = items(segment))
          contents = numbers(*known);
        else
          work_.items.push_back(wasm::ElementIndex(i));
      }
      templates.push_back(row(AbiStruct::ElementTemplate,
                              {contents, u64(length),
                               u64(plan_.segmentCell(wasm::ElementIndex(i)))}));
    }
    return rows(AbiStruct::ElementTemplate, templates);
  }

  //===--------------------------------------------------------------------===//
  // Memories and data segments
  //===--------------------------------------------------------------------===//

  llvm::Constant *makeMemories() {
    const ModuleEmitter::PlacedData data = module_.placeData();
    work_.firstData = data.firstDynamic;
    std::vector<llvm::Constant *> templates;
    for (uint32_t i = wasm_.importedMemoryCount; i < wasm_.memories.size();
         ++i) {
      std::vector<llvm::Constant *> images;
      for (const ImageChunk &chunk : data.images[i])
        images.push_back(row(AbiStruct::MemoryImage,
                             {module_.privateBytes(chunk.bytes),
                              u64(chunk.memoryOffset), u64(chunk.bytes.size()),
                              module_.privateBytes(dataRanges(chunk))}));
      templates.push_back(module_.memoryContents(wasm::MemoryIndex(i), images));
    }
    return rows(AbiStruct::Memory, templates);
  }

  llvm::Constant *makeDataSegments() {
    std::vector<llvm::Constant *> templates;
    for (uint32_t i = 0; i < wasm_.data.size(); ++i) {
      const wasm::DataSegment &segment = wasm_.data[i];
      const bool isPlaced =
          segment.mode == SegmentMode::Active && i < work_.firstData;
      const bool isEmpty = isPlaced || segment.bytes.size() == 0;
      templates.push_back(row(
          AbiStruct::Segment,
          {isEmpty ? null_ : module_.privateBytes(wasm_.slice(segment.bytes)),
           u64(isEmpty ? 0 : segment.bytes.size())}));
    }
    return rows(AbiStruct::Segment, templates);
  }

  /// Only what other instances may call.
  llvm::Constant *slotCode(wasm::FunctionIndex function) {
    if (!plan_.sharesFunctions())
      return null_;
    return module_.llvmModule().getFunction(plan_.functionSymbol(function) +
                                            ".array");
  }

  llvm::Constant *functionTableType(wasm::TableIndex index) {
    const bool isForHosts =
        plan_.sharesFunctions() && plan_.isTableShared(index) &&
        isFunctionReference(wasm_.types,
                            wasm_.tables[index.value].type.element);
    return isForHosts
               ? sharedType(module_, wasm::ExternalKind::Table, index.value)
               : null_;
  }

  llvm::Constant *functionsByteLength() const {
    if (!plan_.sharesFunctions())
      return u64(0);
    return u64(sizeof(abi::FunctionOwner) +
               plan_.facts().referenced.count() *
                   sizeof(abi::SharedFunctionRecord));
  }

  llvm::Constant *makeRecords() {
    std::vector<llvm::Constant *> templates;
    for (unsigned i : plan_.facts().referenced.set_bits()) {
      const wasm::Function &function = wasm_.functions[i];
      const TypeId id = typeId(wasm_.types, function.type);
      llvm::Constant *code =
          function.import ? null_ : module_.function(wasm::FunctionIndex(i));
      llvm::Constant *tailCode = plan_.hasTailEntry(wasm::FunctionIndex(i))
                                     ? module_.tailEntry(wasm::FunctionIndex(i))
                                     : null_;
      templates.push_back(
          row(AbiStruct::RecordTemplate,
              {code, u64(id[0]), u64(id[1]), u64(id[2]), tailCode,
               module_.functionSupertypes(function.type),
               u64(function.import ? *function.import : None),
               slotCode(wasm::FunctionIndex(i))}));
    }
    return rows(AbiStruct::RecordTemplate, templates);
  }

  ModuleEmitter &module_;
  const ModulePlan &plan_;
  const wasm::Module &wasm_;
  const LlvmTypes &types_;
  llvm::Constant *const null_;
  ModuleEmitter::Instantiation work_;
};

} // namespace

void definePointerState(ModuleEmitter &module) {
  PointerState(module).define();
}

} // namespace wrought::translate

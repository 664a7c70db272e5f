//===- module_state.cpp - Definitions of an instance's state --------------===//
//
// Partition 0 defines memories, tables, globals, segments and function records
// of the static model. What is known at compile time becomes initial contents;
// the rest is left to the instantiate function of either model, in the order
// that the specification gives: globals, element segments, data segments, start
// function.
//
// Source: WebAssembly Specification 3.0, "Execution / Modules / Instantiation".
//
//===----------------------------------------------------------------------===//

#include "translate/constant_expression.h"
#include "translate/copied_image.h"
#include "translate/function_emitter.h"
#include "translate/module_emitter.h"
#include "translate/type_id.h"

#include "llvm/ADT/StringExtras.h"

namespace wrought::translate {

using wasm::SegmentMode;

void ModuleEmitter::defineStaticState() {
  defineGlobals();
  defineTables();
  defineMemories();
  defineSegments();
  defineRecords();
  ModuleContents contents;
  for (uint32_t i = 0; i < wasm().memories.size(); ++i)
    if (plan_.isOwn(wasm::MemoryIndex(i)))
      contents.memories.push_back(memory(wasm::MemoryIndex(i)));
  for (const wasm::Export &item : wasm().exports) {
    if (item.kind == wasm::ExternalKind::Function && item.name == "_start")
      contents.start = function(wasm::FunctionIndex(item.index));
    if (item.kind == wasm::ExternalKind::Memory && item.name == "memory")
      contents.wasiMemory = memory(wasm::MemoryIndex(item.index));
  }
  if (!wasm().origins.empty())
    if (const auto own = wasm().origins[wasm().mainOrigin].wasiMemory)
      contents.wasiMemory = memory(*own);
  contents.instantiate = defineInstantiate(instantiation_);
  if (plan_.options().hasThreads)
    defineThreadState(contents);
  defineMissingImports();
  llvm::GlobalVariable *descriptor = defineModuleDescriptor(contents);
  defineMemorySwitches(*descriptor);
}

/// What threads do beside the first, which has done what is done once: data
/// goes to the memory, and elements to tables that never change.
void ModuleEmitter::defineThreadState(ModuleContents &contents) {
  Instantiation work = instantiation_;
  work.isForThread = true;
  llvm::erase_if(work.globals, [&](wasm::GlobalIndex index) {
    const wasm::GlobalType &type = wasm().globals[index.value].type;
    return !type.isMutable && !plan_.mayBeObject(type.value);
  });
  llvm::erase_if(work.tables, [&](wasm::TableIndex index) {
    return !isOfEachThread(index);
  });
  llvm::erase_if(work.items, [&](wasm::ElementIndex index) {
    return !isOfEachThread(wasm().elements[index.value]);
  });
  contents.instantiateThread = defineInstantiate(work);
  contents.releaseThread = defineReleaseThread();
  for (const wasm::Export &item : wasm().exports)
    if (item.kind == wasm::ExternalKind::Function &&
        item.name == "wasi_thread_start")
      contents.startThread = function(wasm::FunctionIndex(item.index));
  // What threads share is WASI's memory under any name.
  if (!contents.wasiMemory && !wasm().memories.empty())
    contents.wasiMemory = memory(wasm::MemoryIndex(0));
}

void ModuleEmitter::defineGlobals() {
  for (uint32_t i = wasm().importedGlobalCount; i < wasm().globals.size();
       ++i) {
    const wasm::Global &global = wasm().globals[i];
    const wasm::GlobalIndex index(i);
    llvm::GlobalVariable *variable = this->global(index);
    llvm::Constant *value = global.type.isMutable
                                ? evaluateConstant(*this, global.initializer)
                                : knownGlobal(index);
    if (value)
      variable->setConstant(!global.type.isMutable);
    else
      instantiation_.globals.push_back(index);
    variable->setInitializer(
        value ? value : llvm::Constant::getNullValue(variable->getValueType()));
    variable->setLinkage(
        definitionLinkage(isExported(wasm::ExternalKind::Global, i)));
  }
}

//===----------------------------------------------------------------------===//
// Tables and element segments
//===----------------------------------------------------------------------===//

std::optional<std::vector<llvm::Constant *>>
ModuleEmitter::constantItems(const wasm::ElementSegment &segment) {
  std::vector<llvm::Constant *> items;
  items.reserve(segment.itemCount());
  for (wasm::FunctionIndex function : segment.functions)
    items.push_back(functionRecord(function));
  for (const wasm::ConstantExpression &expression : segment.expressions) {
    llvm::Constant *item = evaluateConstant(*this, expression);
    if (!item)
      return std::nullopt;
    items.push_back(item);
  }
  return items;
}

/// Puts an active segment into its table's initial contents if all is known.
bool ModuleEmitter::placeElementSegment(const wasm::ElementSegment &segment) {
  const wasm::Table &table = wasm().tables[segment.table.value];
  if (table.import || llvm::is_contained(instantiation_.tables, segment.table))
    return false;
  auto *offset = llvm::dyn_cast_or_null<llvm::ConstantInt>(
      evaluateConstant(*this, segment.offset));
  const uint64_t length = table.type.limits.minimum;
  const uint64_t count = segment.itemCount();
  if (!offset || offset->getZExtValue() > length ||
      count > length - offset->getZExtValue())
    return false;
  // Contents are stored whole: keep them in proportion to what is in them.
  auto &contents = tableContents_[segment.table.value];
  if (contents.empty() && length > count * 4 + 256)
    return false;
  auto items = constantItems(segment);
  if (!items)
    return false;
  contents.resize(length, llvm::ConstantPointerNull::get(types_.pointer));
  llvm::copy(*items,
             contents.begin() + static_cast<ptrdiff_t>(offset->getZExtValue()));
  return true;
}

/// Long tables are filled when the program starts, not stored.
void ModuleEmitter::initializeTable(wasm::TableIndex index) {
  constexpr uint64_t MaxStoredLength = 4096;
  const wasm::Table &table = wasm().tables[index.value];
  if (!table.initializer)
    return;
  const uint64_t length = table.type.limits.minimum;
  llvm::Constant *value = evaluateConstant(*this, *table.initializer);
  if (!value || (!value->isNullValue() && length > MaxStoredLength))
    instantiation_.tables.push_back(index);
  else if (!value->isNullValue())
    tableContents_[index.value].resize(length, value);
}

void ModuleEmitter::defineTables() {
  tableContents_.resize(wasm().tables.size());
  for (uint32_t i = wasm().importedTableCount; i < wasm().tables.size(); ++i)
    initializeTable(wasm::TableIndex(i));
  for (const wasm::ElementSegment &segment : wasm().elements) {
    if (instantiation_.firstElement == plan_.placeableElementCount() ||
        (segment.mode == SegmentMode::Active && !placeElementSegment(segment)))
      break;
    ++instantiation_.firstElement;
  }
  for (uint32_t i = wasm().importedTableCount; i < wasm().tables.size(); ++i) {
    const wasm::TableIndex index(i);
    const wasm::Limits &limits = wasm().tables[i].type.limits;
    llvm::GlobalVariable *elements = tableElements(index);
    auto *type = llvm::cast<llvm::ArrayType>(elements->getValueType());
    elements->setInitializer(
        tableContents_[i].empty()
            ? static_cast<llvm::Constant *>(
                  llvm::ConstantAggregateZero::get(type))
            : llvm::ConstantArray::get(type, tableContents_[i]));
    elements->setLinkage(definitionLinkage(false));

    llvm::GlobalVariable *descriptor = table(index);
    llvm::StructType *layout = types_.abi(AbiStruct::Table);
    // No constant knows where a thread's elements are.
    const bool isOwnPlace = !isOfEachThread(index);
    descriptor->setInitializer(llvm::ConstantStruct::get(
        layout, {isOwnPlace ? static_cast<llvm::Constant *>(elements)
                            : llvm::ConstantPointerNull::get(types_.pointer),
                 u64(limits.minimum), u64(limits.maximum.value_or(UINT64_MAX)),
                 u64(isOwnPlace ? limits.minimum : 0)}));
    descriptor->setLinkage(
        definitionLinkage(isExported(wasm::ExternalKind::Table, i)));
  }
}

//===----------------------------------------------------------------------===//
// Memories and data segments
//===----------------------------------------------------------------------===//

llvm::Constant *
ModuleEmitter::privateArray(llvm::ArrayRef<llvm::Constant *> items,
                            llvm::Type *type, llvm::StringRef name) {
  if (items.empty())
    return llvm::ConstantPointerNull::get(types_.pointer);
  auto *arrayType = llvm::ArrayType::get(type, items.size());
  return new llvm::GlobalVariable(*module_, arrayType, /*isConstant=*/true,
                                  llvm::GlobalValue::PrivateLinkage,
                                  llvm::ConstantArray::get(arrayType, items),
                                  name);
}

static llvm::Constant *byteArray(llvm::LLVMContext &context,
                                 std::span<const uint8_t> bytes) {
  return llvm::ConstantDataArray::get(
      context, llvm::ArrayRef(bytes.data(), bytes.size()));
}

llvm::Constant *ModuleEmitter::privateBytes(std::span<const uint8_t> bytes) {
  llvm::Constant *contents = byteArray(types_.context, bytes);
  return new llvm::GlobalVariable(*module_, contents->getType(), true,
                                  llvm::GlobalValue::PrivateLinkage, contents,
                                  "bytes");
}

/// A few bytes to be copied, or pages for the kernel to map: writable, since
/// they become the memory itself.
llvm::GlobalVariable *ModuleEmitter::memoryImage(const ImageChunk &chunk,
                                                 uint32_t memory,
                                                 size_t number) {
  const Options &options = plan_.options();
  const std::string symbol =
      (options.imageOwnerPrefix.value_or(options.symbolPrefix) + "image" +
       llvm::Twine(memory) + "." + llvm::Twine(number))
          .str();
  auto *type = llvm::ArrayType::get(types_.i8, chunk.bytes.size());
  llvm::GlobalVariable *image = stateVariable(symbol, type, false);
  if (options.imageOwnerPrefix)
    return image;
  image->setInitializer(byteArray(types_.context, chunk.bytes));
  if (isCopied(chunk)) {
    image->setConstant(true);
    return image;
  }
  image->setAlignment(llvm::Align(options.target->maxPageByteLength));
  image->setSection("wrought_image");
  return image;
}

ModuleEmitter::PlacedData ModuleEmitter::placeData() {
  const uint64_t pageBytes = plan_.options().target->maxPageByteLength;
  PlacedData result = {{}, 0};
  std::vector<std::vector<PlacedSegment>> placed(wasm().memories.size());
  for (const wasm::DataSegment &segment : wasm().data) {
    if (result.firstDynamic == plan_.placeableDataCount())
      break;
    if (segment.mode == SegmentMode::Active) {
      const bool isOwn = plan_.isOwn(segment.memory);
      auto *offset = isOwn ? llvm::dyn_cast_or_null<llvm::ConstantInt>(
                                 evaluateConstant(*this, segment.offset))
                           : nullptr;
      const uint64_t size = plan_.memory(segment.memory).initialByteLength;
      if (!offset || size > uint64_t{INT64_MAX} ||
          offset->getZExtValue() > size ||
          segment.bytes.size() > size - offset->getZExtValue())
        break;
      placed[segment.memory.value].push_back(
          {offset->getZExtValue(), wasm().slice(segment.bytes)});
    }
    ++result.firstDynamic;
  }

  result.images.resize(wasm().memories.size());
  for (size_t i = 0; i < placed.size(); ++i) {
    auto chunks =
        layOutMemory(placed[i], pageBytes,
                     plan_.memory(wasm::MemoryIndex(static_cast<uint32_t>(i)))
                         .initialByteLength);
    if (!chunks) {
      // Then nothing is placed: segments apply in order.
      result.firstDynamic = 0;
      result.images.assign(wasm().memories.size(), {});
      break;
    }
    result.images[i] = std::move(*chunks);
  }
  return result;
}

llvm::Constant *
ModuleEmitter::memoryContents(wasm::MemoryIndex index,
                              llvm::ArrayRef<llvm::Constant *> images) {
  const MemoryPlan &plan = plan_.memory(index);
  return llvm::ConstantStruct::get(
      types_.abi(AbiStruct::Memory),
      {llvm::ConstantPointerNull::get(types_.pointer), u64(0),
       u64(plan.maximumByteLength), u64(plan.initialByteLength),
       u64(plan.reservedByteLength), u64(plan.base),
       u64(wasm().memories[index.value].type.pageSizeLog2),
       privateArray(images, types_.abi(AbiStruct::MemoryImage), "images"),
       u64(images.size()),
       u64(wasm().memories[index.value].type.limits.isShared)});
}

void ModuleEmitter::defineMemories() {
  const PlacedData data = placeData();
  instantiation_.firstData = data.firstDynamic;
  for (uint32_t i = 0; i < wasm().memories.size(); ++i) {
    const wasm::MemoryIndex index(i);
    if (!plan_.isOwn(index))
      continue;
    std::vector<llvm::Constant *> rows;
    for (const ImageChunk &pages : data.images[i]) {
      const std::optional<ImageChunk> copied = copiedImage(pages);
      const ImageChunk &chunk = copied ? *copied : pages;
      if (chunk.bytes.empty())
        continue;
      llvm::GlobalVariable *image = memoryImage(chunk, i, rows.size());
      rows.push_back(llvm::ConstantStruct::get(
          types_.abi(AbiStruct::MemoryImage),
          {image, u64(chunk.memoryOffset), u64(chunk.bytes.size()),
           llvm::ConstantPointerNull::get(types_.pointer)}));
    }
    llvm::GlobalVariable *descriptor = memory(index);
    descriptor->setInitializer(memoryContents(index, rows));
    descriptor->setLinkage(
        definitionLinkage(isExported(wasm::ExternalKind::Memory, i)));
  }
}

void ModuleEmitter::defineSegments() {
  llvm::StructType *layout = types_.abi(AbiStruct::Segment);
  llvm::Constant *null = llvm::ConstantPointerNull::get(types_.pointer);
  auto define = [&](llvm::GlobalVariable *segment, llvm::Constant *items,
                    uint64_t length) {
    segment->setInitializer(
        llvm::ConstantStruct::get(layout, {items, u64(length)}));
    segment->setLinkage(definitionLinkage(false));
  };

  for (uint32_t i = 0; i < wasm().data.size(); ++i) {
    const wasm::DataSegment &segment = wasm().data[i];
    llvm::Constant *items = null;
    uint64_t length = 0;
    const bool isPlaced =
        segment.mode == SegmentMode::Active && i < instantiation_.firstData;
    if (!isPlaced && segment.bytes.size() != 0) {
      items = privateBytes(wasm().slice(segment.bytes));
      length = segment.bytes.size();
    }
    define(dataSegment(wasm::DataIndex(i)), items, length);
  }

  for (uint32_t i = 0; i < wasm().elements.size(); ++i) {
    const wasm::ElementSegment &segment = wasm().elements[i];
    llvm::Constant *items = null;
    uint64_t length = 0;
    const bool isPlaced =
        segment.mode == SegmentMode::Active && i < instantiation_.firstElement;
    if (!isPlaced && segment.mode != SegmentMode::Declarative &&
        segment.itemCount() != 0) {
      length = segment.itemCount();
      if (auto known = constantItems(segment)) {
        items = privateArray(*known, types_.pointer, "items");
      } else {
        instantiation_.items.push_back(wasm::ElementIndex(i));
        llvm::GlobalVariable *storage = elementItems(wasm::ElementIndex(i));
        storage->setInitializer(
            llvm::Constant::getNullValue(storage->getValueType()));
        storage->setLinkage(llvm::GlobalValue::InternalLinkage);
        // No constant knows where those of a thread are.
        if (!storage->isThreadLocal())
          items = storage;
      }
    }
    define(elementSegment(wasm::ElementIndex(i)), items, length);
  }
}

void ModuleEmitter::defineRecords() {
  llvm::StructType *layout = types_.abi(AbiStruct::FunctionRecord);
  llvm::Constant *null = llvm::ConstantPointerNull::get(types_.pointer);
  for (unsigned i : plan_.facts().referenced.set_bits()) {
    const wasm::FunctionIndex index(i);
    const TypeId id = typeId(wasm().types, wasm().functions[i].type);
    auto *record = llvm::cast<llvm::GlobalVariable>(functionRecord(index));
    record->setInitializer(llvm::ConstantStruct::get(
        layout, {function(index), u64(id[0]), u64(id[1]), u64(id[2]),
                 plan_.hasTailEntry(index) ? tailEntry(index) : null,
                 functionSupertypes(wasm().functions[i].type)}));
    record->setConstant(true);
    record->setLinkage(definitionLinkage(false));
  }
}

//===----------------------------------------------------------------------===//
// Code that belongs to the instance
//===----------------------------------------------------------------------===//

namespace {

/// A function of ours that has no Wasm function behind it.
class Routine {
public:
  Routine(ModuleEmitter &module, llvm::FunctionType *type,
          const llvm::Twine &name, llvm::GlobalValue::LinkageTypes linkage)
      : Routine(module, llvm::Function::Create(type, linkage, name,
                                               module.llvmModule())) {
    if (linkage == llvm::GlobalValue::ExternalLinkage)
      function->setVisibility(llvm::GlobalValue::HiddenVisibility);
    function->setDSOLocal(true);
  }

  /// Defines what was declared.
  Routine(ModuleEmitter &module, llvm::Function *declared)
      : function(declared), builder(module.types().context) {
    module.addCodeAttributes(function);
    // Backtraces leave its frames out.
    function->addFnAttr("wrought-function", llvm::utostr(abi::NoFunction));
    llvm::DISubprogram *subprogram =
        module.createSubprogram(function, function->getName(), 0);
    builder.SetInsertPoint(
        llvm::BasicBlock::Create(module.types().context, "", function));
    builder.SetCurrentDebugLocation(
        llvm::DILocation::get(module.types().context, 0, 0, subprogram));
  }

  llvm::Function *function;
  Builder builder;
};

} // namespace

static const wasm::FunctionType NoValues;

/// A table that threads do not share has its descriptor point to its elements,
/// and so has a segment.
void ModuleEmitter::placeTables(Builder &builder) {
  for (uint32_t i = wasm().importedTableCount; i < wasm().tables.size(); ++i) {
    const wasm::TableIndex index(i);
    if (isOfEachThread(index))
      builder.CreateStore(
          address(builder, tableElements(index)),
          builder.CreateStructGEP(types_.abi(AbiStruct::Table),
                                  address(builder, table(index)),
                                  field::Table_elements));
  }
  for (wasm::ElementIndex index : instantiation_.items)
    if (isOfEachThread(wasm().elements[index.value]))
      builder.CreateStore(
          address(builder, elementItems(index)),
          builder.CreateStructGEP(types_.abi(AbiStruct::Segment),
                                  address(builder, elementSegment(index)),
                                  field::Segment_items));
}

/// The runtime copies the rows. Those of a thread's variables are made on its
/// stack, a few at a time.
void ModuleEmitter::addRootRows(Builder &builder,
                                llvm::ArrayRef<RootCells> roots) {
  llvm::StructType *layout = types_.abi(AbiStruct::GcRoots);
  llvm::FunctionCallee addRoots =
      runtimeFunction(RuntimeFunction::gc_add_roots);
  if (!plan_.options().hasThreads) {
    std::vector<llvm::Constant *> rows;
    for (const RootCells &root : roots)
      rows.push_back(
          llvm::ConstantStruct::get(layout, {root.cells, u64(root.count)}));
    if (!rows.empty())
      builder.CreateCall(
          addRoots, {privateArray(rows, layout, "roots"), u64(rows.size())});
    return;
  }
  constexpr size_t MaxRows = 64;
  if (roots.empty())
    return;
  llvm::Value *rows =
      builder.CreateAlloca(llvm::ArrayType::get(layout, MaxRows));
  while (!roots.empty()) {
    const auto some = roots.take_front(MaxRows);
    roots = roots.drop_front(some.size());
    for (size_t i = 0; i < some.size(); ++i) {
      llvm::Value *row = builder.CreateConstGEP1_64(layout, rows, i);
      builder.CreateStore(
          address(builder, some[i].cells),
          builder.CreateStructGEP(layout, row, field::GcRoots_cells));
      builder.CreateStore(
          u64(some[i].count),
          builder.CreateStructGEP(layout, row, field::GcRoots_count));
    }
    builder.CreateCall(addRoots, {rows, u64(some.size())});
  }
}

/// The collector learns where references to objects are before there are any.
/// An instance by pointer tells that by itself.
void ModuleEmitter::addRoots(Builder &builder) {
  if (instance_->passesInstance())
    return;
  std::vector<RootCells> roots;
  for (uint32_t i = 0; i < wasm().globals.size(); ++i) {
    const wasm::GlobalIndex index(i);
    if (plan_.mayBeObject(wasm().globals[i].type.value) && !knownGlobal(index))
      roots.push_back({global(index), 1});
  }
  for (wasm::ElementIndex index : instantiation_.items)
    if (plan_.mayBeObject(wasm().elements[index.value].type))
      roots.push_back(
          {elementItems(index), wasm().elements[index.value].itemCount()});
  addRootRows(builder, roots);
  for (uint32_t i = 0; i < wasm().tables.size(); ++i)
    if (plan_.mayBeObject(wasm().tables[i].type.element))
      builder.CreateCall(
          runtimeFunction(RuntimeFunction::gc_add_table),
          {instance_->table(builder, wasm::TableIndex(i)).descriptor});
}

llvm::Function *ModuleEmitter::defineReleaseThread() {
  Routine routine(*this, llvm::FunctionType::get(types_.voidType, {}),
                  plan_.options().symbolPrefix + "release_thread",
                  llvm::GlobalValue::InternalLinkage);
  for (unsigned i : plan_.facts().growingTables.set_bits())
    if (isOfEachThread(wasm::TableIndex(i)))
      routine.builder.CreateCall(
          runtimeFunction(RuntimeFunction::table_release),
          {address(routine.builder, table(wasm::TableIndex(i)))});
  if (plan_.options().countsFuel)
    routine.builder.CreateCall(
        runtimeFunction(RuntimeFunction::return_fuel),
        {routine.builder.CreateLoad(types_.i64,
                                    address(routine.builder, fuel()))});
  routine.builder.CreateRetVoid();
  return routine.function;
}

llvm::Function *ModuleEmitter::defineInstantiate(const Instantiation &work) {
  Routine routine(
      *this, CallingConvention(*this, Convention::C, NoValues).functionType(),
      plan_.options().symbolPrefix + "instantiate" +
          (work.isForThread ? "_thread" : ""),
      llvm::GlobalValue::InternalLinkage);
  Builder &builder = routine.builder;
  if (plan_.options().hasThreads)
    placeTables(builder);
  addRoots(builder);
  if (wasm().origins.empty())
    emitInstantiation(builder, work, {}, nullptr);
  const wasm::Origin none;
  const wasm::Origin *before = &none;
  for (const wasm::Origin &origin : wasm().origins) {
    emitInstantiation(builder, work, *before, &origin);
    before = &origin;
  }
  builder.CreateRetVoid();
  return routine.function;
}

/// Of what is left to do, that of one origin behind another; of the whole
/// module where it has none.
void ModuleEmitter::emitInstantiation(Builder &builder,
                                      const Instantiation &work,
                                      const wasm::Origin &before,
                                      const wasm::Origin *origin) {
  const auto isHere = [&](uint32_t index, uint32_t wasm::Origin::*end) {
    return index >= before.*end && (!origin || index < origin->*end);
  };
  for (wasm::GlobalIndex index : work.globals)
    if (isHere(index.value, &wasm::Origin::endGlobal))
      builder.CreateStore(
          evaluate(*this, wasm().globals[index.value].initializer, builder),
          instance_->globalAddress(builder, index));

  for (wasm::TableIndex index : work.tables)
    if (isHere(index.value, &wasm::Origin::endTable))
      builder.CreateCall(
          runtimeFunction(RuntimeFunction::table_fill),
          {instance_->table(builder, index).descriptor, u64(0),
           evaluate(*this, *wasm().tables[index.value].initializer, builder),
           u64(wasm().tables[index.value].type.limits.minimum)});

  // All items are evaluated before any segment is applied.
  for (wasm::ElementIndex index : work.items) {
    if (!isHere(index.value, &wasm::Origin::endElement))
      continue;
    llvm::Value *items = builder.CreateLoad(
        types_.pointer,
        builder.CreateStructGEP(types_.abi(AbiStruct::Segment),
                                instance_->elementSegment(builder, index),
                                field::Segment_items));
    const auto &expressions = wasm().elements[index.value].expressions;
    for (uint32_t k = 0; k < expressions.size(); ++k)
      builder.CreateStore(evaluate(*this, expressions[k], builder),
                          builder.CreateConstGEP1_64(types_.pointer, items, k));
  }

  auto applySegment =
      [&](RuntimeFunction function, llvm::Value *target, llvm::Value *segment,
          const wasm::ConstantExpression &offset, uint64_t length) {
        llvm::Value *start =
            builder.CreateZExt(evaluate(*this, offset, builder), types_.i64);
        builder.CreateCall(runtimeFunction(function),
                           {target, segment, start, u64(0), u64(length)});
        builder.CreateStore(
            u64(0), builder.CreateStructGEP(types_.abi(AbiStruct::Segment),
                                            segment, field::Segment_length));
      };
  for (auto i = static_cast<uint32_t>(work.firstElement);
       i < wasm().elements.size(); ++i) {
    const wasm::ElementSegment &segment = wasm().elements[i];
    if (segment.mode == SegmentMode::Active &&
        isHere(i, &wasm::Origin::endElement) &&
        (!work.isForThread || isOfEachThread(segment.table)))
      applySegment(RuntimeFunction::table_init,
                   instance_->table(builder, segment.table).descriptor,
                   instance_->elementSegment(builder, wasm::ElementIndex(i)),
                   segment.offset, segment.itemCount());
  }
  const size_t endData = work.isForThread ? 0 : wasm().data.size();
  for (auto i = static_cast<uint32_t>(work.firstData); i < endData; ++i) {
    const wasm::DataSegment &segment = wasm().data[i];
    if (segment.mode == SegmentMode::Active &&
        isHere(i, &wasm::Origin::endData))
      applySegment(RuntimeFunction::memory_init,
                   instance_->memoryDescriptor(builder, segment.memory),
                   instance_->dataSegment(builder, wasm::DataIndex(i)),
                   segment.offset, segment.bytes.size());
  }
  const auto &start = origin ? origin->start : wasm().start;
  if (start)
    callFunction(builder, *start, {});
}

Values ModuleEmitter::callFunction(Builder &builder, wasm::FunctionIndex index,
                                   llvm::ArrayRef<llvm::Value *> arguments) {
  const Callee callee = instance_->callee(builder, index);
  const Values results =
      CallingConvention(*this, callee.convention, wasm().functionType(index))
          .call(builder, callee, arguments);
  if (callee.isForeign) {
    llvm::Function *function = builder.GetInsertBlock()->getParent();
    auto *failed = llvm::BasicBlock::Create(types_.context, "", function);
    auto *next = llvm::BasicBlock::Create(types_.context, "", function);
    builder.CreateCondBr(instance_->hasForeignFailed(builder), failed, next,
                         unlikely);
    builder.SetInsertPoint(failed);
    builder.CreateCall(runtimeFunction(RuntimeFunction::host_failed))
        ->setDoesNotReturn();
    builder.CreateUnreachable();
    builder.SetInsertPoint(next);
  }
  return results;
}

/// What is inlined would be left out of a stripped program's backtraces.
static void keepCallee(llvm::Function *wrapper) {
  for (llvm::Instruction &instruction : wrapper->getEntryBlock())
    if (auto *call = llvm::dyn_cast<llvm::CallInst>(&instruction))
      call->setIsNoInline();
}

/// By which callers that do not know of the tail convention, or cannot, get to
/// a function that has it.
void ModuleEmitter::defineCEntry(wasm::FunctionIndex index) {
  const wasm::FunctionType &type = wasm().functionType(index);
  const CallingConvention outer(*this, Convention::C, type);
  const CallingConvention inner(*this, Convention::Tail, type);
  Routine routine(*this, function(index));
  setDefinitionLinkage(routine.function, index);
  const Values arguments = outer.parameters(routine.builder, routine.function);
  outer.returnResults(routine.builder,
                      inner.call(routine.builder,
                                 instance_->callee(routine.builder, index),
                                 arguments));
  keepCallee(routine.function);
}

void ModuleEmitter::defineMissingImports() {
  for (uint32_t i = 0; i < wasm().importedFunctionCount; ++i) {
    const wasm::FunctionIndex index(i);
    if (!plan_.isMissing(index))
      continue;
    if (plan_.partitionCount() == 1 &&
        !module_->getFunction(plan_.functionSymbol(index)))
      continue;
    Routine routine(*this, function(index));
    const wasm::Import &import = wasm().imports[*wasm().functions[i].import];
    routine.builder.CreateCall(runtimeFunction(RuntimeFunction::missing_import),
                               {cString(import.module), cString(import.name)});
    routine.builder.CreateUnreachable();
  }
}

/// WASI works on the memory of the module's descriptor: while one of the linked
/// modules is in a call, that is its own.
void ModuleEmitter::defineMemorySwitches(llvm::GlobalVariable &descriptor) {
  for (uint32_t i = 0; i < wasm().importedFunctionCount; ++i) {
    const wasm::FunctionIndex index(i);
    const ImportBinding *binding = plan_.bindingWithMemory(index);
    if (!binding || (plan_.partitionCount() == 1 &&
                     !module_->getFunction(plan_.functionSymbol(index))))
      continue;
    descriptor.setConstant(false);
    const CallingConvention convention(*this, Convention::C,
                                       wasm().functionType(index));
    Routine routine(*this, function(index));
    if (plan_.partitionCount() == 1)
      routine.function->setLinkage(llvm::GlobalValue::InternalLinkage);
    Builder &builder = routine.builder;
    llvm::Value *place = builder.CreateStructGEP(
        types_.abi(AbiStruct::Module), &descriptor, field::Module_wasiMemory);
    llvm::Value *others = builder.CreateLoad(types_.pointer, place);
    const std::optional<wasm::MemoryIndex> own = binding->callersMemory->index;
    builder.CreateStore(own ? static_cast<llvm::Constant *>(memory(*own))
                            : llvm::ConstantPointerNull::get(types_.pointer),
                        place);
    llvm::Function *callee =
        declareFunction(binding->symbol, convention.functionType());
    const Values results =
        convention.call(builder, {callee, Convention::C},
                        convention.parameters(builder, routine.function));
    builder.CreateStore(others, place);
    convention.returnResults(builder, results);
  }
}

void ModuleEmitter::defineArrayWrappers() {
  for (const wasm::Export &item : wasm().exports)
    if (item.kind == wasm::ExternalKind::Function)
      defineArrayWrapper(wasm::FunctionIndex(item.index));
  if (plan_.sharesFunctions())
    for (unsigned function : plan_.facts().referenced.set_bits())
      defineArrayWrapper(wasm::FunctionIndex(function));
}

void ModuleEmitter::defineArrayWrapper(wasm::FunctionIndex index) {
  // An imported function's wrapper is where the function is.
  if (wasm().functions[index.value].import &&
      !plan_.options().isInstancePointer)
    return;
  const std::string name = plan_.functionSymbol(index) + ".array";
  if (module_->getFunction(name))
    return;
  const unsigned hidden = instance_->passesInstance() ? 1 : 0;
  const llvm::SmallVector<llvm::Type *, 2> parameters(hidden + 1,
                                                      types_.pointer);
  Routine routine(*this,
                  llvm::FunctionType::get(types_.voidType, parameters, false),
                  name, llvm::GlobalValue::ExternalLinkage);
  Builder &builder = routine.builder;
  llvm::Value *slots = routine.function->getArg(hidden);
  const wasm::FunctionType &type = wasm().functionType(index);
  auto slotCount = [](wasm::ValueType value) {
    return value.isVector() ? 2 : 1;
  };

  Values arguments;
  unsigned slot = 0;
  for (wasm::ValueType parameter : type.parameters) {
    llvm::Value *address = builder.CreateConstGEP1_64(types_.i64, slots, slot);
    arguments.push_back(builder.CreateAlignedLoad(types_.value(parameter),
                                                  address, llvm::Align(8)));
    slot += slotCount(parameter);
  }
  const Values results = callFunction(builder, index, arguments);
  // Other instances call by it, as the host calls by other ways.
  if (plan_.sharesFunctions())
    keepCallee(routine.function);
  slot = 0;
  for (unsigned i = 0; i < type.results.size(); ++i) {
    builder.CreateAlignedStore(
        results[i], builder.CreateConstGEP1_64(types_.i64, slots, slot),
        llvm::Align(8));
    slot += slotCount(type.results[i]);
  }
  builder.CreateRetVoid();
}

//===----------------------------------------------------------------------===//
// The module's descriptor
//===----------------------------------------------------------------------===//

llvm::Constant *ModuleEmitter::cString(std::string_view text) {
  llvm::Constant *bytes = llvm::ConstantDataArray::getString(
      types_.context, llvm::StringRef(text.data(), text.size()), true);
  auto *variable = new llvm::GlobalVariable(*module_, bytes->getType(), true,
                                            llvm::GlobalValue::PrivateLinkage,
                                            bytes, "string");
  variable->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
  return variable;
}

llvm::Constant *ModuleEmitter::functionNames(uint64_t &count,
                                             llvm::Constant *&bytes) {
  std::string names;
  std::vector<llvm::Constant *> rows;
  for (uint32_t i = wasm().importedFunctionCount; i < wasm().functions.size();
       ++i) {
    std::string name(wasm().functionName(wasm::FunctionIndex(i)));
    // A host sees no more than the name.
    const wasm::Origin *origin =
        wasm().originOf(wasm().functions[i].body.begin);
    if (origin && plan_.options().isInstancePointer)
      name = origin->name + ":" + name;
    rows.push_back(
        llvm::ConstantStruct::get(types_.abi(AbiStruct::FunctionName),
                                  {u64(wasm().functions[i].body.begin),
                                   u64(names.size()), u64(name.size())}));
    names.append(name);
  }
  count = rows.size();
  bytes = cString(names);
  return privateArray(rows, types_.abi(AbiStruct::FunctionName), "names");
}

llvm::Constant *ModuleEmitter::origins() {
  std::vector<llvm::Constant *> rows;
  for (const wasm::Origin &origin : wasm().origins)
    rows.push_back(llvm::ConstantStruct::get(
        types_.abi(AbiStruct::ModuleOrigin),
        {u64(origin.firstFunction - wasm().importedFunctionCount),
         u64(origin.bytes.begin), u64(origin.importedFunctionCount),
         cString(origin.name)}));
  return privateArray(rows, types_.abi(AbiStruct::ModuleOrigin), "origins");
}

llvm::GlobalVariable *
ModuleEmitter::defineModuleDescriptor(const ModuleContents &contents) {
  llvm::Constant *null = llvm::ConstantPointerNull::get(types_.pointer);
  auto orNull = [&](llvm::Constant *value) { return value ? value : null; };
  uint64_t nameCount = 0;
  llvm::Constant *nameBytes = nullptr;
  llvm::Constant *names = functionNames(nameCount, nameBytes);

  llvm::StructType *layout = types_.abi(AbiStruct::Module);
  auto *descriptor = new llvm::GlobalVariable(
      *module_, layout, /*isConstant=*/true, llvm::GlobalValue::ExternalLinkage,
      llvm::ConstantStruct::get(
          layout,
          {cString(wasm().name),
           privateArray(contents.memories, types_.pointer, "memories"),
           u64(contents.memories.size()), orNull(contents.wasiMemory),
           orNull(contents.instantiate), orNull(contents.start),
           orNull(contents.instantiateThread), orNull(contents.startThread),
           orNull(contents.releaseThread), names, u64(nameCount), nameBytes,
           u64(wasm().importedFunctionCount), origins(),
           u64(wasm().origins.size())}),
      plan_.options().moduleSymbol);
  descriptor->setVisibility(llvm::GlobalValue::HiddenVisibility);
  descriptor->setDSOLocal(true);
  return descriptor;
}

} // namespace wrought::translate

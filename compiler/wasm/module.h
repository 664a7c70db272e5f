//===- module.h - The decoded module, as plain data -----------------------===//
//
// What compiler/decode makes and everything after it reads. It refers into the
// bytes of the binary (names, bodies, data), which must outlive it. A decoded
// module is well-formed but not yet valid.
//
// Source: WebAssembly Specification 3.0, "Structure / Modules".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "wasm/type_store.h"
#include "wasm/types.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

namespace wrought::wasm {

/// A range of module bytes, as offsets from the start of the binary.
struct ByteRange {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t size() const { return end - begin; }
};

/// An initialiser: instructions up to and including `end`.
struct ConstantExpression {
  ByteRange code;
};

struct Import {
  std::string_view module;
  std::string_view name;
  /// Index in the index space of the kind.
  std::variant<FunctionIndex, TableIndex, MemoryIndex, GlobalIndex, TagIndex>
      entity;
  uint64_t byteOffset = 0;
  ExternalKind kind() const {
    return static_cast<ExternalKind>(entity.index());
  }
  uint32_t index() const {
    return std::visit([](auto index) { return index.value; }, entity);
  }
};

struct Export {
  std::string_view name;
  ExternalKind kind;
  uint32_t index; ///< in the index space of the kind
  uint64_t byteOffset = 0;
};

struct Function {
  TypeIndex type;
  /// Set for imported functions.
  std::optional<uint32_t> import;
  /// Set for defined ones: from the local declarations to the final `end`.
  ByteRange body;
};

struct Table {
  TableType type;
  std::optional<uint32_t> import;
  std::optional<ConstantExpression> initializer;
  uint64_t byteOffset = 0;
};

struct Memory {
  MemoryType type;
  std::optional<uint32_t> import;
  uint64_t byteOffset = 0;
};

struct Global {
  GlobalType type;
  std::optional<uint32_t> import;
  ConstantExpression initializer; ///< of defined ones
  uint64_t byteOffset = 0;
};

struct Tag {
  TagType type;
  std::optional<uint32_t> import;
  uint64_t byteOffset = 0;
};

enum class SegmentMode : uint8_t { Active, Passive, Declarative };

struct ElementSegment {
  SegmentMode mode = SegmentMode::Passive;
  TableIndex table;          ///< Active
  ConstantExpression offset; ///< Active
  ValueType type = ValueType::funcRef();
  /// Exactly one of the two holds the items.
  std::vector<FunctionIndex> functions;
  std::vector<ConstantExpression> expressions;
  bool usesExpressions = false;
  uint64_t byteOffset = 0;
  size_t itemCount() const {
    return usesExpressions ? expressions.size() : functions.size();
  }
};

struct DataSegment {
  SegmentMode mode = SegmentMode::Passive;
  MemoryIndex memory;        ///< Active
  ConstantExpression offset; ///< Active
  ByteRange bytes;
  uint64_t byteOffset = 0;
};

struct CustomSection {
  std::string_view name;
  ByteRange payload;
};

struct SectionInfo {
  uint8_t id;
  ByteRange payload;
};

/// Where the entities of a module went that was merged into another one.
struct IndexMap {
  std::vector<FunctionIndex> functions;
  std::vector<TableIndex> tables;
  std::vector<MemoryIndex> memories;
  std::vector<GlobalIndex> globals;
  std::vector<TagIndex> tags;
  uint32_t firstType = 0, firstElement = 0, firstData = 0;

  ValueType map(ValueType type) const {
    return type.isReference()
               ? ValueType::reference(map(type.heap()), type.isNullable())
               : type;
  }
  HeapType map(HeapType type) const {
    return type.isConcrete() ? HeapType(map(type.index())) : type;
  }
  TypeIndex map(TypeIndex type) const {
    return TypeIndex(type.value + firstType);
  }
};

/// One of the modules that a module was merged from (compiler/merge).
struct Origin {
  /// What the others import it as, and what diagnostics call it.
  std::string name, sourceName;
  /// Its bytes, within those of the whole.
  ByteRange bytes;
  IndexMap indices;
  /// Its defined functions are a run: where that begins, and what they had in
  /// front of them.
  uint32_t firstFunction = 0, importedFunctionCount = 0;
  /// Where what it defines ends, so that each origin is instantiated as a whole
  /// before the next one.
  uint32_t endGlobal = 0, endTable = 0, endElement = 0, endData = 0;
  std::optional<FunctionIndex> start;
  /// The memory that its own calls of WASI work on.
  std::optional<MemoryIndex> wasiMemory;
};

struct Module {
  /// What diagnostics call the input: usually its path.
  std::string sourceName;
  std::span<const uint8_t> bytes;

  TypeStore types;
  std::vector<Import> imports;
  /// Each index space has the imported entities first.
  std::vector<Function> functions;
  std::vector<Table> tables;
  std::vector<Memory> memories;
  std::vector<Global> globals;
  std::vector<Tag> tags;
  std::vector<Export> exports;
  std::vector<ElementSegment> elements;
  std::vector<DataSegment> data;
  std::optional<uint32_t> dataCount;
  std::optional<FunctionIndex> start;
  uint64_t startOffset = 0;
  std::vector<CustomSection> customSections;
  std::vector<SectionInfo> sections;

  uint32_t importedFunctionCount = 0, importedTableCount = 0,
           importedMemoryCount = 0, importedGlobalCount = 0,
           importedTagCount = 0;

  /// From the name section; empty views where it says nothing. A malformed name
  /// section is no error.
  std::string_view name;
  std::vector<std::string_view> functionNames;

  /// Of a module that was merged, in the order of instantiation and of their
  /// bytes; each has a start function of its own. Code, constant expressions
  /// and offsets are as they were: OperatorReader maps indices as it reads.
  std::vector<Origin> origins;
  /// The one whose exports these are.
  uint32_t mainOrigin = 0;

  /// The origin of a byte; null in a module that was not merged.
  const Origin *originOf(uint64_t byteOffset) const {
    const auto next =
        std::upper_bound(origins.begin(), origins.end(), byteOffset,
                         [](uint64_t offset, const Origin &o) {
                           return offset < o.bytes.begin;
                         });
    return next == origins.begin() ? nullptr : &next[-1];
  }

  const FunctionType &functionType(FunctionIndex index) const {
    return types[functions[index.value].type].function;
  }
  std::string_view functionName(FunctionIndex index) const {
    return index.value < functionNames.size() ? functionNames[index.value]
                                              : std::string_view();
  }
  /// The number of the import that an entity is, if it is one.
  std::optional<uint32_t> importOf(ExternalKind kind, uint32_t index) const {
    switch (kind) {
    case ExternalKind::Function:
      return functions[index].import;
    case ExternalKind::Table:
      return tables[index].import;
    case ExternalKind::Memory:
      return memories[index].import;
    case ExternalKind::Global:
      return globals[index].import;
    case ExternalKind::Tag:
      return tags[index].import;
    }
    return std::nullopt;
  }
  std::span<const uint8_t> slice(ByteRange range) const {
    return bytes.subspan(range.begin, range.size());
  }
};

} // namespace wrought::wasm

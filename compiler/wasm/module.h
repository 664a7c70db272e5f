//===- module.h - The decoded module, as plain data ------------------------===//
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
  ExternalKind kind() const { return static_cast<ExternalKind>(entity.index()); }
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

  const FunctionType &functionType(FunctionIndex index) const {
    return types[functions[index.value].type].function;
  }
  std::string_view functionName(FunctionIndex index) const {
    return index.value < functionNames.size() ? functionNames[index.value]
                                              : std::string_view();
  }
  std::span<const uint8_t> slice(ByteRange range) const {
    return bytes.subspan(range.begin, range.size());
  }
};

} // namespace wrought::wasm

//===- type_parser.h - Types and type uses of the text format -------------===//
//
// Types are written straight in the binary format; what later parts of the
// module need to know about a defined type is kept in ModuleContext::types.
//
// Source: WebAssembly Specification 3.0, "Text Format / Types" and "Modules /
// Type Uses".
//
//===----------------------------------------------------------------------===//
#pragma once

#include "text/module_context.h"

namespace wrought::text {

struct ReferenceType {
  bool nullable = true;
  /// As the binary's s33: negative for abstract heap types.
  int64_t heap = 0;
  bool isFuncRef() const { return nullable && heap == 0x70 - 0x80; }
};

enum class ParameterNames : uint8_t { Forbidden, Allowed };

struct ParameterName {
  uint32_t index;
  llvm::StringRef identifier; ///< what instructions refer to; may be empty
  llvm::StringRef shown;      ///< for the name section
};

/// `(param …)* (result …)*`
struct Signature {
  ByteWriter parameters, results;
  uint32_t parameterCount = 0, resultCount = 0;
  std::vector<ParameterName> names;
  bool empty() const { return parameterCount + resultCount == 0; }
  /// The two vectors of the binary format.
  std::string encode() const;
};

struct TypeUse {
  uint32_t type = 0;
  /// From the type itself when there is no inline signature.
  uint32_t parameterCount = 0;
};

/// `i64? minimum maximum? shared?` of tables and memories.
struct LimitsText {
  bool is64 = false, isShared = false;
  uint64_t minimum = 0;
  std::optional<uint64_t> maximum;
  /// Memories: log2 of the page size when one is written.
  std::optional<uint8_t> pageSizeLog2;
  void encode(ByteWriter &out) const;
};

class TypeParser {
public:
  explicit TypeParser(ModuleContext &context)
      : context_(context), cursor_(context.cursor) {}

  /// `(type …)` and `(rec …)`, at their parenthesis.
  void typeField();
  void recursionField();

  bool atReferenceType() const;
  ReferenceType referenceType();
  /// Writes a value type.
  void valueType(ByteWriter &out);
  /// `func`, `none`, `$t`, …; as the binary's s33.
  int64_t heapType();
  Signature signature(ParameterNames names);
  /// `(type x)? (param …)* (result …)*`; a signature alone stands for the
  /// first equal plain function type, which is appended when there is none.
  TypeUse typeUse(ParameterNames names, Signature &signature);
  void blockType(ByteWriter &out);
  void globalType(ByteWriter &out);
  /// An `i32` or `i64` at the cursor; true for i64.
  bool addressType();
  /// Minimum, maximum and shared, after the address type.
  void limits(LimitsText &limits);
  /// `(pagesize N)`, if it is there.
  void pageSize(LimitsText &limits);

  static void write(ReferenceType type, ByteWriter &out);

private:
  void subType(ByteWriter &out, bool alone);
  void compositeType(ByteWriter &out, TypeInfo &info);
  void functionType(ByteWriter &out, TypeInfo &info);
  void structType(ByteWriter &out, TypeInfo &info);
  void fieldType(ByteWriter &out);
  void definition(ByteWriter &out, bool alone);
  uint32_t implicitType(const Signature &signature);
  void checkInline(uint32_t type, const Signature &signature, uint32_t token);

  ModuleContext &context_;
  TokenCursor &cursor_;
};

} // namespace wrought::text

//===- segments.cpp - Tables, memories and their segments
//-------------------===//
//
// The part of ModuleParser that deals with what has inline abbreviations.
//
// Source: WebAssembly Specification 3.0, "Text Format / Modules" (Tables,
// Memories, Element Segments, Data Segments).
//
//===----------------------------------------------------------------------===//
#include "text/module_parser.h"
#include "text/sections.h"

namespace wrought::text {

namespace {

enum ElementFlags : uint8_t {
  NotActive = 1,
  /// Active: a table index follows. Otherwise: declarative.
  ExplicitTable = 2,
  Declarative = 2,
  Expressions = 4,
};

constexpr uint8_t OpI32Const = 0x41;
constexpr uint8_t OpI64Const = 0x42;
constexpr uint8_t OpRefFunc = 0xd2;
constexpr uint8_t OpEnd = 0x0b;
constexpr uint8_t ElementKindFunction = 0;

void zeroOffset(bool is64, ByteWriter &out) {
  out.u8(is64 ? OpI64Const : OpI32Const);
  out.u8(0);
  out.u8(OpEnd);
}

} // namespace

//===----------------------------------------------------------------------===//
// Tables and element segments
//===----------------------------------------------------------------------===//

/// `i64? limits reftype`
void ModuleParser::tableType(ByteWriter &out) {
  LimitsText limits;
  limits.is64 = types_.addressType();
  types_.limits(limits);
  TypeParser::write(types_.referenceType(), out);
  limits.encode(out);
}

void ModuleParser::tableField() {
  const uint32_t index = context_.define(Space::Table);
  inlineExports(Space::Table, index);
  if (auto import = inlineImport())
    return importEntry(*import, Space::Table);
  Section &tables = section(SectionTable);
  context_.mark(tables.body);
  ++tables.count;
  const uint32_t begin = cursor_.position();
  const bool is64 = types_.addressType();
  if (types_.atReferenceType())
    return inlineElements(index, is64, tables.body);
  cursor_.moveTo(begin);
  ByteWriter type;
  tableType(type);
  if (!cursor_.hasMore())
    return tables.body.append(type);
  // An initialiser is announced before the type.
  tables.body.u8(0x40);
  tables.body.u8(0);
  tables.body.append(type);
  expression(tables.body);
}

/// `reftype (elem …)`: as many elements as there are in the segment.
void ModuleParser::inlineElements(uint32_t table, bool is64, ByteWriter &out) {
  Section &elements = section(SectionElement);
  context_.mark(elements.body);
  ++context_.parts.space(Space::Element).reached;
  ++elements.count;
  const ReferenceType type = types_.referenceType();
  if (!cursor_.takeForm("elem"))
    return cursor_.failUnexpected();
  ByteWriter items;
  const bool indices = cursor_.atIndex();
  uint8_t flags = ExplicitTable;
  uint32_t count = 0;
  if (indices && type.isFuncRef()) {
    count = functionIndices(items);
  } else if (indices) {
    flags |= Expressions;
    for (; cursor_.atIndex(); ++count) {
      items.u8(OpRefFunc);
      items.unsignedLeb(context_.expectIndex(Space::Function));
      items.u8(OpEnd);
    }
  } else {
    flags |= Expressions;
    count = elementExpressions(items);
  }
  cursor_.expectClose();
  elements.body.u8(flags);
  elements.body.unsignedLeb(table);
  zeroOffset(is64, elements.body);
  if (flags & Expressions)
    TypeParser::write(type, elements.body);
  else
    elements.body.u8(ElementKindFunction);
  elements.body.unsignedLeb(count);
  elements.body.append(items);
  LimitsText limits;
  limits.is64 = is64;
  limits.minimum = count;
  limits.maximum = count;
  TypeParser::write(type, out);
  limits.encode(out);
}

uint32_t ModuleParser::functionIndices(ByteWriter &out) {
  uint32_t count = 0;
  for (; cursor_.atIndex(); ++count)
    out.unsignedLeb(context_.expectIndex(Space::Function));
  return count;
}

/// `(item …)` or one folded instruction for each element.
uint32_t ModuleParser::elementExpressions(ByteWriter &out) {
  uint32_t count = 0;
  for (; cursor_.kind() == TokenKind::LeftParenthesis; ++count) {
    if (cursor_.takeForm("item")) {
      expression(out);
      cursor_.expectClose();
    } else {
      instructions_.folded(out);
      out.u8(OpEnd);
    }
  }
  return count;
}

/// `(offset …)` or one folded instruction.
void ModuleParser::offset(ByteWriter &out) {
  if (cursor_.takeForm("offset")) {
    expression(out);
    return cursor_.expectClose();
  }
  instructions_.folded(out);
  out.u8(OpEnd);
}

void ModuleParser::elementField() {
  Section &elements = section(SectionElement);
  context_.mark(elements.body);
  ++elements.count;
  context_.define(Space::Element);
  ByteWriter start, items;
  uint8_t flags = 0;
  uint32_t table = 0;
  bool namesTable = false;
  if (cursor_.takeKeyword("declare")) {
    flags = NotActive | Declarative;
  } else if (cursor_.kind() == TokenKind::LeftParenthesis &&
             !cursor_.atForm("ref")) {
    namesTable = cursor_.takeForm("table");
    if (namesTable) {
      table = context_.expectIndex(Space::Table);
      cursor_.expectClose();
    }
    offset(start);
  } else {
    flags = NotActive;
  }
  ReferenceType type;
  uint32_t count;
  if (types_.atReferenceType()) {
    flags |= Expressions;
    type = types_.referenceType();
    count = elementExpressions(items);
  } else {
    // Only where nothing else says that this is a list of functions may the
    // keyword be left out.
    if (!cursor_.takeKeyword("func") && (flags || namesTable))
      return cursor_.failUnexpected();
    count = functionIndices(items);
  }
  const bool plainType = !(flags & Expressions) || type.isFuncRef();
  if (!(flags & NotActive) && (table != 0 || !plainType))
    flags |= ExplicitTable;
  elements.body.u8(flags);
  if (!(flags & NotActive) && (flags & ExplicitTable))
    elements.body.unsignedLeb(table);
  elements.body.append(start);
  // Both short forms, active in table 0, leave the kind out.
  if (flags & (NotActive | ExplicitTable)) {
    if (flags & Expressions)
      TypeParser::write(type, elements.body);
    else
      elements.body.u8(ElementKindFunction);
  }
  elements.body.unsignedLeb(count);
  elements.body.append(items);
}

//===----------------------------------------------------------------------===//
// Memories and data segments
//===----------------------------------------------------------------------===//

std::vector<uint8_t> ModuleParser::dataStrings() {
  std::vector<uint8_t> bytes;
  for (; cursor_.kind() == TokenKind::String; cursor_.advance())
    appendString(cursor_.text(), bytes);
  return bytes;
}

void ModuleParser::memoryField() {
  const uint32_t index = context_.define(Space::Memory);
  inlineExports(Space::Memory, index);
  if (auto import = inlineImport())
    return importEntry(*import, Space::Memory);
  Section &memories = section(SectionMemory);
  context_.mark(memories.body);
  ++memories.count;
  LimitsText limits;
  limits.is64 = types_.addressType();
  if (cursor_.kind() == TokenKind::LeftParenthesis) {
    types_.pageSize(limits);
    inlineData(index, limits);
  } else {
    types_.limits(limits);
    types_.pageSize(limits);
  }
  limits.encode(memories.body);
}

/// `(data …)`: as many pages as the bytes need.
void ModuleParser::inlineData(uint32_t memory, LimitsText &limits) {
  Section &data = section(SectionData);
  context_.mark(data.body);
  ++context_.parts.space(Space::Data).reached;
  ++data.count;
  if (!cursor_.takeForm("data"))
    return cursor_.failUnexpected();
  const std::vector<uint8_t> bytes = dataStrings();
  cursor_.expectClose();
  const unsigned log2 = limits.pageSizeLog2.value_or(16);
  const uint64_t pages = (bytes.size() + (uint64_t{1} << log2) - 1) >> log2;
  limits.minimum = pages;
  limits.maximum = pages;
  data.body.u8(memory ? 2 : 0);
  if (memory)
    data.body.unsignedLeb(memory);
  zeroOffset(limits.is64, data.body);
  data.body.unsignedLeb(bytes.size());
  data.body.raw(bytes);
}

void ModuleParser::dataField() {
  Section &data = section(SectionData);
  context_.mark(data.body);
  ++data.count;
  context_.define(Space::Data);
  if (cursor_.kind() == TokenKind::LeftParenthesis) {
    uint32_t memory = 0;
    if (cursor_.takeForm("memory")) {
      memory = context_.expectIndex(Space::Memory);
      cursor_.expectClose();
    }
    data.body.u8(memory ? 2 : 0);
    if (memory)
      data.body.unsignedLeb(memory);
    offset(data.body);
  } else {
    data.body.u8(1);
    // Passive segments are of no use without instructions that count them.
    context_.parts.needsDataCount = true;
  }
  const std::vector<uint8_t> bytes = dataStrings();
  data.body.unsignedLeb(bytes.size());
  data.body.raw(bytes);
}

} // namespace wrought::text

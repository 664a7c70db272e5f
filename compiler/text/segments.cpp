//===- segments.cpp - Tables, memories and their segments -----------------===//
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
  ++context_.parts.space(Space::Element).reached;
  ElementText element;
  element.table = table;
  element.type = types_.referenceType();
  zeroOffset(is64, element.offset);
  if (!cursor_.takeForm("elem"))
    return cursor_.failUnexpected();
  if (!cursor_.atIndex()) {
    element.flags = Expressions;
    element.count = elementExpressions(element.items);
  } else if (element.type.isFuncRef()) {
    element.count = functionIndices(element.items);
  } else {
    element.flags = Expressions;
    for (; cursor_.atIndex(); ++element.count) {
      element.items.u8(OpRefFunc);
      element.items.unsignedLeb(context_.expectIndex(Space::Function));
      element.items.u8(OpEnd);
    }
  }
  cursor_.expectClose();
  writeElement(element);
  LimitsText limits;
  limits.is64 = is64;
  limits.minimum = element.count;
  limits.maximum = element.count;
  TypeParser::write(element.type, out);
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

/// `(table x)`, or in scripts of old a bare number, in front of an offset;
/// likewise `(memory x)`. False when there is neither.
bool ModuleParser::segmentTarget(const char *form, Space space,
                                 uint32_t &index) {
  if (cursor_.kind() == TokenKind::Number) {
    index = context_.expectIndex(space);
    return false;
  }
  if (!cursor_.takeForm(form))
    return false;
  index = context_.expectIndex(space);
  cursor_.expectClose();
  return true;
}

void ModuleParser::elementField() {
  context_.define(Space::Element);
  ElementText element;
  bool namesTable = false;
  if (cursor_.takeKeyword("declare")) {
    element.flags = NotActive | Declarative;
  } else if (cursor_.kind() == TokenKind::Number ||
             (cursor_.kind() == TokenKind::LeftParenthesis &&
              !cursor_.atForm("ref"))) {
    namesTable = segmentTarget("table", Space::Table, element.table);
    offset(element.offset);
  } else {
    element.flags = NotActive;
  }
  if (types_.atReferenceType()) {
    element.flags |= Expressions;
    element.type = types_.referenceType();
    element.count = elementExpressions(element.items);
  } else {
    // Only where nothing else says that this is a list of functions may the
    // keyword be left out.
    if (!cursor_.takeKeyword("func") && (element.flags || namesTable))
      return cursor_.failUnexpected();
    element.count = functionIndices(element.items);
  }
  writeElement(element);
}

void ModuleParser::writeElement(const ElementText &element) {
  uint8_t flags = element.flags;
  const bool isActive = !(flags & NotActive);
  const bool hasExpressions = flags & Expressions;
  // The two short forms are active in table 0 and leave the kind out.
  if (isActive &&
      (element.table != 0 || (hasExpressions && !element.type.isFuncRef())))
    flags |= ExplicitTable;
  ByteWriter &out = section(SectionElement).body;
  ++section(SectionElement).count;
  context_.mark(out);
  out.u8(flags);
  if (isActive && (flags & ExplicitTable))
    out.unsignedLeb(element.table);
  out.append(element.offset);
  if ((flags & (NotActive | ExplicitTable)) && hasExpressions)
    TypeParser::write(element.type, out);
  else if (flags & (NotActive | ExplicitTable))
    out.u8(ElementKindFunction);
  out.unsignedLeb(element.count);
  out.append(element.items);
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
  if (cursor_.kind() == TokenKind::LeftParenthesis ||
      cursor_.kind() == TokenKind::Number) {
    uint32_t memory = 0;
    segmentTarget("memory", Space::Memory, memory);
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

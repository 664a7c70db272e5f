//===- section_element.cpp - Element segments in all eight forms ----------===//
//
// Bit 0 of a segment's flags: not active. Bit 1: declarative, or for an active
// one that the table index is written. Bit 2: items are expressions. Active
// segments without a table index (0 and 4) leave out the items' type as well.
//
// Source: WebAssembly Specification 3.0, "Binary Format / Element Section".
//
//===----------------------------------------------------------------------===//
#include "decode/section.h"
#include "decode/type_reader.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

namespace {

enum ElementFlag : uint32_t {
  NotActive = 1,
  DeclarativeOrExplicitTable = 2,
  UsesExpressions = 4,
  AllFlags = 7,
};

SegmentMode modeOf(uint32_t flags) {
  if (!(flags & NotActive))
    return SegmentMode::Active;
  return flags & DeclarativeOrExplicitTable ? SegmentMode::Declarative
                                            : SegmentMode::Passive;
}

/// A list of function indices has the type (ref func).
ValueType readElementKind(ByteReader &reader) {
  if (reader.readU8() != 0)
    reader.fail("malformed element kind", reader.offset() - 1);
  return ValueType::reference(AbstractHeap::Func, false);
}

void readItems(ElementSegment &segment, ByteReader &reader,
               SectionContext &context) {
  const uint32_t count = readCount(reader, 0, limits::ElementItems,
                                   "too many elements in a segment");
  if (segment.usesExpressions) {
    reserveMore(segment.expressions, reader, count, 2);
    for (uint32_t i = 0; i < count && reader.ok(); ++i)
      segment.expressions.push_back(readConstantExpression(reader, context));
    return;
  }
  reserveMore(segment.functions, reader, count, 1);
  for (uint32_t i = 0; i < count && reader.ok(); ++i)
    segment.functions.push_back(FunctionIndex(reader.readU32()));
}

ElementSegment readSegment(ByteReader &reader, SectionContext &context) {
  ElementSegment segment;
  segment.byteOffset = reader.offset();
  const uint32_t flags = reader.readU32();
  if (flags > AllFlags) {
    reader.fail("malformed elements segment kind", segment.byteOffset);
    return segment;
  }
  segment.mode = modeOf(flags);
  segment.usesExpressions = flags & UsesExpressions;
  if (segment.mode == SegmentMode::Active) {
    if (flags & DeclarativeOrExplicitTable)
      segment.table = TableIndex(reader.readU32());
    segment.offset = readConstantExpression(reader, context);
  }
  const bool hasType = flags & (NotActive | DeclarativeOrExplicitTable);
  if (hasType)
    segment.type = segment.usesExpressions ? readReferenceType(reader)
                                           : readElementKind(reader);
  else
    segment.type =
        ValueType::reference(AbstractHeap::Func, segment.usesExpressions);
  readItems(segment, reader, context);
  return segment;
}

} // namespace

void decodeElementSection(ByteReader &reader, SectionContext &context) {
  auto &elements = context.module.elements;
  const uint32_t count = readCount(reader, 0, limits::ElementSegments,
                                   "too many element segments");
  reserveMore(elements, reader, count, 3);
  for (uint32_t i = 0; i < count && reader.ok(); ++i)
    elements.push_back(readSegment(reader, context));
}

} // namespace wrought::decode

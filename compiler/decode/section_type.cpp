//===- section_type.cpp - Recursion groups and their types ----------------===//
//
// References to types are looked up here already: the identity of a type
// (TypeStore) is that of what it refers to. A type may name all types before
// its group and those of its group; a supertype must come before the type.
//
// Source: WebAssembly Specification 3.0, "Binary Format / Recursive Types".
//
//===----------------------------------------------------------------------===//
#include "decode/section.h"
#include "decode/type_reader.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

namespace {

enum TypeByte : uint8_t {
  RecursionGroup = 0x4e,
  SubFinal = 0x4f,
  Sub = 0x50,
  Array = 0x5e,
  Struct = 0x5f,
  Func = 0x60,
  PackedI16 = 0x77,
  PackedI8 = 0x78,
};

/// Reads the types of one recursion group.
class GroupReader {
public:
  /// The group's types have the indices [first, end).
  GroupReader(ByteReader &reader, uint32_t first, uint32_t end)
      : reader_(reader), first_(first), end_(end) {}

  std::vector<SubType> read() {
    std::vector<SubType> group;
    reserveMore(group, reader_, end_ - first_, 2);
    for (uint32_t self = first_; self != end_ && reader_.ok(); ++self)
      group.push_back(readSubType(self));
    return group;
  }

private:
  SubType readSubType(uint32_t self) {
    SubType type;
    const uint8_t first = reader_.peekU8();
    if (first == Sub || first == SubFinal) {
      reader_.skip(1);
      type.isFinal = first == SubFinal;
      readSupertype(type, self);
    }
    readComposite(type);
    return type;
  }

  void readSupertype(SubType &type, uint32_t self) {
    const uint32_t count = readCount(reader_, 0, 1, "too many supertypes");
    if (count == 0)
      return;
    const size_t start = reader_.offset();
    const TypeIndex supertype(reader_.readU32());
    if (supertype.value >= self)
      reader_.fail("unknown type", start);
    type.supertype = supertype;
  }

  void readComposite(SubType &type) {
    switch (reader_.readU8()) {
    case Func:
      type.kind = CompositeKind::Function;
      readTypes(type.function.parameters, limits::Parameters,
                "too many parameters");
      readTypes(type.function.results, limits::Results, "too many results");
      return;
    case Struct:
      type.kind = CompositeKind::Struct;
      readFields(type.fields);
      return;
    case Array:
      type.kind = CompositeKind::Array;
      type.fields.push_back(readField());
      return;
    default:
      if (reader_.ok())
        reader_.fail("malformed definition type", reader_.offset() - 1);
    }
  }

  void readTypes(std::vector<ValueType> &types, uint32_t limit,
                 const char *tooMany) {
    const uint32_t count = readCount(reader_, 0, limit, tooMany);
    reserveMore(types, reader_, count, 1);
    for (uint32_t i = 0; i < count && reader_.ok(); ++i)
      types.push_back(readType());
  }

  void readFields(std::vector<FieldType> &fields) {
    const uint32_t count =
        readCount(reader_, 0, limits::StructFields, "too many struct fields");
    reserveMore(fields, reader_, count, 2);
    for (uint32_t i = 0; i < count && reader_.ok(); ++i)
      fields.push_back(readField());
  }

  FieldType readField() {
    FieldType field;
    const uint8_t first = reader_.peekU8();
    if (first == PackedI8 || first == PackedI16) {
      reader_.skip(1);
      field.packed = first == PackedI8 ? PackedKind::I8 : PackedKind::I16;
      field.value = I32;
    } else {
      field.value = readType();
    }
    field.isMutable = readMutability(reader_);
    return field;
  }

  ValueType readType() {
    const size_t start = reader_.offset();
    const ValueType type = readValueType(reader_);
    if (type.isReference() && type.heap().isConcrete() &&
        type.heap().index().value >= end_)
      reader_.fail("unknown type", start);
    return type;
  }

  ByteReader &reader_;
  uint32_t first_, end_;
};

void decodeGroup(ByteReader &reader, TypeStore &types) {
  const size_t start = reader.offset();
  const auto first = static_cast<uint32_t>(types.size());
  uint32_t count = 1;
  if (reader.peekU8() == RecursionGroup) {
    reader.skip(1);
    count = readCount(reader, 0, limits::RecursionGroupSize,
                      "recursion group too large");
  }
  if (first + count > limits::Types)
    reader.fail("too many types", start);
  std::vector<SubType> group = GroupReader(reader, first, first + count).read();
  if (!reader.ok())
    return;
  types.addGroup(std::move(group));
  for (uint32_t i = first; i != first + count; ++i)
    if (types.depth(TypeIndex(i)) > limits::SubtypingDepth)
      reader.fail("subtyping too deep", start);
}

} // namespace

void decodeTypeSection(ByteReader &reader, SectionContext &context) {
  const uint32_t count = readCount(reader, 0, limits::Types, "too many types");
  for (uint32_t i = 0; i < count && reader.ok(); ++i)
    decodeGroup(reader, context.module.types);
}

} // namespace wrought::decode

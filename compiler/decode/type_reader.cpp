#include "decode/type_reader.h"

#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

namespace {

constexpr uint8_t NonNullReference = 0x64;
constexpr uint8_t NullableReference = 0x63;

bool isAbstractHeap(uint8_t byte) {
  return byte >= static_cast<uint8_t>(AbstractHeap::Exn) &&
         byte <= static_cast<uint8_t>(AbstractHeap::NoExn);
}

bool isReferenceByte(uint8_t byte) {
  return isAbstractHeap(byte) || byte == NonNullReference ||
         byte == NullableReference;
}

/// Bits of the byte in front of limits: "Limits", and the threads and
/// custom-page-sizes proposals.
enum LimitsFlag : uint8_t {
  HasMaximum = 1,
  IsShared = 2,
  Is64 = 4,
  HasPageSize = 8,
};

Limits readLimits(ByteReader &reader, uint8_t flags) {
  Limits limits;
  limits.is64 = flags & Is64;
  limits.isShared = flags & IsShared;
  limits.minimum = reader.readU64();
  if (flags & HasMaximum)
    limits.maximum = reader.readU64();
  return limits;
}

uint8_t readLimitsFlags(ByteReader &reader, uint8_t allowed) {
  const uint8_t flags = reader.readU8();
  if (flags & ~allowed)
    reader.fail("malformed limits flags", reader.offset() - 1);
  return flags;
}

} // namespace

HeapType readHeapType(ByteReader &reader) {
  const uint8_t first = reader.peekU8();
  if (isAbstractHeap(first)) {
    reader.skip(1);
    return static_cast<AbstractHeap>(first);
  }
  const size_t start = reader.offset();
  const int64_t index = reader.readS33();
  if (index < 0)
    reader.fail("malformed heap type", start);
  // HeapType has no room for all of u32, and no module may have as many types.
  else if (index >= limits::Types)
    reader.fail("unknown type", start);
  return reader.ok() ? HeapType(TypeIndex(static_cast<uint32_t>(index)))
                     : HeapType();
}

ValueType readReferenceType(ByteReader &reader) {
  const uint8_t first = reader.readU8();
  if (isAbstractHeap(first))
    return ValueType::reference(static_cast<AbstractHeap>(first), true);
  if (first == NonNullReference || first == NullableReference) {
    const HeapType heap = readHeapType(reader);
    return ValueType::reference(heap, first == NullableReference);
  }
  if (reader.ok())
    reader.fail("malformed reference type", reader.offset() - 1);
  return ValueType::funcRef();
}

ValueType readValueType(ByteReader &reader) {
  const uint8_t first = reader.peekU8();
  if (isReferenceByte(first))
    return readReferenceType(reader);
  switch (reader.readU8()) {
  case 0x7f:
    return I32;
  case 0x7e:
    return I64;
  case 0x7d:
    return F32;
  case 0x7c:
    return F64;
  case 0x7b:
    return V128;
  default:
    if (reader.ok())
      reader.fail("malformed value type", reader.offset() - 1);
    return I32;
  }
}

bool readMutability(ByteReader &reader) {
  const uint8_t byte = reader.readU8();
  if (byte > 1)
    reader.fail("malformed mutability", reader.offset() - 1);
  return byte == 1;
}

TableType readTableType(ByteReader &reader) {
  TableType type;
  type.element = readReferenceType(reader);
  const uint8_t flags = readLimitsFlags(reader, HasMaximum | Is64);
  type.limits = readLimits(reader, flags);
  return type;
}

MemoryType readMemoryType(ByteReader &reader) {
  MemoryType type;
  const uint8_t flags =
      readLimitsFlags(reader, HasMaximum | IsShared | Is64 | HasPageSize);
  type.limits = readLimits(reader, flags);
  if (!(flags & HasPageSize))
    return type;
  const size_t start = reader.offset();
  const uint32_t pageSizeLog2 = reader.readU32();
  if (pageSizeLog2 >= 64)
    reader.fail("invalid custom page size", start);
  type.pageSizeLog2 = static_cast<uint8_t>(pageSizeLog2);
  return type;
}

GlobalType readGlobalType(ByteReader &reader) {
  GlobalType type;
  type.value = readValueType(reader);
  type.isMutable = readMutability(reader);
  return type;
}

TagType readTagType(ByteReader &reader) {
  if (reader.readU8() != 0)
    reader.fail("malformed tag attribute", reader.offset() - 1);
  return {TypeIndex(reader.readU32())};
}

} // namespace wrought::decode

#include "decode/section.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

namespace {

/// Spec 3.0, "Data Section".
enum DataKind : uint32_t { Active = 0, Passive = 1, ActiveExplicitMemory = 2 };

DataSegment readSegment(ByteReader &reader, SectionContext &context) {
  DataSegment segment;
  segment.byteOffset = reader.offset();
  const uint32_t kind = reader.readU32();
  if (kind > ActiveExplicitMemory)
    reader.fail("malformed data segment kind", segment.byteOffset);
  if (kind != Passive) {
    segment.mode = SegmentMode::Active;
    if (kind == ActiveExplicitMemory)
      segment.memory = MemoryIndex(reader.readU32());
    segment.offset = readConstantExpression(reader, context);
  }
  const uint32_t size = reader.readU32();
  const size_t begin = reader.offset();
  reader.skip(size);
  segment.bytes = {begin, reader.offset()};
  return segment;
}

} // namespace

void decodeDataCountSection(ByteReader &reader, SectionContext &context) {
  context.module.dataCount =
      readCount(reader, 0, limits::DataSegments, "too many data segments");
}

void decodeDataSection(ByteReader &reader, SectionContext &context) {
  auto &data = context.module.data;
  const size_t start = reader.offset();
  const uint32_t count =
      readCount(reader, 0, limits::DataSegments, "too many data segments");
  if (context.module.dataCount.value_or(count) != count)
    reader.fail("data count and data section have inconsistent lengths", start);
  reserveMore(data, reader, count, 2);
  for (uint32_t i = 0; i < count && reader.ok(); ++i)
    data.push_back(readSegment(reader, context));
}

} // namespace wrought::decode

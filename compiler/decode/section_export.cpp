#include "decode/section.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

static ExternalKind readExportKind(ByteReader &reader) {
  const uint8_t kind = reader.readU8();
  if (kind > static_cast<uint8_t>(ExternalKind::Tag))
    reader.fail("malformed export kind", reader.offset() - 1);
  return static_cast<ExternalKind>(kind);
}

void decodeExportSection(ByteReader &reader, SectionContext &context) {
  auto &exports = context.module.exports;
  const uint32_t count =
      readCount(reader, 0, limits::Exports, "too many exports");
  reserveMore(exports, reader, count, 3);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    Export entry;
    entry.byteOffset = reader.offset();
    entry.name = reader.readName();
    entry.kind = readExportKind(reader);
    entry.index = reader.readU32();
    exports.push_back(entry);
  }
}

} // namespace wrought::decode

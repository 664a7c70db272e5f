#include "decode/section.h"
#include "decode/type_reader.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

void decodeTagSection(ByteReader &reader, SectionContext &context) {
  auto &tags = context.module.tags;
  const uint32_t count =
      readCount(reader, tags.size(), limits::Tags, "too many tags");
  reserveMore(tags, reader, count, 2);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    Tag tag;
    tag.byteOffset = reader.offset();
    tag.type = readTagType(reader);
    tags.push_back(tag);
  }
}

} // namespace wrought::decode

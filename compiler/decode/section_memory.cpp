#include "decode/section.h"
#include "decode/type_reader.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

void decodeMemorySection(ByteReader &reader, SectionContext &context) {
  auto &memories = context.module.memories;
  const uint32_t count =
      readCount(reader, memories.size(), limits::Memories, "too many memories");
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    Memory memory;
    memory.byteOffset = reader.offset();
    memory.type = readMemoryType(reader);
    memories.push_back(memory);
  }
}

} // namespace wrought::decode

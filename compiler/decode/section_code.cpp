#include "decode/section.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

/// Delimits one body; its instructions are read by validation.
static ByteRange readBody(ByteReader &reader) {
  constexpr uint8_t End = 0x0b;
  const size_t start = reader.offset();
  const uint32_t size = reader.readU32();
  if (size > limits::FunctionBytes)
    reader.fail("function body too large", start);
  const size_t begin = reader.offset();
  const auto body = reader.readBytes(size);
  if (reader.ok() && (body.empty() || body.back() != End))
    reader.fail("END opcode expected", begin + size);
  return {begin, begin + size};
}

void decodeCodeSection(ByteReader &reader, SectionContext &context) {
  Module &module = context.module;
  const size_t start = reader.offset();
  const uint32_t count = reader.readU32();
  if (module.importedFunctionCount + uint64_t{count} != module.functions.size())
    reader.fail("function and code section have inconsistent lengths", start);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    context.function = module.importedFunctionCount + i;
    module.functions[*context.function].body = readBody(reader);
  }
  if (reader.ok())
    context.function.reset();
}

} // namespace wrought::decode

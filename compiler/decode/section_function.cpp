#include "decode/section.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

void decodeFunctionSection(ByteReader &reader, SectionContext &context) {
  auto &functions = context.module.functions;
  const uint32_t count = readCount(reader, functions.size(), limits::Functions,
                                   "too many functions");
  reserveMore(functions, reader, count, 1);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    Function function;
    function.type = TypeIndex(reader.readU32());
    functions.push_back(function);
  }
}

void decodeStartSection(ByteReader &reader, SectionContext &context) {
  context.module.startOffset = reader.offset();
  context.module.start = FunctionIndex(reader.readU32());
}

} // namespace wrought::decode

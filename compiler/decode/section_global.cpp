#include "decode/section.h"
#include "decode/type_reader.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

void decodeGlobalSection(ByteReader &reader, SectionContext &context) {
  auto &globals = context.module.globals;
  const uint32_t count =
      readCount(reader, globals.size(), limits::Globals, "too many globals");
  reserveMore(globals, reader, count, 3);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    Global global;
    global.byteOffset = reader.offset();
    global.type = readGlobalType(reader);
    global.initializer = readConstantExpression(reader, context);
    globals.push_back(global);
  }
}

} // namespace wrought::decode

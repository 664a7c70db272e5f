#include "decode/section.h"

#include "decode/operator_reader.h"

namespace wrought::decode {

using namespace wasm;

uint32_t readCount(ByteReader &reader, size_t present, uint64_t limit,
                   const char *message) {
  const size_t start = reader.offset();
  const uint32_t count = reader.readU32();
  if (present + uint64_t{count} <= limit)
    return count;
  reader.fail(message, start);
  return 0;
}

ConstantExpression readConstantExpression(ByteReader &reader,
                                          SectionContext &context) {
  const size_t begin = reader.offset();
  OperatorReader operators(context.module, {begin, reader.endOffset()});
  // Blocks are not constant, but whoever says so needs the expression's end.
  size_t depth = 0;
  while (operators.next(context.scratch)) {
    switch (context.scratch.opcode) {
    case Opcode::Block:
    case Opcode::Loop:
    case Opcode::If:
    case Opcode::TryTable:
      ++depth;
      break;
    case Opcode::End:
      if (depth-- != 0)
        break;
      reader.skip(operators.byteOffset() - begin);
      return {{begin, reader.offset()}};
    default:
      break;
    }
  }
  const ByteReader &inner = operators.reader();
  if (inner.ok())
    reader.fail("unexpected end", reader.endOffset());
  else
    reader.fail(inner.message(), inner.errorOffset());
  return {};
}

} // namespace wrought::decode

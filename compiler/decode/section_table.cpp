#include "decode/section.h"
#include "decode/type_reader.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

/// Spec 3.0, "Table Section": 0x40 0x00 stands before a table with initialiser.
static Table readTable(ByteReader &reader, SectionContext &context) {
  constexpr uint8_t HasInitializer = 0x40;
  Table table;
  table.byteOffset = reader.offset();
  const bool hasInitializer = reader.peekU8() == HasInitializer;
  if (hasInitializer) {
    reader.skip(1);
    if (reader.readU8() != 0)
      reader.fail("zero byte expected", reader.offset() - 1);
  }
  table.type = readTableType(reader);
  if (hasInitializer)
    table.initializer = readConstantExpression(reader, context);
  return table;
}

void decodeTableSection(ByteReader &reader, SectionContext &context) {
  auto &tables = context.module.tables;
  const uint32_t count =
      readCount(reader, tables.size(), limits::Tables, "too many tables");
  reserveMore(tables, reader, count, 3);
  for (uint32_t i = 0; i < count && reader.ok(); ++i)
    tables.push_back(readTable(reader, context));
}

} // namespace wrought::decode

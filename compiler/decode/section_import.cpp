#include "decode/section.h"
#include "decode/type_reader.h"
#include "wasm/limits.h"

namespace wrought::decode {

using namespace wasm;

namespace {

/// Reads the imported entity's type and adds it to its index space. Imports
/// come first in every index space, because their section does.
class EntityReader {
public:
  EntityReader(ByteReader &reader, Module &module, uint64_t byteOffset)
      : reader_(reader), module_(module), byteOffset_(byteOffset),
        import_(static_cast<uint32_t>(module.imports.size())) {}

  decltype(Import::entity) read() {
    const uint8_t kind = reader_.readU8();
    if (kind > static_cast<uint8_t>(ExternalKind::Tag)) {
      reader_.fail("malformed import kind", reader_.offset() - 1);
      return FunctionIndex();
    }
    switch (static_cast<ExternalKind>(kind)) {
    case ExternalKind::Function:
      return readFunction();
    case ExternalKind::Table:
      return readTable();
    case ExternalKind::Memory:
      return readMemory();
    case ExternalKind::Global:
      return readGlobal();
    case ExternalKind::Tag:
      return readTag();
    }
    return FunctionIndex();
  }

private:
  FunctionIndex readFunction() {
    Function function;
    function.type = TypeIndex(reader_.readU32());
    function.import = import_;
    ++module_.importedFunctionCount;
    return add<FunctionIndex>(module_.functions, function);
  }

  TableIndex readTable() {
    if (module_.tables.size() >= limits::Tables)
      reader_.fail("too many tables");
    Table table;
    table.type = readTableType(reader_);
    table.import = import_;
    table.byteOffset = byteOffset_;
    ++module_.importedTableCount;
    return add<TableIndex>(module_.tables, table);
  }

  MemoryIndex readMemory() {
    if (module_.memories.size() >= limits::Memories)
      reader_.fail("too many memories");
    ++module_.importedMemoryCount;
    return add<MemoryIndex>(module_.memories,
                            {readMemoryType(reader_), import_, byteOffset_});
  }

  GlobalIndex readGlobal() {
    Global global;
    global.type = readGlobalType(reader_);
    global.import = import_;
    global.byteOffset = byteOffset_;
    ++module_.importedGlobalCount;
    return add<GlobalIndex>(module_.globals, global);
  }

  TagIndex readTag() {
    ++module_.importedTagCount;
    return add<TagIndex>(module_.tags,
                         {readTagType(reader_), import_, byteOffset_});
  }

  template <typename Index, typename T>
  static Index add(std::vector<T> &space, T entity) {
    space.push_back(std::move(entity));
    return Index(static_cast<uint32_t>(space.size() - 1));
  }

  ByteReader &reader_;
  Module &module_;
  uint64_t byteOffset_;
  uint32_t import_;
};

} // namespace

void decodeImportSection(ByteReader &reader, SectionContext &context) {
  Module &module = context.module;
  // Functions, globals and tags have the same limit as imports.
  const uint32_t count =
      readCount(reader, 0, limits::Imports, "too many imports");
  reserveMore(module.imports, reader, count, 4);
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    Import import;
    import.byteOffset = reader.offset();
    import.module = reader.readName();
    import.name = reader.readName();
    import.entity = EntityReader(reader, module, import.byteOffset).read();
    module.imports.push_back(import);
  }
}

} // namespace wrought::decode

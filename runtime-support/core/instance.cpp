#include "core/instance.h"

#include "core/process.h"
#include "libcalls/libcalls.h"

namespace wrought {

namespace {

template <class T> const T *rows(const void *pointer) {
  return static_cast<const T *>(pointer);
}

/// Numbers of abi::TableTemplate to references.
void expand(const InstanceParts &parts, const void *numbers, uint64_t count,
            void *elements) {
  auto *to = static_cast<void **>(elements);
  auto *from = rows<uint32_t>(numbers);
  abi::BoundFunctionRecord *records = parts.records();
  for (uint64_t index = 0; index < count; ++index)
    to[index] = from[index] == 0 ? nullptr : records + (from[index] - 1);
}

void fillRecords(const abi::Library &library, abi::Instance &instance,
                 const InstanceParts &parts) {
  auto *templates = rows<abi::RecordTemplate>(library.records);
  abi::BoundFunctionRecord *records = parts.records();
  for (uint64_t index = 0; index < parts.counts().records; ++index) {
    const abi::RecordTemplate &from = templates[index];
    abi::BoundFunctionRecord &to = records[index];
    to = {from.code,     from.typeId0,    from.typeId1, from.typeId2,
          from.tailCode, from.supertypes, &instance};
  }
  fillImportedRecords(library, instance);
}

/// A table that cannot move gets its cells, cleared.
void fillTable(const abi::TableTemplate &from, abi::Table &to,
               abi::ReferenceCell *cells) {
  const bool isFixed = from.firstCell != UINT64_MAX;
  to = {isFixed ? cells + from.firstCell : nullptr, from.minimum, from.maximum,
        from.minimum};
  if (isFixed)
    memset(to.elements, 0, from.minimum * sizeof(void *));
}

void fillElementSegment(const InstanceParts &parts,
                        const abi::ElementTemplate &from, abi::Segment &to) {
  to = {parts.cells() + from.firstCell, from.length};
  if (from.contents != nullptr)
    expand(parts, from.contents, from.length, to.items);
}

} // namespace

void fillInstance(const abi::Library &library, abi::Instance &instance,
                  abi::Context &context, const abi::Import *imports) {
  const InstanceParts parts(library, instance);
  const abi::InstanceCounts &counts = parts.counts();
  instance.context = &context;
  instance.library = const_cast<abi::Library *>(&library);
  memcpy(parts.imports(), imports, counts.imports * sizeof(abi::Import));
  memcpy(parts.globals(), library.globals,
         counts.globals * sizeof(abi::GlobalCell));
  memcpy(parts.memories(), library.memories,
         counts.memories * sizeof(abi::Memory));
  memcpy(parts.dataSegments(), library.dataSegments,
         counts.dataSegments * sizeof(abi::Segment));
  fillRecords(library, instance, parts);
  for (uint64_t index = 0; index < counts.tables; ++index)
    fillTable(rows<abi::TableTemplate>(library.tables)[index],
              parts.tables()[index], parts.cells());
  for (uint64_t index = 0; index < counts.elementSegments; ++index)
    fillElementSegment(
        parts, rows<abi::ElementTemplate>(library.elementSegments)[index],
        parts.elementSegments()[index]);
}

void fillImportedRecords(const abi::Library &library, abi::Instance &instance) {
  const InstanceParts parts(library, instance);
  auto *templates = rows<abi::RecordTemplate>(library.records);
  abi::BoundFunctionRecord *records = parts.records();
  // Imported functions come first.
  for (uint64_t index = 0;
       index < parts.counts().records && templates[index].code == nullptr;
       ++index) {
    const abi::Import &import = parts.imports()[templates[index].import];
    records[index].code = import.address;
    records[index].tailCode = import.tailCode;
    records[index].instance = import.instance;
  }
}

void fillTables(const abi::Library &library, abi::Instance &instance) {
  const InstanceParts parts(library, instance);
  for (uint64_t index = 0; index < parts.counts().tables; ++index) {
    auto &from = rows<abi::TableTemplate>(library.tables)[index];
    abi::Table &table = parts.tables()[index];
    expand(parts, from.contents, from.contentCount, table.elements);
    if (from.firstCell == UINT64_MAX)
      table.capacity = tableByteLength(table) / sizeof(void *);
  }
}

uint64_t tableByteLength(const abi::Table &table) {
  const uint64_t mask = process.pageByteLength - 1;
  const uint64_t used = table.length * sizeof(void *);
  return ((used == 0 ? 1 : used) + mask) & ~mask;
}

} // namespace wrought

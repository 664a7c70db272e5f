#include "core/instance.h"

#include "core/process.h"
#include "libcalls/libcalls.h"

namespace wrought {

namespace {

template <class T> const T *rows(const void *pointer) {
  return static_cast<const T *>(pointer);
}

/// Where the records are: in the instance, or behind its FunctionOwner.
class Records {
public:
  Records(const abi::Library &library, abi::Instance &instance)
      : isShared_(library.functionsByteLength != 0) {
    const InstanceParts parts(library, instance);
    if (isShared_) {
      first_ =
          static_cast<char *>(instance.functions) + sizeof(abi::FunctionOwner);
      count_ = (library.functionsByteLength - sizeof(abi::FunctionOwner)) /
               sizeof(abi::SharedFunctionRecord);
    } else {
      first_ = reinterpret_cast<char *>(parts.records());
      count_ = parts.counts().records;
    }
  }
  bool areShared() const { return isShared_; }
  uint64_t count() const { return count_; }
  void *operator[](uint64_t index) const {
    return first_ + index * (isShared_ ? sizeof(abi::SharedFunctionRecord)
                                       : sizeof(abi::BoundFunctionRecord));
  }

private:
  bool isShared_;
  char *first_;
  uint64_t count_;
};

/// Numbers of abi::TableTemplate to references.
void expand(const Records &records, const void *numbers, uint64_t count,
            void *elements) {
  auto *to = static_cast<void **>(elements);
  auto *from = rows<uint32_t>(numbers);
  for (uint64_t index = 0; index < count; ++index)
    to[index] = from[index] == 0 ? nullptr : records[from[index] - 1];
}

void fillRecords(const abi::Library &library, abi::Instance &instance,
                 const Records &records) {
  auto *templates = rows<abi::RecordTemplate>(library.records);
  for (uint64_t index = 0; index < records.count(); ++index) {
    const abi::RecordTemplate &from = templates[index];
    *static_cast<abi::BoundFunctionRecord *>(records[index]) = {
        from.code,     from.typeId0,    from.typeId1, from.typeId2,
        from.tailCode, from.supertypes, &instance};
    if (!records.areShared())
      continue;
    auto &to = *static_cast<abi::SharedFunctionRecord *>(records[index]);
    to.owner = instance.functions;
    to.slotCode = from.slotCode;
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

void fillElementSegment(const InstanceParts &parts, const Records &records,
                        const abi::ElementTemplate &from, abi::Segment &to) {
  to = {parts.cells() + from.firstCell, from.length};
  if (from.contents != nullptr)
    expand(records, from.contents, from.length, to.items);
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
  const Records records(library, instance);
  fillRecords(library, instance, records);
  for (uint64_t index = 0; index < counts.tables; ++index)
    fillTable(rows<abi::TableTemplate>(library.tables)[index],
              parts.tables()[index], parts.cells());
  for (uint64_t index = 0; index < counts.elementSegments; ++index)
    fillElementSegment(
        parts, records,
        rows<abi::ElementTemplate>(library.elementSegments)[index],
        parts.elementSegments()[index]);
}

void fillImportedRecords(const abi::Library &library, abi::Instance &instance) {
  const InstanceParts parts(library, instance);
  auto *templates = rows<abi::RecordTemplate>(library.records);
  const Records records(library, instance);
  // Imported functions come first.
  for (uint64_t index = 0;
       index < records.count() && templates[index].code == nullptr; ++index) {
    const abi::Import &import = parts.imports()[templates[index].import];
    auto &record = *static_cast<abi::BoundFunctionRecord *>(records[index]);
    record.code = import.address;
    record.tailCode = import.tailCode;
    record.instance = import.instance;
  }
}

void fillTables(const abi::Library &library, abi::Instance &instance) {
  const InstanceParts parts(library, instance);
  const Records records(library, instance);
  for (uint64_t index = 0; index < parts.counts().tables; ++index) {
    auto &from = rows<abi::TableTemplate>(library.tables)[index];
    abi::Table &table = parts.tables()[index];
    expand(records, from.contents, from.contentCount, table.elements);
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

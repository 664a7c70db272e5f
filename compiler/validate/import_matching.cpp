#include "validate/import_matching.h"

namespace wrought::validate {

using namespace wasm;

/// Declared subtyping of concrete types: a chain of supertypes.
static bool isDefinedSubtype(const TypeStore &subTypes, TypeIndex sub,
                             const TypeStore &superTypes, TypeIndex super) {
  std::optional<TypeIndex> current = sub;
  while (current) {
    if (subTypes.digest(*current) == superTypes.digest(super))
      return true;
    current = subTypes[*current].supertype;
  }
  return false;
}

bool isSubtype(const TypeStore &subTypes, ValueType sub,
               const TypeStore &superTypes, ValueType super) {
  bool subIsConcrete = sub.isReference() && sub.heap().isConcrete();
  bool superIsConcrete = super.isReference() && super.heap().isConcrete();
  if (!superIsConcrete)
    return subTypes.isSubtype(sub, super);
  if (!subIsConcrete)
    return superTypes.isSubtype(sub, super);
  return (super.isNullable() || !sub.isNullable()) &&
         isDefinedSubtype(subTypes, sub.heap().index(), superTypes,
                          super.heap().index());
}

static bool isEqual(const TypeStore &aTypes, ValueType a,
                    const TypeStore &bTypes, ValueType b) {
  return isSubtype(aTypes, a, bTypes, b) && isSubtype(bTypes, b, aTypes, a);
}

/// All of limit matching but the minimum.
static bool matchLimits(const Limits &exported, const Limits &imported) {
  if (exported.is64 != imported.is64 || exported.isShared != imported.isShared)
    return false;
  return !imported.maximum ||
         (exported.maximum && *exported.maximum <= *imported.maximum);
}

static bool matchFunction(const Module &exporter, uint32_t exported,
                          const Module &importer, FunctionIndex imported) {
  return isDefinedSubtype(exporter.types, exporter.functions[exported].type,
                          importer.types,
                          importer.functions[imported.value].type);
}

static bool matchTable(const Module &exporter, uint32_t exported,
                       const Module &importer, TableIndex imported) {
  const TableType &from = exporter.tables[exported].type;
  const TableType &to = importer.tables[imported.value].type;
  return matchLimits(from.limits, to.limits) &&
         isEqual(exporter.types, from.element, importer.types, to.element);
}

static bool matchMemory(const Module &exporter, uint32_t exported,
                        const Module &importer, MemoryIndex imported) {
  const MemoryType &from = exporter.memories[exported].type;
  const MemoryType &to = importer.memories[imported.value].type;
  return matchLimits(from.limits, to.limits) &&
         from.pageSizeLog2 == to.pageSizeLog2;
}

static bool matchGlobal(const Module &exporter, uint32_t exported,
                        const Module &importer, GlobalIndex imported) {
  const GlobalType &from = exporter.globals[exported].type;
  const GlobalType &to = importer.globals[imported.value].type;
  if (from.isMutable != to.isMutable)
    return false;
  if (from.isMutable)
    return isEqual(exporter.types, from.value, importer.types, to.value);
  return isSubtype(exporter.types, from.value, importer.types, to.value);
}

static bool matchTag(const Module &exporter, uint32_t exported,
                     const Module &importer, TagIndex imported) {
  return exporter.types.digest(exporter.tags[exported].type.type) ==
         importer.types.digest(importer.tags[imported.value].type.type);
}

bool matchesImport(const Module &exporter, uint32_t exported,
                   const Module &importer, const Import &import) {
  switch (import.kind()) {
  case ExternalKind::Function:
    return matchFunction(exporter, exported, importer,
                         std::get<FunctionIndex>(import.entity));
  case ExternalKind::Table:
    return matchTable(exporter, exported, importer,
                      std::get<TableIndex>(import.entity));
  case ExternalKind::Memory:
    return matchMemory(exporter, exported, importer,
                       std::get<MemoryIndex>(import.entity));
  case ExternalKind::Global:
    return matchGlobal(exporter, exported, importer,
                       std::get<GlobalIndex>(import.entity));
  case ExternalKind::Tag:
    return matchTag(exporter, exported, importer,
                    std::get<TagIndex>(import.entity));
  }
  return false;
}

} // namespace wrought::validate

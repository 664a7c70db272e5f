#include "linkage.h"

#include "llvm/Support/FormatVariadic.h"

using namespace wrought;
using namespace wrought::spec;
using namespace wrought::wasm;

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

bool spec::isSubtype(const TypeStore &subTypes, ValueType sub,
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

static bool matches(const Entity &exported, const Module &importer,
                    const Import &import) {
  if (exported.kind != import.kind())
    return false;
  const Module &exporter = exported.owner->module();
  uint32_t index = exported.index;
  switch (import.kind()) {
  case ExternalKind::Function:
    return matchFunction(exporter, index, importer,
                         std::get<FunctionIndex>(import.entity));
  case ExternalKind::Table:
    return matchTable(exporter, index, importer,
                      std::get<TableIndex>(import.entity));
  case ExternalKind::Memory:
    return matchMemory(exporter, index, importer,
                       std::get<MemoryIndex>(import.entity));
  case ExternalKind::Global:
    return matchGlobal(exporter, index, importer,
                       std::get<GlobalIndex>(import.entity));
  case ExternalKind::Tag:
    return matchTag(exporter, index, importer,
                    std::get<TagIndex>(import.entity));
  }
  return false;
}

LinkResult spec::linkImports(const Module &module, const Registry &registry) {
  LinkResult result;
  for (const Import &import : module.imports) {
    auto fail = [&](const char *why) {
      result.error =
          llvm::formatv("{0}: {1}.{2}", why, import.module, import.name).str();
      return result;
    };
    auto exporter = registry.find(import.module);
    if (exporter == registry.end())
      return fail("unknown import");
    if (exporter->second->state != Instance::State::Ready)
      result.state = exporter->second->state;
    if (result.state == Instance::State::Failed)
      return fail("import from an instance that failed");
    auto entity = exporter->second->exports.find(import.name);
    if (entity == exporter->second->exports.end())
      return fail("unknown import");
    if (!matches(entity->second, module, import))
      return fail("incompatible import type");
    result.imports.push_back(entity->second);
  }
  return result;
}

/// The number of the import that entity `index` of the kind is, if it is one.
static std::optional<uint32_t> importOf(const Module &module, ExternalKind kind,
                                        uint32_t index) {
  switch (kind) {
  case ExternalKind::Function:
    return module.functions[index].import;
  case ExternalKind::Table:
    return module.tables[index].import;
  case ExternalKind::Memory:
    return module.memories[index].import;
  case ExternalKind::Global:
    return module.globals[index].import;
  case ExternalKind::Tag:
    return module.tags[index].import;
  }
  return std::nullopt;
}

void spec::addExports(Instance &instance,
                      const std::vector<translate::ExportedSymbol> &symbols) {
  const Module &module = instance.loaded->module();
  std::map<std::string_view, const translate::ExportedSymbol *> symbolOf;
  for (const translate::ExportedSymbol &exported : symbols)
    symbolOf[exported.name] = &exported;
  for (const Export &exported : module.exports) {
    Entity entity;
    if (auto import = importOf(module, exported.kind, exported.index)) {
      entity = instance.imports[*import];
    } else {
      entity.kind = exported.kind;
      entity.owner = instance.loaded;
      entity.index = exported.index;
      if (const auto *symbol = symbolOf[exported.name]) {
        const bool isFunction = exported.kind == ExternalKind::Function;
        entity.symbol = isFunction || instance.symbol.empty() ? symbol->symbol
                                                              : instance.symbol;
        entity.offset = symbol->instanceOffset;
        entity.instance = isFunction ? instance.symbol : "";
        entity.memory = symbol->memory;
        entity.hasTailEntry = symbol->hasTailEntry;
      }
    }
    instance.exports.emplace(exported.name, std::move(entity));
  }
}

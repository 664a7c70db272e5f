#include "linkage.h"

#include "validate/import_matching.h"

#include "llvm/Support/FormatVariadic.h"

using namespace wrought;
using namespace wrought::spec;
using namespace wrought::wasm;

static bool matches(const Entity &exported, const Module &importer,
                    const Import &import) {
  return exported.kind == import.kind() &&
         validate::matchesImport(exported.owner->module(), exported.index,
                                 importer, import);
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

void spec::addExports(Instance &instance,
                      const std::vector<translate::ExportedSymbol> &symbols) {
  const Module &module = instance.loaded->module();
  std::map<std::string_view, const translate::ExportedSymbol *> symbolOf;
  for (const translate::ExportedSymbol &exported : symbols)
    symbolOf[exported.name] = &exported;
  for (const Export &exported : module.exports) {
    Entity entity;
    if (auto import = module.importOf(exported.kind, exported.index)) {
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

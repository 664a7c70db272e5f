#include "merge/link_modules.h"

#include "validate/import_matching.h"
#include "wasm/describe.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>
#include <unordered_map>

namespace wrought::merge {

using wasm::ExternalKind;

namespace {

Location locationIn(const wasm::Module &module, uint64_t byteOffset) {
  Location location;
  location.file = module.sourceName;
  location.byteOffset = byteOffset;
  return location;
}

class ModuleLinker {
public:
  ModuleLinker(llvm::ArrayRef<LinkedModule> modules, Diagnostics &diagnostics)
      : modules_(modules), diagnostics_(diagnostics) {}

  Links run() {
    const bool areNamed = nameModules();
    findProviders();
    // By names that two have, nothing can be looked up.
    if (!areNamed)
      for (std::vector<bool> &isForeign : links_.isForeign)
        isForeign.assign(isForeign.size(), false);
    else if (orderModules())
      for (uint32_t number : links_.order)
        bind(number);
    return std::move(links_);
  }

private:
  const wasm::Module &module(uint32_t number) const {
    return modules_[number].module->module();
  }

  bool nameModules() {
    bool areNamed = true;
    for (uint32_t number = 0; number < modules_.size(); ++number) {
      const auto [known, isNew] =
          numbers_.try_emplace(modules_[number].name, number);
      areNamed &= isNew;
      if (!isNew)
        diagnostics_.error("both '" + module(known->second).sourceName +
                           "' and '" + module(number).sourceName +
                           "' are called '" + modules_[number].name +
                           "': give one another name, as in NAME=FILE");
    }
    return areNamed;
  }

  /// Modules do not import from themselves: theirs is another of that name.
  void findProviders() {
    providers_.resize(modules_.size());
    links_.isForeign.resize(modules_.size());
    links_.bound.resize(modules_.size());
    for (uint32_t number = 0; number < modules_.size(); ++number) {
      const auto &imports = module(number).imports;
      links_.bound[number].resize(imports.size());
      for (const wasm::Import &import : imports) {
        const auto provider = numbers_.find(import.module);
        const bool isForeign =
            provider == numbers_.end() || provider->second == number;
        links_.isForeign[number].push_back(isForeign);
        providers_[number].push_back(isForeign ? None : provider->second);
      }
    }
  }

  /// Of those that can come next, the one that was named first.
  bool orderModules() {
    std::vector<bool> isPlaced(modules_.size());
    const auto isReady = [&](uint32_t number) {
      return llvm::all_of(providers_[number], [&](uint32_t provider) {
        return provider == None || isPlaced[provider];
      });
    };
    while (links_.order.size() < modules_.size()) {
      uint32_t next = 0;
      while (next < modules_.size() && (isPlaced[next] || !isReady(next)))
        ++next;
      if (next == modules_.size()) {
        reportCircle(isPlaced);
        return false;
      }
      isPlaced[next] = true;
      links_.order.push_back(next);
    }
    return true;
  }

  void reportCircle(const std::vector<bool> &isPlaced) {
    // Each that is not placed imports from another such one.
    std::vector<uint32_t> path, imports;
    const auto firstOpen = llvm::find(isPlaced, false) - isPlaced.begin();
    auto current = static_cast<uint32_t>(firstOpen);
    while (!llvm::is_contained(path, current)) {
      path.push_back(current);
      const auto &providers = providers_[current];
      const auto import = llvm::find_if(providers, [&](uint32_t provider) {
        return provider != None && !isPlaced[provider];
      });
      imports.push_back(static_cast<uint32_t>(import - providers.begin()));
      current = *import;
    }
    const auto begin =
        static_cast<size_t>(llvm::find(path, current) - path.begin());
    std::string names;
    for (size_t i = begin; i < path.size(); ++i)
      names += modules_[path[i]].name + " → ";
    diagnostics_.error("modules import from each other in a circle: " + names +
                       modules_[current].name);
    for (size_t i = begin; i < path.size(); ++i) {
      const wasm::Import &import = module(path[i]).imports[imports[i]];
      diagnostics_.note(locationIn(module(path[i]), import.byteOffset),
                        "'" + modules_[path[i]].name + "' imports " +
                            nameOf(import));
    }
  }

  static std::string nameOf(const wasm::Import &import) {
    return llvm::formatv("\"{0}\" \"{1}\"", llvm::StringRef(import.module),
                         llvm::StringRef(import.name))
        .str();
  }

  /// Those of the providers are bound.
  void bind(uint32_t number) {
    const auto &imports = module(number).imports;
    for (uint32_t i = 0; i < imports.size(); ++i)
      if (providers_[number][i] != None)
        links_.bound[number][i] =
            bind(number, imports[i], providers_[number][i]);
  }

  std::optional<Entity> bind(uint32_t importer, const wasm::Import &import,
                             uint32_t provider) {
    const wasm::Export *item = findExport(provider, import.name);
    if (!item) {
      report(importer, import,
             "'" + module(provider).sourceName + "' exports no such thing");
      return std::nullopt;
    }
    const Entity entity = follow({provider, item->index}, item->kind);
    const wasm::Module &definer = module(entity.module);
    const bool matches =
        item->kind == import.kind() &&
        validate::matchesImport(definer, entity.index, module(importer),
                                import) &&
        hasMinimum(definer, entity.index, module(importer), import);
    if (matches)
      return entity;
    report(importer, import, "what is exported does not match");
    diagnostics_.note(
        locationIn(module(provider), item->byteOffset),
        llvm::formatv("exported here is a {0} {1}", toString(item->kind),
                      describeType(definer, item->kind, entity.index))
            .str());
    return std::nullopt;
  }

  /// Through what a module only passes on.
  Entity follow(Entity entity, ExternalKind kind) const {
    const auto import = module(entity.module).importOf(kind, entity.index);
    if (!import)
      return entity;
    return links_.bound[entity.module][*import].value_or(entity);
  }

  static bool hasMinimum(const wasm::Module &exporter, uint32_t exported,
                         const wasm::Module &importer,
                         const wasm::Import &import) {
    const uint32_t imported = import.index();
    if (import.kind() == ExternalKind::Memory)
      return exporter.memories[exported].type.limits.minimum >=
             importer.memories[imported].type.limits.minimum;
    return import.kind() != ExternalKind::Table ||
           exporter.tables[exported].type.limits.minimum >=
               importer.tables[imported].type.limits.minimum;
  }

  const wasm::Export *findExport(uint32_t number, std::string_view name) {
    auto &exports = exports_[number];
    if (exports.empty())
      for (const wasm::Export &item : module(number).exports)
        exports.emplace(item.name, &item);
    const auto found = exports.find(name);
    return found == exports.end() ? nullptr : found->second;
  }

  void report(uint32_t importer, const wasm::Import &import,
              llvm::StringRef fact) {
    diagnostics_.error(locationIn(module(importer), import.byteOffset),
                       llvm::formatv("import {0}, {1}: {2}", nameOf(import),
                                     describeImport(module(importer), import),
                                     fact)
                           .str());
  }

  static constexpr uint32_t None = UINT32_MAX;
  llvm::ArrayRef<LinkedModule> modules_;
  Diagnostics &diagnostics_;
  std::map<std::string, uint32_t, std::less<>> numbers_;
  std::vector<std::vector<uint32_t>> providers_; ///< by module and import
  std::map<uint32_t, std::unordered_map<std::string_view, const wasm::Export *>>
      exports_;
  Links links_;
};

} // namespace

Links linkModules(llvm::ArrayRef<LinkedModule> modules,
                  Diagnostics &diagnostics) {
  return ModuleLinker(modules, diagnostics).run();
}

} // namespace wrought::merge

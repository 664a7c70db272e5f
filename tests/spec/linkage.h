//===- linkage.h - Instances of a script and what they export -------------===//
//
// Which of them serve which imports; validate/import_matching.h says what
// matches.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "translate/translate.h"
#include "validate/module_validator.h"

#include <map>
#include <memory>
#include <string>

namespace wrought::spec {

/// A module of a script that went through the validation side.
struct LoadedModule {
  std::vector<uint8_t> bytes;
  std::optional<validate::ValidatedModule> validated;
  const wasm::Module &module() const { return validated->module(); }
};

/// Where an exported entity is defined; re-exports are followed to here.
struct Entity {
  wasm::ExternalKind kind = wasm::ExternalKind::Function;
  /// Of the definer.
  std::shared_ptr<const LoadedModule> owner;
  uint32_t index = 0;
  std::string symbol;
  /// From the symbol to the entity.
  uint64_t offset = 0;
  /// In the pointer model, of a function: what it is called with.
  std::string instance;
  translate::MemoryTraits memory = {}; ///< of a memory
  bool hasTailEntry = false;           ///< translate::ExportedSymbol's
};

struct Instance {
  enum class State : uint8_t {
    Ready,
    NotTranslated, ///< needs a feature that translation does not have
    Failed         ///< does not link or compile; reported already
  } state = State::Failed;
  std::shared_ptr<const LoadedModule> loaded;
  std::string moduleSymbol;
  /// In the pointer model: where the instance is.
  std::string symbol;
  std::map<std::string, Entity, std::less<>> exports;
  std::vector<Entity> imports; ///< in order
};

/// Import namespace to instance.
using Registry = std::map<std::string, std::shared_ptr<Instance>, std::less<>>;

struct LinkResult {
  std::vector<Entity> imports;
  /// Why it does not link; empty when it does.
  std::string error;
  /// The state of the worst exporter.
  Instance::State state = Instance::State::Ready;
};

/// Binds every import. The minimum sizes of memories and tables are left to the
/// harness, which knows the sizes at the time of instantiation.
LinkResult linkImports(const wasm::Module &module, const Registry &registry);

/// Makes the exports of a module into entities, with Plan::exports()'s symbols
/// where the module is translated and `symbols` not empty.
void addExports(Instance &instance,
                const std::vector<translate::ExportedSymbol> &symbols);

} // namespace wrought::spec

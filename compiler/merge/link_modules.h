//===- link_modules.h - What imports of linked modules are bound to -------===//
//
// Modules that import each other's exports are instantiated as the
// specification has it: a module after all that it imports from. Where modules
// import from each other in a circle there is no such order.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/diagnostics.h"
#include "validate/module_validator.h"

namespace wrought::merge {

struct LinkedModule {
  /// What the others import it as.
  std::string name;
  const validate::ValidatedModule *module = nullptr;
};

/// An entity of one of the modules, of a kind that the user knows.
struct Entity {
  uint32_t module = 0;
  uint32_t index = 0;
};

struct Links {
  /// Numbers of modules, in the order of instantiation.
  std::vector<uint32_t> order;
  /// By module and import: what serves it, followed to where it is defined or
  /// imported from none of the modules. Nullopt for such an import itself, and
  /// for what was reported.
  std::vector<std::vector<std::optional<Entity>>> bound;
  /// By module and import: whether none of the modules has its name.
  std::vector<std::vector<bool>> isForeign;
};

/// Reports all that cannot be linked: names that two have, circles, exports
/// that do not exist or are of another type. What is returned says which
/// imports are left for others, also after errors.
Links linkModules(llvm::ArrayRef<LinkedModule> modules,
                  Diagnostics &diagnostics);

} // namespace wrought::merge

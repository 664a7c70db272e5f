//===- merge_modules.h - Linked modules to one module ---------------------===//
//
// The modules' index spaces are put behind each other, so that what comes after
// knows one module: calls between them are direct and may be inlined, memories
// and tables are shared, and every kind of output can be made. Code stays as it
// is: the bytes of all are kept in one piece, and OperatorReader maps indices.
// Each origin is instantiated as a whole before the next one.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "merge/link_modules.h"

namespace wrought::merge {

struct MergedModule {
  /// Of all modules. The module refers to them, and to names in the inputs.
  std::vector<uint8_t> bytes;
  validate::ValidatedModule module;
};

/// `links` is without errors. Exports are those of the first module. Imports of
/// a memory that none of the modules provides are one import where they have
/// the same name. Reports what is too large, and such imports that do not
/// agree.
std::optional<MergedModule> mergeModules(llvm::ArrayRef<LinkedModule> modules,
                                         const Links &links,
                                         Diagnostics &diagnostics);

} // namespace wrought::merge

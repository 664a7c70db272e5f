//===- inspect.h - `wrought inspect` --------------------------------------===//
#pragma once

#include "driver/compile.h"

#include "llvm/Support/JSON.h"

namespace wrought::driver {

/// Describes a module (sections, imports, exports, features, sizes), an ELF
/// file that wrought made (what it was built from) or a bundle (its manifest).
/// False after reporting.
[[nodiscard]] bool inspect(llvm::StringRef path,
                           const validate::Options &options, bool asJson,
                           llvm::raw_ostream &out, Diagnostics &diagnostics);

/// What a bundle's manifest tells of the module.
llvm::json::Object describeForPackage(const validate::ValidatedModule &module);

} // namespace wrought::driver

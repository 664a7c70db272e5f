//===- inspect.h - `wrought inspect` --------------------------------------===//
#pragma once

#include "driver/compile.h"

namespace wrought::driver {

/// Describes a module (sections, imports, exports, features, sizes) or an ELF
/// file that wrought made (what it was built from). False after reporting.
[[nodiscard]] bool inspect(llvm::StringRef path,
                           const validate::Options &options, bool asJson,
                           llvm::raw_ostream &out, Diagnostics &diagnostics);

} // namespace wrought::driver

//===- pack.h - `wrought pack` --------------------------------------------===//
#pragma once

#include "driver/package_options.h"

namespace wrought::driver {

/// Compiles one request of a package: as compile() does, with what the user
/// wants to see of it.
using BuildFunction =
    llvm::function_ref<bool(const CompileRequest &request, const Input &input)>;

/// Builds the module for each target and packs what comes out. False after
/// reporting.
[[nodiscard]] bool pack(const PackageOptions &options, BuildFunction build,
                        Diagnostics &diagnostics);

} // namespace wrought::driver

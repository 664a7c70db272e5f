//===- pack.h - `wrought pack` --------------------------------------------===//
#pragma once

#include "driver/package_options.h"

namespace wrought::driver {

/// Builds the module for each target and packs what comes out. False after
/// reporting.
[[nodiscard]] bool pack(const PackageOptions &options, BuildFunction build,
                        Diagnostics &diagnostics);

} // namespace wrought::driver

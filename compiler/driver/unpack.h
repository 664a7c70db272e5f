//===- unpack.h - `wrought unpack` and `wrought verify` -------------------===//
#pragma once

#include "driver/package_options.h"

namespace wrought::driver {

/// Writes the bundle's files below a folder: all of them, or those of the
/// chosen targets. False after reporting; then no file is left of it.
[[nodiscard]] bool unpack(const PackageOptions &options,
                          Diagnostics &diagnostics);

/// Looks at every byte of a bundle. False after reporting.
[[nodiscard]] bool verify(const PackageOptions &options,
                          Diagnostics &diagnostics);

} // namespace wrought::driver

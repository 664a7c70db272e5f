//===- unpack.h - `wrought unpack` and `wrought verify` -------------------===//
#pragma once

#include "bundle/reader.h"
#include "driver/package_options.h"

namespace wrought::driver {

/// The bundle, signed by the key that was asked for, if one was. Nullopt after
/// reporting.
std::optional<bundle::Reader> openTrusted(const PackageOptions &options,
                                          Diagnostics &diagnostics);

/// Writes the bundle's files below a folder: all of them, or those of the
/// chosen targets. False after reporting; then no file is left of it.
[[nodiscard]] bool unpack(const PackageOptions &options,
                          Diagnostics &diagnostics);

/// Looks at every byte of a bundle. False after reporting.
[[nodiscard]] bool verify(const PackageOptions &options,
                          Diagnostics &diagnostics);

} // namespace wrought::driver

//===- rebuild_check.h - `wrought rebuild-check` --------------------------===//
#pragma once

#include "driver/package_options.h"

namespace wrought::driver {

/// Builds the bundle's programs again, from the module and with the options in
/// its manifest, and compares the bytes. False after reporting.
[[nodiscard]] bool rebuildCheck(const PackageOptions &options,
                                const CompileRequest &request,
                                BuildFunction build, Diagnostics &diagnostics);

} // namespace wrought::driver

//===- oci_platform.h - Targets as containers name them -------------------===//
#pragma once

#include "targets/target.h"

namespace wrought::targets {

/// "architecture" and "variant" of OCI images (Go's GOARCH); the variant may be
/// empty.
struct OciPlatform {
  llvm::StringRef architecture, variant;
};
OciPlatform ociPlatform(const TargetSpec &target);

} // namespace wrought::targets

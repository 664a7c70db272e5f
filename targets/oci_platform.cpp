#include "targets/oci_platform.h"

#include "llvm/ADT/StringSwitch.h"

namespace wrought::targets {

OciPlatform ociPlatform(const TargetSpec &target) {
  return llvm::StringSwitch<OciPlatform>(target.name)
      .Case("x86_64", {"amd64", ""})
      .Case("aarch64", {"arm64", "v8"})
      .Default({target.name, ""});
}

} // namespace wrought::targets

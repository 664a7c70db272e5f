#include "driver/version.h"

#include "llvm/Config/llvm-config.h"

namespace wrought::driver {

const char *version() { return WROUGHT_VERSION; }

std::string versionLine() {
  return std::string("wrought ") + version() +
         " (LLVM " LLVM_VERSION_STRING ")";
}

} // namespace wrought::driver

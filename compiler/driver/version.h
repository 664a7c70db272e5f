//===- version.h - Which Wrought this is ----------------------------------===//
#pragma once

#include <string>

namespace wrought::driver {

/// "0.1.0"
const char *version();
/// "wrought 0.1.0 (LLVM 22.1.8)"
std::string versionLine();

} // namespace wrought::driver

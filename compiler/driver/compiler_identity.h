//===- compiler_identity.h - Which build of Wrought this is ---------------===//
#pragma once

#include "llvm/ADT/StringRef.h"

#include <string>

namespace wrought::driver {

/// Differs between compilers that may make different code of one module: made
/// of the build ids of this program and of LLVM's libraries. The same on every
/// machine that has the same ones.
std::string compilerIdentity();

} // namespace wrought::driver

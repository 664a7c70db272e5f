//===- command_line.h - What main() does ----------------------------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace wrought::driver {

/// Does what the arguments (without the program's name) ask for; returns the
/// exit code: 0, 1 for a diagnosed error, 2 for usage.
int runCommandLine(llvm::ArrayRef<std::string> arguments,
                   llvm::raw_ostream &out, llvm::raw_ostream &err);

} // namespace wrought::driver

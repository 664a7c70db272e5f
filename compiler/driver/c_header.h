//===- c_header.h - The header of a loadable object -----------------------===//
#pragma once

#include "translate/c_interface.h"

namespace wrought::driver {

/// What a library has only if it was asked for.
struct HeaderParts {
  bool interruption = false, fuel = false;
};

/// Declares all that the library offers; needs no other file.
std::string cHeader(const wasm::Module &module,
                    const translate::CInterface &interface,
                    const HeaderParts &parts);

/// "plugin" for "dir/libplugin.so" or "dir/libplugin.a".
std::string libraryName(llvm::StringRef outputPath);

} // namespace wrought::driver

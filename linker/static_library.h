//===- static_library.h - A relocatable object as a library ---------------===//
#pragma once

#include "linker/link.h"

namespace wrought::linker {

/// Makes hidden symbols of a relocatable ELF file local, so that other objects
/// of a link may have the same ones. `__start_<section>` and `__stop_<section>`
/// come to mean the ends of this file's section, not of all the link's. Returns
/// what is wrong with the file, or null.
const char *hideSymbols(llvm::MutableArrayRef<char> object);

/// An archive with one member and the index of its symbols.
ObjectBytes makeArchive(llvm::ArrayRef<char> object, llvm::StringRef name);

} // namespace wrought::linker

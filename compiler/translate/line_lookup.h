//===- line_lookup.h - Whether a program finds its lines ------------------===//
#pragma once

namespace llvm {
class Module;
}

namespace wrought::translate {

/// Has the runtime's wrought_find_lines linked in, to which backtraces refer
/// weakly: worth its size only in a program whose file keeps its line table.
void linkLineLookup(llvm::Module &config);

} // namespace wrought::translate

//===- module_facts.h - What a look at all the code tells -----------------===//
//
// Facts that translation of any one function or of the module's data wants to
// know of the whole: which functions can be reached, which references escape,
// which tables and memories can change size.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "validate/module_validator.h"

#include "llvm/ADT/BitVector.h"

namespace wrought::translate {

struct ModuleFacts {
  /// Functions to translate, by index.
  llvm::BitVector reachable;
  /// Functions whose reference is taken: they need a record.
  llvm::BitVector referenced;
  /// Functions with a tail call in them.
  llvm::BitVector makesTailCalls;
  llvm::BitVector growingMemories;
  llvm::BitVector growingTables;
  /// Tables whose elements or size code changes, segments that it drops.
  llvm::BitVector changingTables;
  llvm::BitVector droppedData, droppedElements;
};

/// `exportAll` makes every export a root; otherwise `_start` alone is one, with
/// threads `wasi_thread_start` too, beside the start function and what segments
/// and globals refer to.
ModuleFacts collectFacts(const wasm::Module &module, bool exportAll,
                         bool hasThreads);

} // namespace wrought::translate

//===- c_interface.h - A module's imports and exports as C names ----------===//
//
// What the code of a loadable object and its header must agree on.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/diagnostics.h"
#include "wasm/module.h"

#include <optional>
#include <string>
#include <vector>

namespace wrought::translate {

/// Imports of one module name: a struct of pointers, with the user data that
/// all functions get.
struct CImportGroup {
  std::string module, field;
  struct Item {
    std::string field;
    uint32_t import; ///< the first of its name and type
  };
  std::vector<Item> items;
  /// Position of the first item's pointer; the user data's is behind.
  uint64_t firstPointer = 0;
};

struct CExport {
  const wasm::Export *item;
  std::string name; ///< without the prefix
};

struct CInterface {
  std::string prefix;
  std::vector<CImportGroup> imports;
  std::vector<CExport> exports;
  /// For each import, in order: positions among the pointers of the imports.
  struct ImportSlot {
    uint64_t pointer, userData;
    std::string readyMade; ///< symbol of a function of WASI; else empty
  };
  std::vector<ImportSlot> importSlots;
  /// Where something is ready-made: what the host says of WASI, behind all
  /// groups.
  struct Wasi {
    std::string field;
    uint64_t pointer;
    std::optional<wasm::MemoryIndex> memory; ///< that the calls work on
  };
  std::optional<Wasi> wasi;
};

/// An identifier with the letters, digits and underscores of a text.
std::string cIdentifier(std::string_view text);

/// Names for everything. Null after reporting what cannot be bound from C.
std::optional<CInterface> describeCInterface(const wasm::Module &module,
                                             std::string prefix,
                                             Diagnostics &diagnostics);

/// Whether an import is a function that a host has with pointers for its
/// results.
bool hasSeveralResults(const wasm::Module &module, const wasm::Import &import);

/// Whether it refers to functions, of one type or any.
bool isFunctionReference(const wasm::TypeStore &types, wasm::ValueType type);

/// Whether instances can share a table or global of it: numbers, vectors,
/// externref and references to functions.
bool isShareable(const wasm::TypeStore &types, wasm::ValueType type);

/// Whether a function of this type has a typed C function.
bool isTypedInC(const wasm::FunctionType &type);

} // namespace wrought::translate

//===- producers.h - The custom section "producers" -----------------------===//
#pragma once

#include "wasm/module.h"

#include <string>
#include <vector>

namespace wrought::driver {

/// A tool that the module says it was made by.
struct Producer {
  std::string name, version;
};

/// In order; nothing after the first field that is not well-formed (a custom
/// section cannot make a module invalid).
std::vector<Producer> readProducers(const wasm::Module &module);

} // namespace wrought::driver

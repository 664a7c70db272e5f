//===- origin.h - Which of the linked modules a function is of ------------===//
#pragma once

#include "abi/layout.h"

namespace wrought {

/// That of the function at a position of functionNames; null where the module
/// was not linked from several.
inline const abi::ModuleOrigin *originAt(const abi::Module &module,
                                         uint64_t position) {
  auto *origins = static_cast<const abi::ModuleOrigin *>(module.origins);
  const abi::ModuleOrigin *found = nullptr;
  for (uint64_t index = 0; index < module.originCount; ++index)
    if (origins[index].firstPosition <= position)
      found = &origins[index];
  return found;
}

} // namespace wrought

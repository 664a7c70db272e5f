//===- pointer_state.h - What instances are made from ---------------------===//
#pragma once

#include "translate/module_emitter.h"

namespace wrought::translate {

/// Defines the module's abi::Library: templates of an instance's parts, and
/// what fills in the rest.
void definePointerState(ModuleEmitter &module);

} // namespace wrought::translate

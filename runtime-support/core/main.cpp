//===- main.cpp - Runs the program's module -------------------------------===//
//
// In an object file of its own: a harness that defines wrought_main gets the
// rest of the archive without this.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"

extern "C" wrought::abi::Module wrought_module
    __attribute__((visibility("hidden")));

namespace {

void call(void *code) {
  if (code != nullptr)
    reinterpret_cast<void (*)()>(code)();
}

} // namespace

extern "C" int wrought_main() {
  wrought_setup_module(&wrought_module);
  call(wrought_module.instantiate);
  call(wrought_module.start);
  return 0;
}

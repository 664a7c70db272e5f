//===- main.cpp - Runs the program's module -------------------------------===//
//
// In an object file of its own: a harness that defines wrought_main gets the
// rest of the archive without this.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "core/info.h"
#include "core/process.h"

extern "C" {
extern const wrought::abi::Config wrought_config
    __attribute__((visibility("hidden")));
}

using namespace wrought;

namespace {

void call(void *code) {
  if (code != nullptr)
    reinterpret_cast<void (*)()>(code)();
}

} // namespace

extern "C" int wrought_main() {
  printInfoIfAsked();
  abi::Module *module = process.module;
  call(wrought_config.startFuel);
  call(wrought_config.startProfile);
  wrought_setup_module(module);
  call(module->instantiate);
  call(module->start);
  return 0;
}

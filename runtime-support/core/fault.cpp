#include "core/fault.h"

#include "trap_context.h"

extern "C" {
// The linker's: around all compiled code, and around libcalls/memory.cpp.
extern const char __start_wrought_text[]
    __attribute__((weak, visibility("hidden")));
extern const char __stop_wrought_text[]
    __attribute__((weak, visibility("hidden")));
extern const char __start_wrought_memory_calls[]
    __attribute__((weak, visibility("hidden")));
extern const char __stop_wrought_memory_calls[]
    __attribute__((weak, visibility("hidden")));
}

namespace wrought {

bool isCompiledCode(uint64_t address) {
  return address >= reinterpret_cast<uint64_t>(__start_wrought_text) &&
         address < reinterpret_cast<uint64_t>(__stop_wrought_text);
}

bool isMemoryCall(uint64_t address) {
  return address >= reinterpret_cast<uint64_t>(__start_wrought_memory_calls) &&
         address < reinterpret_cast<uint64_t>(__stop_wrought_memory_calls);
}

void passOn(int signal, sys::SignalInfo *info, void *context,
            const sys::SignalAction &previous) {
  bool isFault = info->code > 0;
  bool isIgnored = sys::isIgnoreHandler(previous.handler);
  if (isIgnored && !isFault)
    return;
  if (!isIgnored && !sys::isDefaultHandler(previous.handler)) {
    if (previous.flags & sys::saSiginfo)
      reinterpret_cast<void (*)(int, sys::SignalInfo *, void *)>(
          previous.handler)(signal, info, context);
    else
      reinterpret_cast<void (*)(int)>(previous.handler)(signal);
    return;
  }
  // A fault comes again when the handler returns, and then ends the process.
  sys::SignalAction action = {};
  arch::setRestorer(action);
  if (sys::isError(sys::rt_sigaction(signal, &action, nullptr)) ||
      (!isFault && sys::isError(sys::raise(signal))))
    sys::exit_group(128 + signal);
}

} // namespace wrought

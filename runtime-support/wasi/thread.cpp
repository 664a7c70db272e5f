//===- thread.cpp - thread-spawn of wasi-threads --------------------------===//
//
// Source: WebAssembly/wasi-threads, README.
//
//===----------------------------------------------------------------------===//
#include "core/thread.h"
#include "wasi/errno.h"
#include "wasi/grants.h"
#include "wasi/preview1.h"
#if __has_include("wasi/state.h")
#include "wasi/state.h"
#endif

extern "C" uint32_t wrought_wasi_thread_spawn(uint32_t argument)
    __attribute__((visibility("hidden")));

namespace wrought::wasi {

namespace {

/// Before the second thread, while nobody is in a call.
bool prepareCalls() {
#if __has_include("wasi/state.h")
  startThreads();
  return true;
#else
  // Calls that share descriptors do not keep each other out. Without grants
  // there is nothing that one could reach by another's.
  return wrought_config.grantCount == 0 && environmentGrants().count == 0;
#endif
}

constinit bool areCallsReady = false;

} // namespace

} // namespace wrought::wasi

using namespace wrought;

/// The thread's number, or minus an errno.
extern "C" uint32_t wrought_wasi_thread_spawn(uint32_t argument) {
  if (!wasi::areCallsReady && !wasi::prepareCalls())
    return -static_cast<uint32_t>(wasi::Errno::Notsup);
  wasi::areCallsReady = true;
  long result = startThread(argument);
  return result > 0 ? static_cast<uint32_t>(result)
                    : -static_cast<uint32_t>(wasi::errnoOf(result));
}

//===- thread.cpp - thread-spawn of wasi-threads --------------------------===//
//
// Source: WebAssembly/wasi-threads, README.
//
//===----------------------------------------------------------------------===//
#include "core/thread.h"
#include "model/guest.h"
#include "wasi/errno.h"

extern "C" uint32_t wrought_wasi_thread_spawn(uint32_t argument)
    __attribute__((visibility("hidden")));

using namespace wrought;

/// The thread's number, or minus an errno.
extern "C" uint32_t wrought_wasi_thread_spawn(uint32_t argument) {
  // Only the first thread can find it so.
  if (!wasi::theState.descriptors.isThreaded())
    wasi::startThreads();
  long result = startThread(argument);
  return result > 0 ? static_cast<uint32_t>(result)
                    : -static_cast<uint32_t>(wasi::errnoOf(result));
}

//===- process.h - What the kernel handed to the program ------------------===//
//
// Filled in once by wrought_start before anything else runs.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"

#include <stddef.h>
#include <stdint.h>

namespace wrought {

/// Half-open range of addresses.
struct AddressRange {
  uintptr_t begin = 0;
  uintptr_t end = 0;

  bool contains(uintptr_t address) const {
    return address >= begin && address < end;
  }
};

struct ActiveCatch;

/// What each thread has of its own.
struct ThreadState {
  /// The guest's stack without its guard, and the guard below it.
  AddressRange stack;
  AddressRange stackGuard;
  /// The top of the stack that signals are handled on.
  uintptr_t signalStackEnd;
  ActiveCatch *activeCatch;
  /// Of collected objects, and what unmaps it: null before the first.
  void *heap;
  void (*releaseHeap)(void *heap);
};

struct Process {
  size_t argumentCount;
  /// argumentCount strings, then null.
  char **arguments;
  /// "K=V" strings, then null.
  char **environment;
  /// The kernel's page size.
  uint64_t pageByteLength;
  /// AT_EXECFN: path as given to execve; may be null.
  const char *executablePath;
  /// AT_RANDOM: 16 random bytes; may be null.
  const uint8_t *randomBytes;
  /// AT_SYSINFO_EHDR: the vDSO's ELF header; may be null.
  const void *vdso;
  /// AT_HWCAP and AT_HWCAP2; 0 where there is none.
  uint64_t cpuCapabilities[2];
  /// AT_SECURE: it has rights that its caller lacks, by set-user-id or file
  /// capabilities, so that what the caller's environment says must not count.
  bool isPrivileged;
  /// The version of the program's module that runs; null in a program that
  /// lists none.
  abi::Module *module;
  /// Run-time address minus link-time address.
  uintptr_t loadBias;
  ThreadState mainThread;
  /// The state of the thread that asks; null in a program that starts none.
  ThreadState *(*findThread)();
  void (*claimEndAmongThreads)();
  /// Null in a program that counts nothing.
  void (*writeProfile)();

  ThreadState &thread() {
    return findThread == nullptr ? mainThread : *findThread();
  }

  /// To be called before the program is ended. Of several threads that end it
  /// the first decides how: the others never return from here.
  void claimEnd() const {
    if (claimEndAmongThreads != nullptr)
      claimEndAmongThreads();
    if (writeProfile != nullptr)
      writeProfile();
  }
};

extern Process process __attribute__((visibility("hidden")));

/// The value of a variable in the environment, or null.
const char *environmentVariable(const char *name);

} // namespace wrought

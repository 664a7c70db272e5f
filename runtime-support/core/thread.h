//===- thread.h - Threads of the guest ------------------------------------===//
//
// Linked into programs that start threads, and into no others: they name
// wrought_start_threads in their configuration. Each thread is an instance of
// the module that shares its memory; what is an instance's own are thread-local
// variables of the program (ELF TLS, local exec).
//
//===----------------------------------------------------------------------===//
#pragma once

#include "core/elf.h"

#include <stdint.h>

namespace wrought {

// Larger than any frame of the runtime: its frames are not probed.
constexpr uint64_t stackGuardByteLength = uint64_t{1} << 20;

/// Of the guest's stack in each thread, by the configuration.
uint64_t stackByteLength();

/// Starts a thread that runs the module's wasi_thread_start. Its number, from 1
/// on, or minus an error number of the kernel's.
long startThread(uint32_t argument);

} // namespace wrought

#pragma GCC visibility push(hidden)
extern "C" {

/// Gives the first thread its thread-local variables; `segment` is PT_TLS's
/// header or null. On failure prints a line and exits with status 1.
void wrought_start_threads(const wrought::elf::ProgramHeader *segment,
                           uint64_t loadBias);

// arch/<cpu>/thread.S.

/// clone(2) with a stack and a thread pointer; the new thread calls
/// entry(argument), which must not return.
long wrought_clone(unsigned long flags, void *stackTop, uintptr_t threadPointer,
                   void (*entry)(void *), void *argument);

/// Unmaps what the calling thread stands on, and ends it.
[[noreturn]] void wrought_exit_thread(void *mapping, uint64_t byteLength);
}
#pragma GCC visibility pop

//===- thread.cpp - Threads of the guest ----------------------------------===//
//
// What a thread needs is one mapping:
//
//   guard | guest's stack | signal stack | thread-local variables, Thread
//
// The thread unmaps it as its last act, so nobody has to wait for it and nothing
// is left of it. The first thread has its stacks elsewhere and only the last
// part here.
//
//===----------------------------------------------------------------------===//
#include "core/thread.h"

#include "abi/runtime.h"
#include "core/lock.h"
#include "core/message.h"
#include "core/process.h"
#include "core/thread_ids.h"
#include "core/trap.h"
#include "libcalls/libcalls.h"
#include "os/linux/system.h"
#include "thread_pointer.h"

extern "C" {
extern const wrought::abi::Config wrought_config
    __attribute__((visibility("hidden")));
}

namespace wrought {

namespace {

/// Beside the thread-local variables, where the thread pointer leads to it.
struct alignas(64) Thread {
  /// x86_64: the thread pointer is loaded from where it points.
  Thread *self;
  ThreadState state;
  void *mapping;
  uint64_t mappingByteLength;
  uint32_t id;
  uint32_t argument;
  Thread *previous, *next;
};

/// PT_TLS: what each thread's variables start as.
struct TlsSegment {
  const uint8_t *bytes = nullptr;
  uint64_t fileByteLength = 0, byteLength = 0;
  /// Variables keep this address modulo the alignment.
  uint64_t address = 0, alignment = 1;
};

constinit TlsSegment tls;
constinit Lock threadsLock;
constinit ThreadIds ids;
constinit Thread *firstThread = nullptr;
constinit uint64_t threadCount = 0;
constinit const ThreadState *endingThread = nullptr;

uint64_t blockAlignment() {
  return tls.alignment > alignof(Thread) ? tls.alignment : alignof(Thread);
}

/// Room for variables and Thread wherever it begins.
uint64_t blockByteLength() {
  return sizeof(Thread) + tls.byteLength + 3 * blockAlignment();
}

uint64_t roundToPage(uint64_t byteLength) {
  uint64_t mask = process.pageByteLength - 1;
  return (byteLength + mask) & ~mask;
}

uintptr_t threadPointerOf(Thread *thread) {
  auto address = reinterpret_cast<uintptr_t>(thread);
  return arch::isTlsBelow ? address : address + sizeof(Thread);
}

Thread *currentThread() {
  uintptr_t pointer = arch::threadPointer();
  return reinterpret_cast<Thread *>(
      arch::isTlsBelow ? pointer : pointer - sizeof(Thread));
}

ThreadState *findThread() { return &currentThread()->state; }

void claimEnd() {
  const ThreadState *first = nullptr, *self = findThread();
  if (__atomic_compare_exchange_n(&endingThread, &first, self, false,
                                  __ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
      first == self)
    return;
  for (;;)
    (void)sys::ppoll(nullptr, 0, nullptr);
}

/// Lays out zeroed memory of blockByteLength().
Thread *makeThread(uintptr_t begin) {
  uint64_t alignment = blockAlignment();
  uint64_t before =
      arch::isTlsBelow ? tls.byteLength + tls.alignment : sizeof(Thread);
  uintptr_t pointer = (begin + before + alignment - 1) & ~(alignment - 1);
  auto *thread = reinterpret_cast<Thread *>(
      arch::isTlsBelow ? pointer : pointer - sizeof(Thread));
  thread->self = thread;
  if (tls.byteLength != 0)
    memcpy(reinterpret_cast<void *>(arch::tlsBegin(
               pointer, tls.byteLength, tls.address, tls.alignment)),
           tls.bytes, tls.fileByteLength);
  return thread;
}

Thread *mapThread() {
  uint64_t guard = stackGuardByteLength, stack = stackByteLength();
  uint64_t rest = roundToPage(signalStackByteLength + blockByteLength());
  uint64_t byteLength = guard + stack + rest;
  long mapped = sys::mmap(nullptr, byteLength, sys::protNone,
                          sys::mapPrivate | sys::mapAnonymous |
                              sys::mapNoreserve | sys::mapStack,
                          -1, 0);
  if (sys::isError(mapped))
    return nullptr;
  auto begin = static_cast<uintptr_t>(mapped);
  uintptr_t stackBegin = begin + guard, stackEnd = stackBegin + stack;
  if (sys::isError(sys::mprotect(reinterpret_cast<void *>(stackBegin),
                                 stack + rest,
                                 sys::protRead | sys::protWrite))) {
    (void)sys::munmap(reinterpret_cast<void *>(begin), byteLength);
    return nullptr;
  }
  // As for the first thread's.
  (void)sys::madvise(reinterpret_cast<void *>(stackBegin), stack + rest,
                     sys::madvNohugepage);
  Thread *thread = makeThread(stackEnd + signalStackByteLength);
  thread->state.stackGuard = {begin, stackBegin};
  thread->state.stack = {stackBegin, stackEnd};
  thread->state.signalStackEnd = stackEnd + signalStackByteLength;
  thread->mapping = reinterpret_cast<void *>(begin);
  thread->mappingByteLength = byteLength;
  return thread;
}

bool isIdInUse(uint32_t id) {
  for (Thread *thread = firstThread; thread != nullptr; thread = thread->next)
    if (thread->id == id)
      return true;
  return false;
}

/// False when there are as many threads as may be.
bool add(Thread *thread) {
  LockGuard guard(threadsLock);
  if (threadCount >= wrought_config.maxThreadCount)
    return false;
  ++threadCount;
  thread->id = ids.next(isIdInUse);
  thread->previous = nullptr;
  thread->next = firstThread;
  if (firstThread != nullptr)
    firstThread->previous = thread;
  firstThread = thread;
  return true;
}

void remove(Thread *thread) {
  LockGuard guard(threadsLock);
  --threadCount;
  (thread->previous ? thread->previous->next : firstThread) = thread->next;
  if (thread->next != nullptr)
    thread->next->previous = thread->previous;
}

void setSignalStack(const Thread &thread) {
  sys::SignalStack stack = {
      reinterpret_cast<void *>(thread.state.signalStackEnd -
                               signalStackByteLength),
      0, signalStackByteLength};
  if (!sys::isError(sys::sigaltstack(&stack, nullptr)))
    return;
  Message message;
  exitWith(message.text("wrought: error: cannot set a signal stack\n"));
}

void call(void *code) {
  if (code != nullptr)
    reinterpret_cast<void (*)()>(code)();
}

void run(void *argument) {
  auto *thread = static_cast<Thread *>(argument);
  setSignalStack(*thread);
  const abi::Module &module = *process.module;
  call(module.instantiateThread);
  reinterpret_cast<void (*)(uint32_t, uint32_t)>(module.startThread)(
      thread->id, thread->argument);
  call(module.releaseThread);
  if (thread->state.releaseHeap != nullptr)
    thread->state.releaseHeap(thread->state.heap);
  remove(thread);
  // From here on no signal is handled: nothing of ours can fault.
  wrought_exit_thread(thread->mapping, thread->mappingByteLength);
}

} // namespace

long startThread(uint32_t argument) {
  constexpr unsigned long flags =
      sys::cloneVm | sys::cloneFs | sys::cloneFiles | sys::cloneSighand |
      sys::cloneThread | sys::cloneSysvsem | sys::cloneSettls;
  Thread *thread = mapThread();
  if (thread == nullptr)
    return -sys::eAgain;
  thread->argument = argument;
  if (!add(thread)) {
    (void)sys::munmap(thread->mapping, thread->mappingByteLength);
    return -sys::eAgain;
  }
  // Its own from the moment that it runs.
  uint32_t id = thread->id;
  long result = wrought_clone(
      flags, reinterpret_cast<void *>(thread->state.stack.end),
      threadPointerOf(thread), run, thread);
  if (!sys::isError(result))
    return id;
  remove(thread);
  (void)sys::munmap(thread->mapping, thread->mappingByteLength);
  return result;
}

} // namespace wrought

using namespace wrought;

extern "C" void wrought_start_threads(const elf::ProgramHeader *segment,
                                      uint64_t loadBias) {
  if (segment != nullptr)
    tls = {reinterpret_cast<const uint8_t *>(loadBias + segment->address),
           segment->fileByteLength, segment->byteLength, segment->address,
           segment->alignment == 0 ? 1 : segment->alignment};
  uint64_t byteLength = roundToPage(blockByteLength());
  long mapped =
      sys::mmap(nullptr, byteLength, sys::protRead | sys::protWrite,
                sys::mapPrivate | sys::mapAnonymous, -1, 0);
  Thread *thread = sys::isError(mapped)
                       ? nullptr
                       : makeThread(static_cast<uintptr_t>(mapped));
  if (thread == nullptr ||
      sys::isError(arch::setThreadPointer(threadPointerOf(thread)))) {
    Message message;
    exitWith(message.text("wrought: error: cannot map thread-local "
                          "variables\n"));
  }
  thread->state = process.mainThread;
  process.findThread = findThread;
  process.claimEndAmongThreads = claimEnd;
}

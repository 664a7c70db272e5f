//===- start.cpp - From the kernel's stack to wrought_main ----------------===//
//
// Relocates the image, so that until then nothing here may read a pointer that
// the linker left to be relocated; chooses the version that the CPU can run;
// makes RELRO read-only; maps the guest's stack; installs the handlers; calls
// wrought_main on the guest's stack and exits. Every program pays for what
// happens here: it is a handful of system calls.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "core/elf.h"
#include "core/message.h"
#include "core/process.h"
#include "core/stack.h"
#include "core/thread.h"
#include "core/trap.h"
#include "cpu.h"
#include "os/linux/system.h"

extern "C" {
extern const wrought::abi::Config wrought_config
    __attribute__((visibility("hidden")));
[[noreturn]] void wrought_start(uint64_t *stack)
    __attribute__((visibility("hidden")));
/// The dynamic section, by the linker. No program header points at it.
extern const wrought::elf::Dynamic _DYNAMIC[]
    __attribute__((visibility("hidden")));
}

namespace wrought {

Process process;

namespace {

constexpr uint64_t defaultStackByteLength = uint64_t{8} << 20;
constexpr uint64_t minStackByteLength = uint64_t{64} << 10;
constexpr uint64_t maxStackByteLength = uint64_t{1} << 40;

struct ProgramHeaders {
  const elf::ProgramHeader *begin = nullptr;
  uint64_t count = 0;

  const elf::ProgramHeader *find(uint32_t type) const {
    for (uint64_t index = 0; index < count; ++index)
      if (begin[index].type == type)
        return begin + index;
    return nullptr;
  }
};

/// Reads argc, argv, envp and the auxiliary vector (System V psABI, 3.4.1).
ProgramHeaders readInitialStack(uint64_t *stack) {
  process.argumentCount = stack[0];
  process.arguments = reinterpret_cast<char **>(stack + 1);
  process.environment = process.arguments + process.argumentCount + 1;
  process.pageByteLength = 4096;
  char **end = process.environment;
  while (*end != nullptr)
    ++end;
  ProgramHeaders headers;
  for (auto *entry = reinterpret_cast<uint64_t *>(end + 1);
       entry[0] != elf::atNull; entry += 2) {
    auto *pointer = reinterpret_cast<char *>(entry[1]);
    // An if chain: a switch may become a table of constants to relocate.
    if (entry[0] == elf::atPhdr)
      headers.begin = reinterpret_cast<elf::ProgramHeader *>(pointer);
    else if (entry[0] == elf::atPhnum)
      headers.count = entry[1];
    else if (entry[0] == elf::atPagesz)
      process.pageByteLength = entry[1];
    else if (entry[0] == elf::atHwcap)
      process.cpuCapabilities[0] = entry[1];
    else if (entry[0] == elf::atHwcap2)
      process.cpuCapabilities[1] = entry[1];
    else if (entry[0] == elf::atSecure)
      process.isPrivileged = entry[1] != 0;
    else if (entry[0] == elf::atRandom)
      process.randomBytes = reinterpret_cast<uint8_t *>(pointer);
    else if (entry[0] == elf::atExecfn)
      process.executablePath = pointer;
    else if (entry[0] == elf::atSysinfoEhdr)
      process.vdso = pointer;
  }
  return headers;
}

void applyRela(const elf::Rela *entries, uint64_t byteLength, uint64_t bias) {
  for (uint64_t index = 0; index < byteLength / sizeof *entries; ++index) {
    const elf::Rela &entry = entries[index];
    auto type = static_cast<uint32_t>(entry.info);
    if (type == arch::relocationRelative)
      *reinterpret_cast<uint64_t *>(bias + entry.offset) = bias + entry.addend;
    else if (type != 0)
      __builtin_trap();
  }
}

/// Even words are addresses to relocate; odd ones say which of the 63 words
/// that follow (generic ABI, SHT_RELR).
void applyRelr(const uint64_t *entries, uint64_t byteLength, uint64_t bias) {
  uint64_t *place = nullptr;
  for (uint64_t index = 0; index < byteLength / sizeof *entries; ++index) {
    uint64_t entry = entries[index];
    if ((entry & 1) == 0) {
      place = reinterpret_cast<uint64_t *>(bias + entry);
      *place++ += bias;
      continue;
    }
    for (uint64_t offset = 0; (entry >>= 1) != 0; ++offset)
      if (entry & 1)
        place[offset] += bias;
    place += 63;
  }
}

void relocate(uint64_t bias) {
  const uint64_t *rela = nullptr, *relr = nullptr;
  uint64_t relaByteLength = 0, relrByteLength = 0;
  for (const elf::Dynamic *entry = _DYNAMIC; entry->tag != elf::dtNull;
       ++entry) {
    auto *pointer = reinterpret_cast<uint64_t *>(bias + entry->value);
    if (entry->tag == elf::dtRela)
      rela = pointer;
    else if (entry->tag == elf::dtRelaSz)
      relaByteLength = entry->value;
    else if (entry->tag == elf::dtRelr)
      relr = pointer;
    else if (entry->tag == elf::dtRelrSz)
      relrByteLength = entry->value;
  }
  applyRela(reinterpret_cast<const elf::Rela *>(rela), relaByteLength, bias);
  applyRelr(relr, relrByteLength, bias);
}

void protectRelro(const ProgramHeaders &headers, uint64_t bias) {
  const elf::ProgramHeader *segment = headers.find(elf::ptGnuRelro);
  if (segment == nullptr)
    return;
  uint64_t mask = ~(process.pageByteLength - 1);
  uint64_t begin = (bias + segment->address) & mask;
  uint64_t end = (bias + segment->address + segment->byteLength) & mask;
  if (begin >= end)
    return;
  if (sys::isError(sys::mprotect(reinterpret_cast<void *>(begin), end - begin,
                                 sys::protRead))) {
    Message message;
    exitWith(message.text("wrought: error: cannot make relocated data "
                          "read-only: mprotect failed\n"));
  }
}

} // namespace

uint64_t stackByteLength() {
  uint64_t length = wrought_config.stackByteLength;
  if (length == 0)
    length = defaultStackByteLength;
  if (length < minStackByteLength)
    length = minStackByteLength;
  if (length > maxStackByteLength)
    length = maxStackByteLength;
  uint64_t mask = process.pageByteLength - 1;
  return (length + mask) & ~mask;
}

namespace {

void mapGuestStack() {
  uint64_t length = stackByteLength();
  uint64_t guard = stackGuardByteLength;
  // The signal stack lies above it, untouched until a trap.
  uint64_t writable = length + signalStackByteLength;
  long base = sys::mmap(nullptr, guard + writable, sys::protNone,
                        sys::mapPrivate | sys::mapAnonymous |
                            sys::mapNoreserve | sys::mapStack,
                        -1, 0);
  auto begin = static_cast<uint64_t>(base) + guard;
  if (sys::isError(base) ||
      sys::isError(sys::mprotect(reinterpret_cast<void *>(begin), writable,
                                 sys::protRead | sys::protWrite))) {
    Message message;
    exitWith(message.text("wrought: error: cannot map a stack of ")
                 .byteLength(length)
                 .text("; rebuild with a smaller --stack-size\n"));
  }
  // A huge page would be cleared at the first touch. Kernels without them say
  // no, which is as good.
  (void)sys::madvise(reinterpret_cast<void *>(begin), length,
                     sys::madvNohugepage);
  process.mainThread.stackGuard = {begin - guard, begin};
  process.mainThread.stack = {begin, begin + length};
  process.mainThread.signalStackEnd = begin + writable;
}

int runMain(void *) {
  int status = wrought_main();
  process.claimEnd();
  return status;
}

/// Thread-local variables are wanted before any code of the module runs.
void startThreads(const ProgramHeaders &headers, uint64_t bias) {
  if (wrought_config.startThreads == nullptr)
    return;
  const elf::ProgramHeader *segment = headers.find(elf::ptTls);
  reinterpret_cast<decltype(&wrought_start_threads)>(
      wrought_config.startThreads)(segment, bias);
}

} // namespace
} // namespace wrought

using namespace wrought;

/// Null when the program brings no module of its own (a test's harness).
static abi::Module *versionToRun() {
  if (wrought_config.chooseVersion != nullptr)
    return reinterpret_cast<decltype(&wrought_choose_version)>(
        wrought_config.chooseVersion)(&wrought_config);
  if (wrought_config.versionCount == 0)
    return nullptr;
  auto *first = static_cast<const abi::Version *>(wrought_config.versions);
  return static_cast<abi::Module *>(first->module);
}

/// lld gives a header that tells where the headers are; GNU ld, in a program
/// without an interpreter, only one for the dynamic section.
static uint64_t loadBias(const ProgramHeaders &headers) {
  if (const elf::ProgramHeader *self = headers.find(elf::ptPhdr))
    return reinterpret_cast<uint64_t>(headers.begin) - self->address;
  if (const elf::ProgramHeader *dynamic = headers.find(elf::ptDynamic))
    return reinterpret_cast<uint64_t>(_DYNAMIC) - dynamic->address;
  return 0;
}

extern "C" void wrought_start(uint64_t *stack) {
  ProgramHeaders headers = readInitialStack(stack);
  const uint64_t bias = loadBias(headers);
  relocate(bias);
  process.loadBias = bias;
  process.module = versionToRun();
  protectRelro(headers, bias);
  mapGuestStack();
  installTrapHandlers();
  startThreads(headers, bias);
  sys::exit_group(wrought_call_on_stack(
      runMain, nullptr,
      reinterpret_cast<void *>(process.mainThread.stack.end)));
}

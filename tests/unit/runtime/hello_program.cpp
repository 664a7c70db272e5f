//===- hello_program.cpp - What is made of a module that says hello -------===//
//
// Defines what the compiler defines, and nothing else: the runtime's own
// wrought_main runs it. One data segment, a guarded memory of one page.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "os/linux/system.h"

using namespace wrought;

namespace {

// Where the targets have it.
#ifdef __x86_64__
constexpr uint64_t memoryBase = 0x40000000;
#else
constexpr uint64_t memoryBase = 0x1000000000;
#endif

alignas(4096)
    __attribute__((section("wrought_image"))) char image[4096] = "hello\n";

const abi::MemoryImage images[] = {{image, 0x1000, sizeof image, nullptr}};

abi::Memory memory = {
    nullptr,     0,          0x10000, 0x10000,
    0x140000000, memoryBase, 16,      const_cast<abi::MemoryImage *>(images),
    1,           0};

abi::Memory *const memories[] = {&memory};

__attribute__((section("wrought_text"))) void start() {
  const char *hello = reinterpret_cast<const char *>(memoryBase + 0x1000);
  (void)sys::write(1, hello, 6);
}

} // namespace

extern "C" {

abi::Module wrought_module = {const_cast<char *>("hello"),
                              const_cast<abi::Memory **>(memories),
                              1,
                              &memory,
                              nullptr,
                              reinterpret_cast<void *>(start),
                              nullptr,
                              nullptr,
                              nullptr,
                              nullptr,
                              0,
                              nullptr,
                              0,
                              nullptr,
                              0};

abi::Version version = {&wrought_module, const_cast<char *>("baseline"), 0};
extern const abi::Config wrought_config = {
    nullptr, 0, nullptr, 0,       nullptr,  0,       nullptr,
    nullptr, 1, 0,       8 << 20, &version, 1,       nullptr,
    nullptr, 0, 0,       0,       nullptr,  nullptr, nullptr};
}

//===- versions_program.cpp - A program in several versions ---------------===//
//
// The first version asks for what few CPUs have, or none at all has together;
// the last one, left out with ONLY_DEMANDING defined, for nothing. Each says
// which it is.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "os/linux/system.h"

using namespace wrought;

namespace {

constexpr uint64_t feature(unsigned bit) { return uint64_t{1} << bit; }

// Bits of abi/cpu_features.def.
#if defined(__x86_64__)
// fma4 and avx10.2: no CPU has both.
constexpr uint64_t demanded = feature(48) | feature(52);
#elif defined(__aarch64__)
// neon and sve2.
constexpr uint64_t demanded = feature(1) | feature(22);
#else
// d and v.
constexpr uint64_t demanded = feature(3) | feature(5);
#endif

__attribute__((section("wrought_text"))) void startDemanding() {
  (void)sys::write(1, "demanding\n", 10);
}
__attribute__((section("wrought_text"), unused)) void startModest() {
  (void)sys::write(1, "modest\n", 7);
}

} // namespace

extern "C" {

#define MODULE(name, start)                                                    \
  abi::Module name = {const_cast<char *>(#name),                               \
                      nullptr,                                                 \
                      0,                                                       \
                      nullptr,                                                 \
                      nullptr,                                                 \
                      reinterpret_cast<void *>(start),                         \
                      nullptr,                                                 \
                      nullptr,                                                 \
                      nullptr,                                                 \
                      nullptr,                                                 \
                      0,                                                       \
                      nullptr,                                                 \
                      0,                                                       \
                      nullptr,                                                 \
                      0}
MODULE(demanding, startDemanding);
MODULE(modest, startModest);

abi::Version versions[] = {
    {&demanding, const_cast<char *>("demanding-cpu"), demanded},
#ifndef ONLY_DEMANDING
    {&modest, const_cast<char *>("baseline"), 0},
#endif
};
extern const abi::Config wrought_config = {
    nullptr,
    0,
    nullptr,
    0,
    nullptr,
    0,
    nullptr,
    nullptr,
    1,
    0,
    8 << 20,
    versions,
    sizeof versions / sizeof *versions,
    reinterpret_cast<void *>(wrought_choose_version),
    nullptr,
    0,
    0,
    0,
    nullptr,
    nullptr,
    nullptr};
}

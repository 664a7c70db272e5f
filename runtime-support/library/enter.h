//===- enter.h - From the host into an instance and back ------------------===//
//
// arch/<cpu>/enter.S defines these.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"

#include <stddef.h>

namespace wrought {

// The assembler's.
static_assert(offsetof(abi::Instance, context) == 0);
static_assert(offsetof(abi::Context, stackLimit) == 0);
static_assert(offsetof(abi::Context, activation) == 8);
static_assert(offsetof(abi::Context, stackByteLength) == 24);
static_assert(offsetof(abi::Context, thread) == 32);

} // namespace wrought

#pragma GCC visibility push(hidden)
extern "C" {

/// Stands in for the function that the static chain register points to (r10,
/// x15, t2): takes its arguments, of which the instance is the first, as far as
/// all are in registers, and returns its results. Makes its own frame the
/// context's activation meanwhile. After wrought_enter_resume results are
/// undefined; the context's failure tells.
void wrought_enter(void);

/// wrought_enter for code of type void(Instance *, void *slots).
void wrought_enter_call(void *code, wrought::abi::Instance *instance,
                        void *slots);

/// Takes an activation: that call of wrought_enter returns to its caller.
[[noreturn]] void wrought_enter_resume(void *activation);

/// Where compiled code returns to in wrought_enter.
extern const char wrought_enter_return[];
}
#pragma GCC visibility pop

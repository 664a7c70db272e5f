//===- enter.h - From the host into an instance and back ------------------===//
//
// arch/<cpu>/enter.S defines these.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"
#include "include/wrought.h"

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

/// wrought_enter_<kind>_<position>, for code with one result of that kind (i32,
/// i64, f32, f64), and wrought_enter_void, for code without: stands in for the
/// function that the static chain register points to (r10, x15, t2). Takes its
/// arguments, of which the instance is the first, as far as all are in
/// registers, and as the integer argument `position` (1 to 6, behind the
/// others) the address for the result, or null. Refuses null and instances that
/// are in use. Makes its own frame the context's activation meanwhile.
wrought_result wrought_enter_void(void);

/// wrought_enter_void for code of type void(Instance *, void *slots).
wrought_result wrought_enter_call(void *code, wrought::abi::Instance *instance,
                                  void *slots);

/// Takes an activation: that call of wrought_enter_<kind> fails with what its
/// context tells.
[[noreturn]] void wrought_enter_resume(void *activation);

/// Around the code that compiled code returns to.
extern const char wrought_enter_begin[], wrought_enter_end[];
}
#pragma GCC visibility pop

//===- call.h - How compiled code calls WASI: in a library ----------------===//
//
// See program/model.
//
//===----------------------------------------------------------------------===//
#pragma once

/// Each instance has a state, which takes the place of the host's user data.
#define WASI_CALL(name, ...)                                                   \
  wrought_wasi_##name(State &state __VA_OPT__(, ) __VA_ARGS__)
#define WASI_PARAMETERS(...) (State & __VA_OPT__(, ) __VA_ARGS__)

/// Nothing is weak here.
#define WASI_USES(symbol) static_assert(true)

//===- call.h - How compiled code calls WASI: in a program ----------------===//
//
// library/model has the other form. A WASI function is defined as
//
//   Errno WASI_CALL(fd_close, uint32_t fd) { … state … }
//
// and finds in `state` what its guest's calls share.
//
//===----------------------------------------------------------------------===//
#pragma once

/// There is one guest: its state has a fixed address.
#define WASI_CALL(name, ...) wrought_wasi_##name(__VA_ARGS__)
/// The parameters of wasi_functions.def as compiled code passes them.
#define WASI_PARAMETERS(...) (__VA_ARGS__)

/// For files of calls that make use of something weak: see program/grants.h.
#define WASI_USES(symbol) __asm__(".globl " #symbol)

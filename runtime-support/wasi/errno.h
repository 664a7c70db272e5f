//===- errno.h - Linux error numbers as WASI's ----------------------------===//
#pragma once

#include "wasi/preview1.h"

namespace wrought::wasi {

/// A result that openBeneath makes up: the path leads out of its directory. No
/// error number of Linux reaches it.
constexpr long escapesGrant = -4000;

/// The error in a system call's result; Success for one that is not negative.
Errno errnoOf(long result);

} // namespace wrought::wasi

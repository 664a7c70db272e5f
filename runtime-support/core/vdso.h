//===- vdso.h - The kernel's code in the process --------------------------===//
#pragma once

#include <stdint.h>

namespace wrought {

/// The address of a function that the image of AT_SYSINFO_EHDR exports; 0
/// when there is no image, or no such function.
uintptr_t findVdsoFunction(const void *image, const char *name);

} // namespace wrought

//===- compare_calls.h - memcmp, bcmp, strlen -----------------------------===//
//
// For a CPU's compare.cpp, which has compare(left, right, count) with the
// result of memcmp. A file of their own apart from memory.cpp: the section of
// memory functions is linked in file by file, and most programs compare
// nothing.
//
// As in memory.cpp, a fault of the module may happen here.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "libcalls/libcalls.h"

#define MEMORY_CALL __attribute__((section("wrought_memory_calls")))

namespace {

// Once for both that need it.
MEMORY_CALL __attribute__((noinline)) int
compare(const void *left, const void *right, size_t count);

} // namespace

extern "C" {

MEMORY_CALL int WROUGHT_LIBCALL(memcmp)(const void *left, const void *right,
                                        size_t count) {
  return compare(left, right, count);
}

MEMORY_CALL int WROUGHT_LIBCALL(bcmp)(const void *left, const void *right,
                                      size_t count) {
  return compare(left, right, count);
}

MEMORY_CALL size_t WROUGHT_LIBCALL(strlen)(const char *string) {
  size_t length = 0;
  while (string[length] != '\0')
    ++length;
  return length;
}
}

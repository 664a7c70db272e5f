//===- hosted_libcalls.cpp - The runtime's libcalls under other names -----===//
#define WROUGHT_LIBCALL(name) test_##name

#include "libcalls/compare.cpp"
#include "libcalls/fma.cpp"
#include "libcalls/int128.cpp"
#include "libcalls/memory.cpp"
#include "libcalls/rounding.cpp"

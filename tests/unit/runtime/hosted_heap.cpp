//===- hosted_heap.cpp - The runtime's heap beside the C library ----------===//
#include <string.h>

// Not to declare the C library's functions anew.
#define WROUGHT_LIBCALL(name) unused_##name

#include "gc/heap.cpp"
#include "gc/mark.cpp"

//===- libcalls.h - Functions that LLVM may call --------------------------===//
//
// What code generation for a 64-bit baseline CPU turns into calls, and memory
// functions for the runtime itself. C names; self-contained; compiled with
// -fno-builtin, so that none calls itself.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <stddef.h>
#include <stdint.h>

// Tests give the functions another name, to stand beside the C library's.
#ifndef WROUGHT_LIBCALL
#define WROUGHT_LIBCALL(name) name
#endif

#pragma GCC visibility push(hidden)
extern "C" {

void *WROUGHT_LIBCALL(memcpy)(void *__restrict to, const void *__restrict from,
                              size_t count);
void *WROUGHT_LIBCALL(memmove)(void *to, const void *from, size_t count);
void *WROUGHT_LIBCALL(memset)(void *to, int byte, size_t count);
int WROUGHT_LIBCALL(memcmp)(const void *left, const void *right, size_t count);
int WROUGHT_LIBCALL(bcmp)(const void *left, const void *right, size_t count);
size_t WROUGHT_LIBCALL(strlen)(const char *string);

double WROUGHT_LIBCALL(floor)(double x);
double WROUGHT_LIBCALL(ceil)(double x);
double WROUGHT_LIBCALL(trunc)(double x);
double WROUGHT_LIBCALL(rint)(double x);
double WROUGHT_LIBCALL(nearbyint)(double x);
double WROUGHT_LIBCALL(roundeven)(double x);
float WROUGHT_LIBCALL(floorf)(float x);
float WROUGHT_LIBCALL(ceilf)(float x);
float WROUGHT_LIBCALL(truncf)(float x);
float WROUGHT_LIBCALL(rintf)(float x);
float WROUGHT_LIBCALL(nearbyintf)(float x);
float WROUGHT_LIBCALL(roundevenf)(float x);
double WROUGHT_LIBCALL(fma)(double x, double y, double z);
float WROUGHT_LIBCALL(fmaf)(float x, float y, float z);

__int128 WROUGHT_LIBCALL(__multi3)(__int128 x, __int128 y);
__int128 WROUGHT_LIBCALL(__muloti4)(__int128 x, __int128 y, int *overflow);
__int128 WROUGHT_LIBCALL(__ashlti3)(__int128 x, int count);
__int128 WROUGHT_LIBCALL(__lshrti3)(__int128 x, int count);
__int128 WROUGHT_LIBCALL(__ashrti3)(__int128 x, int count);
unsigned __int128 WROUGHT_LIBCALL(__udivti3)(unsigned __int128 x,
                                             unsigned __int128 y);
unsigned __int128 WROUGHT_LIBCALL(__umodti3)(unsigned __int128 x,
                                             unsigned __int128 y);
__int128 WROUGHT_LIBCALL(__divti3)(__int128 x, __int128 y);
__int128 WROUGHT_LIBCALL(__modti3)(__int128 x, __int128 y);
}
#pragma GCC visibility pop

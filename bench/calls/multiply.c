/* The module: one multiplication, with its arguments passed in three ways. */
#include <stdint.h>

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name) __attribute__((visibility("default")))
#endif

static struct {
  int32_t a, b;
} arguments;

EXPORT(pair) int32_t pair(int32_t a, int32_t b) { return a * b; }

EXPORT(encoded) int32_t encoded(int64_t both) {
  return (int32_t)(both >> 32) * (int32_t)both;
}

EXPORT(arguments_address) void *arguments_address(void) { return &arguments; }

EXPORT(in_struct) int32_t in_struct(void) { return arguments.a * arguments.b; }

#include <stdint.h>

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name) __attribute__((visibility("default")))
#endif

enum { OBJECTS = 30000, REQUESTS = 1000000, POLICIES = 4 };

void start(int32_t chosen, int64_t capacity);
/* Whether the object was in the cache; now it is. */
int32_t request(int32_t object, int32_t size);

//===- library_functions.h - Prototypes of the library's runtime ----------===//
//
// What a library's own code calls (compiler/translate/library_exports.cpp).
//
//===----------------------------------------------------------------------===//
#pragma once

#include "abi/layout.h"
#include "include/wrought.h"

namespace wrought {
struct Pool;
}

#pragma GCC visibility push(hidden)
extern "C" {

wrought_result wrought_library_instantiate(const wrought::abi::Library *library,
                                           uint32_t abi, void *const *imports,
                                           const wrought_limits *limits,
                                           wrought::abi::Instance **out);
wrought_result wrought_library_pool_new(const wrought::abi::Library *library,
                                        uint32_t abi, uint64_t size,
                                        void *const *imports,
                                        const wrought_limits *limits,
                                        wrought::Pool **out);
/// Whether the CPU can run the library, where Library::version says what for.
wrought_result wrought_library_check_cpu(const wrought::abi::Library *library);
/// Why an instance cannot be called.
wrought_result wrought_library_refused(wrought::abi::Instance *instance);
/// What its instance failed with; clears that.
wrought_result wrought_library_failed(wrought::abi::Context *context);
wrought_result
wrought_library_call(wrought::abi::Instance *instance, const char *name,
                     const wrought_value *arguments, uint64_t argumentCount,
                     wrought_value *results, uint64_t resultCount);
/// With --interruptible. May be called by any thread and signal handler.
wrought_result wrought_library_interrupt(wrought::abi::Instance *instance,
                                         uint64_t isWanted);
/// With --fuel: what is left; 0 for what is no instance.
uint64_t wrought_library_fuel(wrought::abi::Instance *instance);
wrought_result wrought_library_set_fuel(wrought::abi::Instance *instance,
                                        uint64_t fuel);
wrought_result wrought_library_global_get(wrought::abi::Instance *instance,
                                          uint64_t offset, void *value,
                                          uint64_t byteLength);
wrought_result wrought_library_global_set(wrought::abi::Instance *instance,
                                          uint64_t offset, const void *value,
                                          uint64_t byteLength);
/// Of a reference to a function.
wrought_result
wrought_library_function_global_set(wrought::abi::Instance *instance,
                                    uint64_t offset, void *reference,
                                    const wrought::abi::SharedType *type);

/// Of a memory, table or global at that offset.
wrought_result wrought_library_share(wrought::abi::Instance *instance,
                                     uint64_t offset,
                                     const wrought::abi::SharedType *type,
                                     void *out);

#define Result wrought_result
#define Pointer void *
#define I64 uint64_t
#define Instance wrought::abi::Instance *
#define LIBRARY_FUNCTION(name, result, parameters)                             \
  result wrought_library_##name parameters;
#define ENTITY_FUNCTION(Kind, name, result, parameters)                        \
  result wrought_library_##Kind##_##name parameters;
#include "abi/library_functions.def"
#undef Result
#undef Pointer
#undef I64
#undef Instance
}
#pragma GCC visibility pop

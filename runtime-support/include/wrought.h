/*===- wrought.h - What all libraries made by Wrought have in common ------===*
 *
 * A module that was built with `wrought build m.wasm -o m.so` comes with a
 * header m.h, which includes this one. See docs/libraries.md.
 *
 * An instance is used by one thread at a time. Instances on different threads
 * run side by side.
 *
 *===----------------------------------------------------------------------===*/
#ifndef WROUGHT_H
#define WROUGHT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* To be given to <name>_instantiate, which refuses others. */
#define WROUGHT_ABI 1u

enum {
  WROUGHT_OK = 0,
  /* The module trapped; wrought_error.trap says how. */
  WROUGHT_TRAP = 1,
  /* A function of the host called <name>_fail. */
  WROUGHT_HOST_FAILED = 2,
  /* <name>_interrupt stopped it. */
  WROUGHT_INTERRUPTED = 3,
  /* It spent what it had (--fuel, <name>_set_fuel). */
  WROUGHT_OUT_OF_FUEL = 4,
  /* It called proc_exit of WASI; wrought_error.host_status is the status. */
  WROUGHT_EXITED = 5,
  /* Nothing of the module ran: */
  WROUGHT_ABI_MISMATCH = 16,
  WROUGHT_INVALID_INSTANCE = 17, /* null, or freed */
  WROUGHT_INVALID_ARGUMENT = 18,
  WROUGHT_MISSING_IMPORT = 19, /* a null function pointer */
  WROUGHT_OUT_OF_MEMORY = 20,
  WROUGHT_OUT_OF_BOUNDS = 21,
  WROUGHT_BUSY = 22, /* in use by another thread, or by a call */
  WROUGHT_NOT_FOUND = 23,
  WROUGHT_WRONG_TYPE = 24,
  WROUGHT_POOL_EMPTY = 25, /* all its instances are in use */
  WROUGHT_WRONG_CPU = 26,  /* it lacks what the library was built for */
  /* What WASI was to give; wrought_error.host_status is the errno. */
  WROUGHT_CANNOT_OPEN = 27
};

/* Why a call failed, in wrought_error.trap. */
enum {
  WROUGHT_TRAP_UNREACHABLE = 0,
  WROUGHT_TRAP_MEMORY_OUT_OF_BOUNDS = 1,
  WROUGHT_TRAP_TABLE_OUT_OF_BOUNDS = 2,
  WROUGHT_TRAP_UNDEFINED_ELEMENT = 3,
  WROUGHT_TRAP_UNINITIALIZED_ELEMENT = 4,
  WROUGHT_TRAP_INDIRECT_CALL_TYPE_MISMATCH = 5,
  WROUGHT_TRAP_INTEGER_DIVIDE_BY_ZERO = 6,
  WROUGHT_TRAP_INTEGER_OVERFLOW = 7,
  WROUGHT_TRAP_INVALID_CONVERSION_TO_INTEGER = 8,
  WROUGHT_TRAP_STACK_EXHAUSTED = 9,
  WROUGHT_TRAP_OUT_OF_MEMORY = 14, /* for collected objects */
  WROUGHT_TRAP_NULL_STRUCTURE = 15,
  WROUGHT_TRAP_NULL_ARRAY = 16,
  WROUGHT_TRAP_NULL_I31 = 17,
  WROUGHT_TRAP_ARRAY_OUT_OF_BOUNDS = 18,
  WROUGHT_TRAP_CAST_FAILURE = 19
};

/* A function of the module that was active, innermost first. */
typedef struct wrought_frame {
  uint64_t function_index;
  const char *name; /* not terminated; null when the module has none */
  size_t name_length;
} wrought_frame;

typedef struct wrought_error {
  int32_t code;
  int32_t trap;        /* with WROUGHT_TRAP */
  int64_t host_status; /* with WROUGHT_HOST_FAILED: what the host said */
  const char *message;
  size_t frame_count;
  const wrought_frame *frames;
} wrought_error;

/* code is WROUGHT_OK and error is null, or error tells more. It belongs to the
 * instance and holds until its next failure or its end. */
typedef struct wrought_result {
  int64_t code;
  const wrought_error *error;
} wrought_result;

/* 0 stands for the default. */
typedef struct wrought_limits {
  /* Of each memory, in bytes, at most what the module itself allows. */
  uint64_t memory_byte_length;
  /* Of each table, in elements. */
  uint64_t table_length;
  /* Of the calling thread's stack that a call may use (default 512 KiB). The
   * thread must have that, and 64 KiB more. */
  uint64_t stack_byte_length;
} wrought_limits;

/* A directory that WASI gives, with all that is beneath. */
typedef struct wrought_wasi_directory {
  const char *host_path;
  const char *guest_path; /* null: the same */
  uint32_t is_read_only;
} wrought_wasi_directory;

enum {
  WROUGHT_WASI_CLOSED = 0,
  WROUGHT_WASI_INHERIT = 1, /* the process' stream of that number */
  WROUGHT_WASI_DESCRIPTOR = 2,
  WROUGHT_WASI_DISCARD = 3 /* nothing to read; what is written is gone */
};
typedef struct wrought_wasi_stream {
  uint32_t kind;
  int32_t descriptor; /* with WROUGHT_WASI_DESCRIPTOR */
} wrought_wasi_stream;

/* What the ready-made functions of WASI give an instance: nothing but clocks
 * and random numbers where all is zero. It is copied, and descriptors are
 * duplicated, by whatever makes the instance. */
typedef struct wrought_wasi_config {
  const char *const *arguments; /* the program's name first */
  size_t argument_count;
  const char *const *environment; /* NAME=VALUE */
  size_t environment_count;
  const wrought_wasi_directory *directories; /* descriptors from 3 on */
  size_t directory_count;
  wrought_wasi_stream streams[3]; /* input, output, error */
  /* Of open descriptors at a time; 0: 1024. At most 65536. */
  uint32_t descriptor_limit;
} wrought_wasi_config;

/* What a function reference or a host's own reference is to C. */
typedef void *wrought_reference;

/* A memory, global or table of an instance, for others to import:
 * <name>_<export>_share gives it, <name>_unshare gives it back. The instance
 * cannot be freed or reset before that has happened and the instances that
 * import it are freed. */
typedef struct wrought_shared wrought_shared;

typedef union wrought_value {
  int32_t i32;
  int64_t i64;
  float f32;
  double f64;
  wrought_reference reference;
} wrought_value;

enum {
  WROUGHT_I32 = 0,
  WROUGHT_I64 = 1,
  WROUGHT_F32 = 2,
  WROUGHT_F64 = 3,
  WROUGHT_V128 = 4, /* takes two values */
  WROUGHT_REFERENCE = 5
};
enum {
  WROUGHT_FUNCTION = 0,
  WROUGHT_TABLE = 1,
  WROUGHT_MEMORY = 2,
  WROUGHT_GLOBAL = 3
};

/* An import (module is not null) or an export. */
typedef struct wrought_item {
  const char *module;
  const char *name;
  uint64_t kind;
  /* Functions: parameters, then results. Globals: one type. */
  const uint8_t *types;
  uint64_t parameter_count;
  uint64_t result_count;
  uint64_t is_mutable; /* globals */
  /* What follows is the library's own. */
  void *code;
  uint64_t offset;
} wrought_item;

#ifdef __cplusplus
}
#endif

#endif

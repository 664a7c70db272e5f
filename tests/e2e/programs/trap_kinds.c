// Each trap ends the program with status 134, its message and a backtrace that
// names the functions.
// native: no
// wasm-flags: -O1 -Wl,--export-table
// run: {"args": ["load"], "exit": 134, "stdout": "load\n", "stderr": "out of bounds memory access(.|\\n)*loadFar"}
// run: {"args": ["store"], "exit": 134, "stdout": "store\n", "stderr": "out of bounds memory access(.|\\n)*storeFar"}
// run: {"args": ["dead"], "exit": 134, "stdout": "dead\n", "stderr": "out of bounds memory access"}
// run: {"args": ["divide"], "exit": 134, "stdout": "divide\n", "stderr": "integer divide by zero(.|\\n)*divide"}
// run: {"args": ["overflow"], "exit": 134, "stdout": "overflow\n", "stderr": "integer overflow"}
// run: {"args": ["unreachable"], "exit": 134, "stdout": "unreachable\n", "stderr": "unreachable"}
// run: {"args": ["null"], "exit": 134, "stdout": "null\n", "stderr": "uninitialized element"}
// run: {"args": ["type"], "exit": 134, "stdout": "type\n", "stderr": "indirect call type mismatch"}
// run: {"args": ["table"], "exit": 134, "stdout": "table\n", "stderr": "undefined element"}
// run: {"args": ["convert"], "exit": 134, "stdout": "convert\n", "stderr": "integer overflow"}
// run: {"args": ["nan"], "exit": 134, "stdout": "nan\n", "stderr": "invalid conversion to integer"}
// run: {"args": ["none"], "exit": 0, "stdout": "none\n"}
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef int (*Unary)(int);

__attribute__((noinline)) static int loadFar(uintptr_t at) {
  return *(volatile int *)at;
}
__attribute__((noinline)) static void storeFar(uintptr_t at) {
  *(volatile int *)at = 7;
}
// The value is not used: the load has to trap all the same.
__attribute__((noinline)) static void loadDead(uintptr_t at) {
  (void)*(volatile char *)at;
}
__attribute__((noinline)) static int divide(int a, int b) {
  int result;
  __asm__ volatile("local.get %1\nlocal.get %2\ni32.div_s\nlocal.set %0"
                   : "=r"(result)
                   : "r"(a), "r"(b));
  return result;
}
__attribute__((noinline)) static int convert(double value) {
  int result;
  __asm__ volatile("local.get %1\ni32.trunc_f64_s\nlocal.set %0"
                   : "=r"(result)
                   : "r"(value));
  return result;
}
static double wrongType(double a, double b) { return a + b; }

static volatile int zero;
static volatile Unary target;

int main(int argc, char **argv) {
  const char *kind = argv[1];
  puts(kind);
  fflush(stdout);
  if (!strcmp(kind, "load"))
    return loadFar(0xfffffff0u);
  if (!strcmp(kind, "store"))
    storeFar((uintptr_t)__builtin_wasm_memory_size(0) * 65536 - 2);
  if (!strcmp(kind, "dead"))
    loadDead(0x7fffffffu);
  if (!strcmp(kind, "divide"))
    return divide(5, zero);
  if (!strcmp(kind, "overflow"))
    return divide(INT32_MIN, zero - 1);
  if (!strcmp(kind, "unreachable"))
    __builtin_trap();
  if (!strcmp(kind, "null"))
    return target(1);
  if (!strcmp(kind, "type")) {
    target = (Unary)(void *)wrongType;
    return target(1);
  }
  if (!strcmp(kind, "table")) {
    target = (Unary)(uintptr_t)100000;
    return target(1);
  }
  if (!strcmp(kind, "convert"))
    return convert(1e10 + zero);
  if (!strcmp(kind, "nan"))
    return convert(__builtin_nan("") + zero);
  return 0;
}

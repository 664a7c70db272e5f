//===- hostile_guest.cpp - Writes the hostile guest as text ---------------===//
//
//   hostile_guest          a module that makes all calls of hostile_calls.h
//   hostile_guest NUMBER   what the call with that number is
//
// The module is granted a directory as 3 and a listening socket as 4. It prints
// the number of each call whose error is not allowed, and the error, and then
// ends with 1.
//
//===----------------------------------------------------------------------===//
#include "hostile_calls.h"

#include <cstdio>
#include <cstdlib>

using namespace wrought::wasi;

namespace {

constexpr uint32_t pageByteLength = 65536;

void writeImports() {
#define I32 "i32 "
#define I64 "i64 "
#define WORDS(...) words({__VA_ARGS__})
  auto words = [](std::initializer_list<const char *> types) {
    std::string text;
    for (const char *type : types)
      text += type;
    return text;
  };
#define WASI_FUNCTION(name, parameters, results)                               \
  printf("(import \"wasi_snapshot_preview1\" \"%s\" (func $%s (param %s) "     \
         "(result %s)))\n",                                                    \
         #name, #name, (WORDS parameters).c_str(), (WORDS results).c_str());
#include "abi/wasi_functions.def"
#undef WORDS
#undef I32
#undef I64
}

void writeHelpers() {
  puts("(memory (export \"memory\") 1)\n(global $bad (mut i32) (i32.const 0))");
  puts("(func $prepare");
  for (const HostileWord &word : hostileMemory())
    printf("  (i64.store (i32.const %u) (i64.const %lld))\n", word.address,
           static_cast<long long>(word.value));
  puts(")\n"
       "(func $decimal (param $n i32) (param $at i32)\n"
       "  (local $i i32)\n"
       "  (local.set $i (i32.const 7))\n"
       "  (loop $next\n"
       "    (i32.store8 (i32.add (local.get $at) (local.get $i))\n"
       "      (i32.add (i32.const 48)\n"
       "        (i32.rem_u (local.get $n) (i32.const 10))))\n"
       "    (local.set $n (i32.div_u (local.get $n) (i32.const 10)))\n"
       "    (local.set $i (i32.sub (local.get $i) (i32.const 1)))\n"
       "    (br_if $next (i32.ge_s (local.get $i) (i32.const 0)))))\n"
       "(func $check (param $error i32) (param $id i32) (param $low i64)\n"
       "  (param $high i64)\n"
       "  (local $set i64)\n"
       "  (local.set $set (select (local.get $low) (local.get $high)\n"
       "    (i32.lt_u (local.get $error) (i32.const 64))))\n"
       "  (if (i32.and (i32.lt_u (local.get $error) (i32.const 77))\n"
       "        (i32.wrap_i64 (i64.and (i64.const 1)\n"
       "          (i64.shr_u (local.get $set)\n"
       "            (i64.extend_i32_u (local.get $error))))))\n"
       "    (then (return)))\n"
       "  (global.set $bad (i32.const 1))\n"
       "  (call $decimal (local.get $id) (i32.const 128))\n"
       "  (i32.store8 (i32.const 136) (i32.const 32))\n"
       "  (call $decimal (local.get $error) (i32.const 137))\n"
       "  (i32.store8 (i32.const 145) (i32.const 10))\n"
       "  (i64.store (i32.const 160) (i64.const 0x1200000080))\n"
       "  (drop (call $fd_write (i32.const 1) (i32.const 160) (i32.const 1)\n"
       "    (i32.const 168))))");
}

/// In functions of moderate size. proc_exit has no error to check.
unsigned writeCalls(const std::vector<HostileCall> &calls) {
  constexpr size_t perFunction = 100;
  unsigned functionCount = 0;
  for (size_t index = 0; index != calls.size(); ++index) {
    if (index % perFunction == 0)
      printf("%s(func $calls%u\n", index ? ")\n" : "", functionCount++);
    const HostileCall &call = calls[index];
    printf("(call $prepare)(call $check (call $%s", call.function.c_str());
    for (size_t argument = 0; argument != call.arguments.size(); ++argument)
      if (call.isWide[argument])
        printf(" (i64.const %lld)",
               static_cast<long long>(call.arguments[argument]));
      else
        printf(" (i32.const %d)", static_cast<int>(call.arguments[argument]));
    printf(")(i32.const %zu)(i64.const %lld)(i64.const %lld))\n", index,
           static_cast<long long>(call.allowed.low),
           static_cast<long long>(call.allowed.high));
  }
  puts(")");
  return functionCount;
}

} // namespace

int main(int argc, char **argv) {
  const std::vector<HostileCall> calls =
      hostileCalls({3, 5, 4, pageByteLength});
  if (argc == 2) {
    const size_t number = strtoul(argv[1], nullptr, 10);
    if (number >= calls.size())
      return 1;
    puts(calls[number].text().c_str());
    return 0;
  }
  puts("(module");
  writeImports();
  writeHelpers();
  const unsigned functionCount = writeCalls(calls);
  puts("(func (export \"_start\")\n"
       "(call $prepare)\n"
       // The file is 5; the socket does not wait.
       "(drop (call $path_open (i32.const 3) (i32.const 1) (i32.const 512)\n"
       "  (i32.const 4) (i32.const 0) (i64.const -1) (i64.const -1)\n"
       "  (i32.const 0) (i32.const 1024)))\n"
       "(if (i32.ne (i32.load (i32.const 1024)) (i32.const 5))\n"
       "  (then unreachable))\n"
       "(drop (call $fd_fdstat_set_flags (i32.const 4) (i32.const 4)))");
  for (unsigned number = 0; number != functionCount; ++number)
    printf("(call $calls%u)\n", number);
  puts("(call $proc_exit (global.get $bad))))");
}

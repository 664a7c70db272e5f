// Unbounded recursion ends as a trap, not as a crash: small frames, frames
// larger than a page, and recursion through the table.
// native: no
// run: {"args": ["small"], "exit": 134, "stdout": "start small\n", "stderr": "call stack exhausted"}
// run: {"args": ["mutual"], "exit": 134, "stdout": "start mutual\n", "stderr": "call stack exhausted"}
// run: {"args": ["many"], "exit": 134, "stdout": "start many\n", "stderr": "call stack exhausted"}
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static volatile uint32_t sink;

__attribute__((noinline)) static uint32_t small(uint32_t n) {
  uint32_t below = small(n + 1);
  sink = n;
  return below + sink;
}

static uint32_t (*volatile through)(uint32_t);
__attribute__((noinline)) static uint32_t mutual(uint32_t n) {
  uint32_t below = through(n + 1);
  sink = n;
  return below ^ sink;
}

// Many values live across the call: a large machine frame, no shadow stack.
__attribute__((noinline)) static uint32_t many(uint32_t n) {
  uint32_t v[48];
#pragma clang loop unroll(full)
  for (int i = 0; i < 48; ++i)
    v[i] = sink + i * n;
  uint32_t sum = many(n + 1);
#pragma clang loop unroll(full)
  for (int i = 0; i < 48; ++i)
    sum = sum * 3 + v[i];
  return sum;
}

int main(int argc, char **argv) {
  printf("start %s\n", argv[1]);
  fflush(stdout);
  through = mutual;
  if (!strcmp(argv[1], "small"))
    return small(1);
  if (!strcmp(argv[1], "mutual"))
    return mutual(1);
  return many(1);
}

// Recursion that is deep but bounded, with frames of several sizes.
// wasm-flags: -Wl,-z,stack-size=8388608
#include <stdint.h>
#include <stdio.h>

__attribute__((noinline)) static uint32_t ackermann(uint32_t m, uint32_t n) {
  if (m == 0)
    return n + 1;
  if (n == 0)
    return ackermann(m - 1, 1);
  return ackermann(m - 1, ackermann(m, n - 1));
}

__attribute__((noinline)) static uint64_t sumDown(uint64_t n) {
  volatile uint64_t kept = n;
  return n == 0 ? 0 : kept + sumDown(n - 1);
}

__attribute__((noinline)) static uint32_t bigFrame(uint32_t depth) {
  volatile uint32_t block[512];
  for (int i = 0; i < 512; i += 64)
    block[i] = depth + i;
  uint32_t below = depth ? bigFrame(depth - 1) : 0;
  return below + block[(depth * 64) % 512];
}

static int isOdd(unsigned n);
__attribute__((noinline)) static int isEven(unsigned n) {
  volatile unsigned kept = n;
  return kept == 0 ? 1 : !!isOdd(kept - 1);
}
__attribute__((noinline)) static int isOdd(unsigned n) {
  volatile unsigned kept = n;
  return kept == 0 ? 0 : !!isEven(kept - 1);
}

static void hanoi(int n, int from, int to, int spare, unsigned *moves) {
  if (n == 0)
    return;
  hanoi(n - 1, from, spare, to, moves);
  *moves = *moves * 31 + from * 3 + to;
  hanoi(n - 1, spare, to, from, moves);
}

int main(void) {
  printf("%u\n", ackermann(2, 300));
  printf("%u\n", ackermann(3, 7));
  printf("%llu\n", (unsigned long long)sumDown(40000));
  printf("%u\n", bigFrame(1000));
  printf("%d %d\n", isEven(20000), isOdd(20001));
  unsigned moves = 1;
  hanoi(16, 0, 2, 1, &moves);
  printf("%u\n", moves);
  return 0;
}

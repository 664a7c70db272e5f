// 32-, 64- and 128-bit arithmetic at its edges: wraparound, division, shifts,
// rotations, bit counts, sign extension, conversions.
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __wasm__
// Debian builds compiler-rt for Wasm with the stack protector, which its
// wasi-libc does not provide.
uintptr_t __stack_chk_guard = 0x5bd1e995;
_Noreturn void __stack_chk_fail(void) { __builtin_trap(); }
#endif

static const uint64_t edges[] = {0,
                                 1,
                                 2,
                                 3,
                                 7,
                                 31,
                                 32,
                                 63,
                                 64,
                                 0x7f,
                                 0x80,
                                 0xff,
                                 0x7fff,
                                 0x8000,
                                 0x7fffffff,
                                 0x80000000,
                                 0xffffffff,
                                 0x100000000,
                                 0x7fffffffffffffff,
                                 0x8000000000000000,
                                 0xfffffffffffffffe,
                                 0xffffffffffffffff,
                                 0x0123456789abcdef,
                                 0xfedcba9876543210};

static uint64_t mix(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdu;
}
static uint64_t rotate64(uint64_t v, unsigned n) {
  return v << (n & 63) | v >> (-n & 63);
}
static uint32_t rotate32(uint32_t v, unsigned n) {
  return v << (n & 31) | v >> (-n & 31);
}

static uint64_t pair64(uint64_t a, uint64_t b) {
  uint64_t h = mix(mix(mix(1, a + b), a - b), a * b);
  h = mix(mix(h, a << (b & 63)), a >> (b & 63));
  h = mix(h, (uint64_t)((int64_t)a >> (b & 63)));
  h = mix(mix(h, rotate64(a, (unsigned)b)), a & b);
  h = mix(mix(h, a | b), (a < b) * 2 + ((int64_t)a < (int64_t)b));
  if (b) {
    h = mix(mix(h, a / b), a % b);
    if (!(a == (uint64_t)INT64_MIN && b == UINT64_MAX)) {
      h = mix(h, (uint64_t)((int64_t)a / (int64_t)b));
      h = mix(h, (uint64_t)((int64_t)a % (int64_t)b));
    }
    unsigned __int128 wide = (unsigned __int128)a << 64 | (b * 3);
    unsigned __int128 q = wide / b, r = wide % (b + 1 ? b + 1 : 1);
    h = mix(mix(h, (uint64_t)q), mix((uint64_t)(q >> 64), (uint64_t)r));
  }
  unsigned __int128 product = (unsigned __int128)a * b;
  return mix(h, mix((uint64_t)product, (uint64_t)(product >> 64)));
}

static uint64_t pair32(uint32_t a, uint32_t b) {
  uint64_t h = mix(mix(mix(2, a + b), a - b), a * b);
  h = mix(mix(h, a << (b & 31)), a >> (b & 31));
  h = mix(mix(h, (uint32_t)((int32_t)a >> (b & 31))), rotate32(a, b));
  if (b) {
    h = mix(mix(h, a / b), a % b);
    if (!(a == (uint32_t)INT32_MIN && b == UINT32_MAX))
      h = mix(mix(h, (uint32_t)((int32_t)a / (int32_t)b)),
              (uint32_t)((int32_t)a % (int32_t)b));
  }
  return h;
}

static uint64_t single(uint64_t a) {
  uint64_t h = mix(3, (uint64_t)(int64_t)(int8_t)a);
  h = mix(h, (uint64_t)(int64_t)(int16_t)a);
  h = mix(h, (uint64_t)(int64_t)(int32_t)a);
  h = mix(h, a ? (unsigned)__builtin_clzll(a) : 64);
  h = mix(h, a ? (unsigned)__builtin_ctzll(a) : 64);
  h = mix(h, (unsigned)__builtin_popcountll(a));
  h = mix(h, (unsigned)__builtin_popcount((unsigned)a));
  h = mix(h, __builtin_bswap64(a));
  union {
    double d;
    uint64_t u;
  } bits = {.d = (double)a};
  h = mix(h, bits.u);
  bits.d = (double)(int64_t)a;
  h = mix(h, bits.u);
  bits.d = (float)(int64_t)a;
  h = mix(h, bits.u);
  bits.d = (float)a;
  return mix(h, bits.u);
}

int main(void) {
  const unsigned count = sizeof edges / sizeof *edges;
  for (unsigned i = 0; i < count; ++i) {
    uint64_t row64 = 0, row32 = 0;
    for (unsigned k = 0; k < count; ++k) {
      row64 = mix(row64, pair64(edges[i], edges[k]));
      row32 = mix(row32, pair32((uint32_t)edges[i], (uint32_t)edges[k]));
    }
    printf("%016" PRIx64 ": %016" PRIx64 " %016" PRIx64 " %016" PRIx64 "\n",
           edges[i], row64, row32, single(edges[i]));
  }
  printf("%" PRId64 " %" PRIu64 " %" PRIx32 "\n", INT64_MIN, UINT64_MAX,
         (uint32_t)INT32_MIN);
  return 0;
}

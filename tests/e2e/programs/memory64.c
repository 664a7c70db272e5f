// Freestanding, for 64-bit memories: nodes strewn over 4.5 GiB, blocks copied
// over the 4 GiB border, differences of pointers above 2^32.
// wasm-flags: --target=wasm64 -nostdlib -mbulk-memory -Wl,--no-entry
// run: {"exit": 92}
#include <stddef.h>
#include <stdint.h>

enum { Spacing = 64 << 20, NodeCount = 72, BlockLength = 3 << 20 };

struct Node {
  struct Node *next;
  uint64_t value;
};

#ifdef __wasm64__
static char *reserve(size_t length) {
  size_t pages = (length + 65535) / 65536;
  size_t old = __builtin_wasm_memory_grow(0, pages);
  return old == (size_t)-1 ? NULL : (char *)(old * 65536);
}
#else
#include <stdlib.h>
static char *reserve(size_t length) { return calloc(length, 1); }
#endif

static uint64_t mix(uint64_t state, uint64_t value) {
  return (state ^ value) * 1099511628211u;
}

/// Nodes in another order than their addresses.
static struct Node *strew(char *space) {
  struct Node *first = NULL;
  for (uint64_t i = 0; i < NodeCount; ++i) {
    uint64_t place = i * 29 % NodeCount;
    struct Node *node = (struct Node *)(space + place * Spacing);
    node->next = first;
    node->value = place;
    first = node;
  }
  return first;
}

static uint64_t walk(const struct Node *node, const char *space) {
  uint64_t state = 14695981039346656037u;
  for (; node; node = node->next)
    state = mix(state, node->value + (uint64_t)((const char *)node - space));
  return state;
}

static uint64_t moveBlock(char *space) {
  const uint64_t border = (uint64_t)4 << 30;
  char *block = space + border - BlockLength / 3;
  for (size_t i = 0; i < BlockLength; ++i)
    block[i] = (char)(i * 7 + (i >> 9));
  __builtin_memcpy(block + BlockLength, block, BlockLength);
  __builtin_memmove(block + 12345, block, BlockLength);
  uint64_t state = 1;
  for (size_t i = 0; i < 2 * (size_t)BlockLength; i += 8) {
    uint64_t word;
    __builtin_memcpy(&word, block + i, sizeof word);
    state = mix(state, word);
  }
  return state;
}

static int run(void) {
  char *space = reserve((uint64_t)NodeCount * Spacing);
  if (!space)
    return 1;
  uint64_t state = walk(strew(space), space);
  state = mix(state, moveBlock(space));
  state = mix(state, walk(strew(space), space));
  return (int)(state ^ state >> 32) & 0x7f;
}

#ifdef __wasm64__
__attribute__((import_module("wasi_snapshot_preview1"),
               import_name("proc_exit"))) _Noreturn void
proc_exit(int status);

__attribute__((export_name("_start"))) void start(void) { proc_exit(run()); }
#else
int main(void) { return run(); }
#endif

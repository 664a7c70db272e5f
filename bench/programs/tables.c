/* tables: bound by memory: a hash table with open addressing, a walk over links
   in random order, and binary searches in a sorted table. */
#include "program.h"

enum {
  Links = SIZE(1 << 10, 1 << 14, 1 << 20, 1 << 23, 1 << 25),
  Slots = SIZE(1 << 10, 1 << 14, 1 << 19, 1 << 22, 1 << 24),
  Steps = SIZE(1000, 100000, 1000000, 4000000, 16000000)
};
typedef struct {
  uint64_t key, value;
} Slot;
static uint32_t *links;
static Slot *slots;
static uint64_t *sorted;

static void prepare(void) {
  uint32_t seed = 13;
  links = allocate(Links, sizeof *links);
  slots = allocate(Slots, sizeof *slots);
  sorted = allocate(Slots, sizeof *sorted);
  /* Sattolo's shuffle: one cycle through all of them. */
  for (uint32_t i = 0; i < Links; ++i)
    links[i] = i;
  for (uint32_t i = Links - 1; i > 0; --i) {
    uint32_t j = randomWord(&seed) % i, moved = links[i];
    links[i] = links[j];
    links[j] = moved;
  }
  for (uint32_t i = 0; i < Slots; ++i)
    sorted[i] = (uint64_t)i * 0x100000001b3u;
}

static Slot *find(uint64_t key) {
  uint32_t place = (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 40) % Slots;
  while (slots[place].key != 0 && slots[place].key != key)
    place = (place + 1) % Slots;
  return &slots[place];
}

static uint64_t search(uint64_t key) {
  uint32_t low = 0, high = Slots;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (sorted[middle] < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static void compute(void) {
  uint32_t at = 0, seed = 17;
  uint64_t sum = 0;
  for (int step = 0; step < Steps; ++step) {
    at = links[at];
    sum += at;
  }
  addBits(sum);
  for (int step = 0; step < Steps; ++step) {
    uint64_t key = randomWord(&seed) % (Slots / 2) + 1;
    Slot *slot = find(key);
    slot->key = key;
    slot->value += (uint64_t)step;
  }
  for (int step = 0; step < Steps / 4; ++step)
    sum += search((uint64_t)randomWord(&seed) * (0x100000001b3u >> 11));
  addBits(sum);
}

static void finish(void) {
  for (uint32_t i = 0; i < Slots; ++i)
    addBits(slots[i].value);
}

/* After a reset an instance of renew.wat is what a new one is, whatever was
 * written, read, and grown before. */
#include "renew.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 150, INITIAL = 200 << 16 };

static unsigned seed = 1;
static unsigned random_below(unsigned limit) {
  seed = seed * 1103515245u + 12345u;
  return (seed >> 8) % limit;
}

static volatile char sink;

int main(void) {
  renew_instance *used, *fresh;
  if (renew_instantiate(WROUGHT_ABI, NULL, NULL, &used).code ||
      renew_instantiate(WROUGHT_ABI, NULL, NULL, &fresh).code)
    return 1;
  for (int round = 0; round < ROUNDS; ++round) {
    unsigned size = INITIAL;
    if (random_below(3) == 0) {
      const unsigned pages = 1 + random_below(100);
      if (renew_memory_grow(used, pages).code)
        return printf("does not grow\n");
      size += pages << 16;
    }
    char *bytes = renew_memory_data(used);
    /* From single bytes to more than is kept in memory. */
    const unsigned writes = 1u << random_below(14);
    for (unsigned i = 0; i < writes; ++i) {
      const unsigned at = random_below(size);
      if (i % 4 == 0)
        sink = bytes[at];
      else
        bytes[at] = (char)random_below(256);
    }
    const unsigned start = random_below(size),
                   length = random_below(1u << random_below(23));
    memset(bytes + start, 1, length < size - start ? length : size - start);
    if (renew_count_set(used, round).code || renew_reset(used).code)
      return printf("fails\n");
    int32_t count = -1;
    renew_count_get(used, &count);
    if (count != 0 || renew_memory_size(used) != INITIAL ||
        memcmp(renew_memory_data(used), renew_memory_data(fresh), INITIAL))
      return printf("round %d: not as a new one\n", round);
    if (round % 10 == 0) {
      renew_free(used);
      if (renew_instantiate(WROUGHT_ABI, NULL, NULL, &used).code ||
          memcmp(renew_memory_data(used), renew_memory_data(fresh), INITIAL))
        return printf("round %d: a new one is not\n", round);
    }
  }
  printf("%d resets\n", ROUNDS);
  return 0;
}

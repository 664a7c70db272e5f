// Megabytes of initialised data, in several segments with gaps, all of which
// must stand where the program expects it before main runs.
#include <stdint.h>
#include <stdio.h>

#define R4(x) x, x + 1, x + 2, x + 3
#define R16(x) R4(x), R4(x + 4), R4(x + 8), R4(x + 12)
#define R64(x) R16(x), R16(x + 16), R16(x + 32), R16(x + 48)
#define R256(x) R64(x), R64(x + 64), R64(x + 128), R64(x + 192)
#define R1K(x) R256(x), R256(x + 256), R256(x + 512), R256(x + 768)
#define R4K(x) R1K(x), R1K(x + 1024), R1K(x + 2048), R1K(x + 3072)

static uint32_t first[1 << 18] = {R4K(1), [200000] = R1K(7)};
static uint32_t gap[1 << 19];
static const uint64_t second[1 << 15] = {[32767] = 0x1122334455667788,
                                         [5000] = R1K(0x100000000ull)};
static uint8_t third[3 << 20] = {
    [0] = 1, [(3 << 20) - 1] = 255, [1 << 20] = R64(3)};
static const char *const words[] = {"pointers", "into", "data", 0};

int main(void) {
  uint64_t sum = 0;
  for (unsigned i = 0; i < 1 << 18; ++i)
    sum = sum * 31 + first[i];
  for (unsigned i = 0; i < 1 << 19; ++i)
    sum += gap[i];
  for (unsigned i = 0; i < 1 << 15; ++i)
    sum = sum * 31 + second[i];
  for (unsigned i = 0; i < 3 << 20; ++i)
    sum = sum * 31 + third[i];
  printf("%016llx\n", (unsigned long long)sum);
  first[0] = gap[17] = 99;
  third[5] = 4;
  for (const char *const *word = words; *word; ++word)
    printf("%s ", *word);
  printf("%u\n", first[0] + gap[17] + third[5]);
  return 0;
}

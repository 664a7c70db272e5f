// qsort and bsearch with comparison functions called through the table.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Record {
  uint32_t key;
  char name[12];
  double weight;
};

static uint32_t state = 12345;
static uint32_t next(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static int byKey(const void *a, const void *b) {
  uint32_t x = ((const struct Record *)a)->key;
  uint32_t y = ((const struct Record *)b)->key;
  return (x > y) - (x < y);
}
static int byName(const void *a, const void *b) {
  int order = strcmp(((const struct Record *)a)->name,
                     ((const struct Record *)b)->name);
  return order ? order : byKey(a, b);
}
static int byWeight(const void *a, const void *b) {
  double x = ((const struct Record *)a)->weight;
  double y = ((const struct Record *)b)->weight;
  return x < y ? -1 : x > y ? 1 : byKey(a, b);
}

int main(void) {
  enum { Count = 20000 };
  struct Record *records = malloc(Count * sizeof *records);
  for (int i = 0; i < Count; ++i) {
    records[i].key = next();
    snprintf(records[i].name, sizeof records[i].name, "n%05u", next() % 5000);
    records[i].weight = (double)next() / 7.0;
  }
  int (*orders[])(const void *, const void *) = {byName, byWeight, byKey};
  for (int k = 0; k < 3; ++k) {
    qsort(records, Count, sizeof *records, orders[k]);
    for (int i = 1; i < Count; ++i)
      if (orders[k](&records[i - 1], &records[i]) > 0)
        return 1;
    printf("%u %s %.6f\n", records[0].key, records[0].name, records[0].weight);
    printf("%u %s %.6f\n", records[Count / 2].key, records[Count / 2].name,
           records[Count / 2].weight);
  }
  int found = 0;
  for (int i = 0; i < 1000; ++i) {
    struct Record wanted = {.key = i % 2 ? records[i * 13].key : next()};
    found += bsearch(&wanted, records, Count, sizeof wanted, byKey) != NULL;
  }
  printf("found %d\n", found);
  free(records);
  return 0;
}

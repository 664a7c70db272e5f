// Counts the words of the files that are named, and lists the most frequent.
// Runs the same natively and as Wasm:
//   wordcount [-n COUNT] FILE…
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Entry {
  char *word;
  uint32_t hash;
  unsigned count;
};

// Open addressing, doubled when half full.
struct Table {
  struct Entry *entries;
  size_t capacity, used;
};

static struct Entry *findSlot(struct Table *table, const char *word,
                              uint32_t hash) {
  size_t at = hash & (table->capacity - 1);
  while (table->entries[at].word &&
         (table->entries[at].hash != hash ||
          strcmp(table->entries[at].word, word) != 0))
    at = (at + 1) & (table->capacity - 1);
  return &table->entries[at];
}

static void grow(struct Table *table) {
  struct Table bigger = {NULL, table->capacity ? 2 * table->capacity : 1024,
                         table->used};
  bigger.entries = calloc(bigger.capacity, sizeof *bigger.entries);
  if (!bigger.entries)
    abort();
  for (size_t i = 0; i < table->capacity; ++i)
    if (table->entries[i].word)
      *findSlot(&bigger, table->entries[i].word, table->entries[i].hash) =
          table->entries[i];
  free(table->entries);
  *table = bigger;
}

static void addWord(struct Table *table, const char *word) {
  if (2 * table->used >= table->capacity)
    grow(table);
  uint32_t hash = 2166136261u;
  for (const char *p = word; *p; ++p)
    hash = (hash ^ (unsigned char)*p) * 16777619u;
  struct Entry *entry = findSlot(table, word, hash);
  if (!entry->word) {
    *entry = (struct Entry){strdup(word), hash, 0};
    ++table->used;
  }
  ++entry->count;
}

static unsigned long countFile(struct Table *table, FILE *file) {
  char word[128];
  size_t length = 0;
  unsigned long total = 0;
  for (int c = 0; c != EOF;) {
    c = getc(file);
    if (c != EOF && (isalnum(c) || c > 127)) {
      if (length < sizeof word - 1)
        word[length++] = (char)tolower(c);
    } else if (length) {
      word[length] = 0;
      addWord(table, word);
      length = 0;
      ++total;
    }
  }
  return total;
}

static int byCount(const void *a, const void *b) {
  const struct Entry *x = a, *y = b;
  if (x->count != y->count)
    return x->count < y->count ? 1 : -1;
  return strcmp(x->word ? x->word : "", y->word ? y->word : "");
}

int main(int argc, char **argv) {
  struct Table table = {0};
  size_t shown = 5;
  unsigned long total = 0;
  for (int i = 1; i < argc; ++i) {
    if (!strcmp(argv[i], "-n") && i + 1 < argc) {
      shown = strtoul(argv[++i], NULL, 10);
      continue;
    }
    FILE *file = fopen(argv[i], "r");
    if (!file) {
      fprintf(stderr, "wordcount: cannot read %s\n", argv[i]);
      return 1;
    }
    total += countFile(&table, file);
    fclose(file);
  }
  printf("%lu words, %zu different\n", total, table.used);
  qsort(table.entries, table.capacity, sizeof *table.entries, byCount);
  for (size_t i = 0; i < table.used && i < shown; ++i)
    printf("%6u %s\n", table.entries[i].count, table.entries[i].word);
  return 0;
}

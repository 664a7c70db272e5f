/* sort: the same keys by quicksort, heapsort, mergesort and radix sort, and
   records by a comparison that is called through a pointer. */
#include "program.h"

enum { Count = SIZE(500, 5000, 60000, 700000, 3000000) };
typedef struct {
  uint32_t key;
  char name[12];
  double weight;
} Record;
static uint32_t *keys, *work, *spare;
static Record *records, *between;

static void prepare(void) {
  uint32_t seed = 9;
  keys = allocate(Count, sizeof *keys);
  work = allocate(Count, sizeof *work);
  spare = allocate(Count, sizeof *spare);
  records = allocate(Count / 4, sizeof *records);
  between = allocate(Count / 4, sizeof *between);
  for (int i = 0; i < Count; ++i)
    keys[i] = randomWord(&seed);
  for (int i = 0; i < Count / 4; ++i) {
    records[i].key = randomWord(&seed) % 1000;
    records[i].weight = (double)(randomWord(&seed) >> 8);
    for (int j = 0; j < 11; ++j)
      records[i].name[j] = (char)('a' + (randomWord(&seed) >> 9) % 3);
  }
}

static void quick(uint32_t *from, int count) {
  while (count > 16) {
    uint32_t a = from[0], b = from[count / 2], c = from[count - 1];
    uint32_t pivot = a < b ? (b < c   ? b
                              : a < c ? c
                                      : a)
                           : (a < c   ? a
                              : b < c ? c
                                      : b);
    int low = -1, high = count;
    for (;;) {
      while (from[++low] < pivot)
        ;
      while (from[--high] > pivot)
        ;
      if (low >= high)
        break;
      uint32_t swapped = from[low];
      from[low] = from[high];
      from[high] = swapped;
    }
    int first = high + 1;
    if (first < count - first) {
      quick(from, first);
      from += first;
      count -= first;
    } else {
      quick(from + first, count - first);
      count = first;
    }
  }
  for (int i = 1; i < count; ++i) {
    uint32_t moved = from[i];
    int j = i;
    for (; j > 0 && from[j - 1] > moved; --j)
      from[j] = from[j - 1];
    from[j] = moved;
  }
}

static void sift(uint32_t *heap, int root, int count) {
  uint32_t moved = heap[root];
  for (int child; (child = 2 * root + 1) < count; root = child) {
    if (child + 1 < count && heap[child] < heap[child + 1])
      ++child;
    if (heap[child] <= moved)
      break;
    heap[root] = heap[child];
  }
  heap[root] = moved;
}

static void heapSort(uint32_t *heap, int count) {
  for (int root = count / 2 - 1; root >= 0; --root)
    sift(heap, root, count);
  for (int last = count - 1; last > 0; --last) {
    uint32_t top = heap[0];
    heap[0] = heap[last];
    heap[last] = top;
    sift(heap, 0, last);
  }
}

static void merge(uint32_t *from, uint32_t *to, int count) {
  if (count < 2)
    return;
  int half = count / 2, left = 0, right = half;
  merge(from, to, half);
  merge(from + half, to + half, count - half);
  for (int i = 0; i < count; ++i)
    to[i] = right >= count || (left < half && from[left] <= from[right])
                ? from[left++]
                : from[right++];
  memcpy(from, to, (size_t)count * sizeof *from);
}

static void radix(uint32_t *from, uint32_t *to, int count) {
  for (int shift = 0; shift < 32; shift += 8) {
    int places[257] = {0};
    for (int i = 0; i < count; ++i)
      ++places[(from[i] >> shift & 255) + 1];
    for (int i = 0; i < 256; ++i)
      places[i + 1] += places[i];
    for (int i = 0; i < count; ++i)
      to[places[from[i] >> shift & 255]++] = from[i];
    uint32_t *other = from;
    from = to;
    to = other;
  }
}

static int byKey(const Record *a, const Record *b) {
  return (a->key > b->key) - (a->key < b->key);
}
static int byName(const Record *a, const Record *b) {
  return strcmp(a->name, b->name);
}
static int byWeight(const Record *a, const Record *b) {
  return (a->weight > b->weight) - (a->weight < b->weight);
}

static void mergeRecords(Record *from, Record *to, int count,
                         int (*compare)(const Record *, const Record *)) {
  if (count < 2)
    return;
  int half = count / 2, left = 0, right = half;
  mergeRecords(from, to, half, compare);
  mergeRecords(from + half, to + half, count - half, compare);
  for (int i = 0; i < count; ++i)
    to[i] = right >= count ||
                    (left < half && compare(&from[left], &from[right]) <= 0)
                ? from[left++]
                : from[right++];
  memcpy(from, to, (size_t)count * sizeof *from);
}

static void fresh(void) { memcpy(work, keys, Count * sizeof *keys); }

static void compute(void) {
  static int (*const orders[])(const Record *,
                               const Record *) = {byWeight, byName, byKey};
  fresh();
  quick(work, Count);
  addIntegers((int32_t *)work, Count);
  fresh();
  heapSort(work, Count);
  addIntegers((int32_t *)work, Count);
  fresh();
  merge(work, spare, Count);
  addIntegers((int32_t *)work, Count);
  fresh();
  radix(work, spare, Count);
  addIntegers((int32_t *)work, Count);
  for (int i = 0; i < 3; ++i)
    mergeRecords(records, between, Count / 4, orders[i]);
}

static void finish(void) {
  for (int i = 0; i < Count / 4; ++i) {
    addBits(records[i].key);
    addReals(&records[i].weight, 1);
  }
}

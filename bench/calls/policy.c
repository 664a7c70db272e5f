/* Replacement policies of a web proxy's cache: the part of the simulator that a
 * host would take from others, compiled to Wasm or natively. */
#include "policy.h"

enum { FIFO, LRU, LFU, GD_SIZE };

/* What goes next has the least key, or is the oldest. */
struct entry {
  double key;
  int64_t frequency, time;
  int32_t size, place; /* place: in the heap, from 1; 0: not in the cache */
  int32_t before, after;
};

static struct entry entries[OBJECTS + 1]; /* 0: both ends of the list */
static int32_t heap[OBJECTS + 1];
static int32_t count, policy;
static int64_t room, now;
static double inflation;

static int usesHeap(void) { return policy == LFU || policy == GD_SIZE; }

static int isLess(int32_t left, int32_t right) {
  const struct entry *a = &entries[left], *b = &entries[right];
  if (policy == GD_SIZE)
    return a->key < b->key || (a->key == b->key && a->time < b->time);
  return a->frequency < b->frequency ||
         (a->frequency == b->frequency && a->time < b->time);
}

static void put(int32_t place, int32_t object) {
  heap[place] = object;
  entries[object].place = place;
}

static void rise(int32_t place, int32_t object) {
  for (; place > 1 && isLess(object, heap[place / 2]); place /= 2)
    put(place, heap[place / 2]);
  put(place, object);
}

static void sink(int32_t place, int32_t object) {
  for (int32_t child; (child = place * 2) <= count; place = child) {
    if (child < count && isLess(heap[child + 1], heap[child]))
      ++child;
    if (!isLess(heap[child], object))
      break;
    put(place, heap[child]);
  }
  put(place, object);
}

static void unlinkEntry(int32_t object) {
  struct entry *entry = &entries[object];
  entries[entry->before].after = entry->after;
  entries[entry->after].before = entry->before;
}

static void linkAsNewest(int32_t object) {
  struct entry *entry = &entries[object];
  entry->before = entries[0].before;
  entry->after = 0;
  entries[entry->before].after = object;
  entries[0].before = object;
}

static void insert(int32_t object) {
  room -= entries[object].size;
  if (usesHeap()) {
    ++count;
    rise(count, object);
  } else {
    entries[object].place = 1;
    linkAsNewest(object);
  }
}

static void evict(void) {
  const int32_t object = usesHeap() ? heap[1] : entries[0].after;
  struct entry *entry = &entries[object];
  room += entry->size;
  entry->place = 0;
  if (policy == GD_SIZE)
    inflation = entry->key;
  if (!usesHeap())
    return unlinkEntry(object);
  const int32_t last = heap[count--];
  if (last != object)
    sink(1, last);
}

static void value(struct entry *entry) {
  entry->time = ++now;
  ++entry->frequency;
  entry->key = inflation + 1.0 / entry->size;
}

EXPORT(start) void start(int32_t chosen, int64_t capacity) {
  for (int32_t i = 0; i <= OBJECTS; ++i)
    entries[i] = (struct entry){0};
  count = 0, policy = chosen, room = capacity, now = 0, inflation = 0;
}

EXPORT(request) int32_t request(int32_t object, int32_t size) {
  struct entry *entry = &entries[++object];
  if (entry->place != 0) {
    if (policy != FIFO)
      value(entry);
    if (policy == LRU)
      unlinkEntry(object), linkAsNewest(object);
    else if (usesHeap())
      sink(entry->place, object);
    return 1;
  }
  entry->size = size;
  entry->frequency = 0;
  while (room < size)
    evict();
  value(entry);
  insert(object);
  return 0;
}

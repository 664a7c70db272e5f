// Calls through the table with many signatures, and callbacks with state.
#include <stdint.h>
#include <stdio.h>

typedef int64_t (*Operation)(int64_t, int64_t);
static int64_t add(int64_t a, int64_t b) { return a + b; }
static int64_t subtract(int64_t a, int64_t b) { return a - b; }
static int64_t multiply(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a * (uint64_t)b);
}
static int64_t exclusive(int64_t a, int64_t b) { return a ^ b; }
static int64_t divide(int64_t a, int64_t b) { return b ? a / b : a; }
static Operation operations[] = {add, subtract, multiply, exclusive, divide};

struct Shape {
  double (*area)(const struct Shape *);
  const char *(*name)(void);
  double a, b;
};
static double rectangleArea(const struct Shape *s) { return s->a * s->b; }
static double triangleArea(const struct Shape *s) { return s->a * s->b / 2; }
static const char *rectangleName(void) { return "rectangle"; }
static const char *triangleName(void) { return "triangle"; }

static void each(const int *items, int count, void (*visit)(int, void *),
                 void *state) {
  for (int i = 0; i < count; ++i)
    visit(items[i], state);
}
static void addTo(int item, void *state) { *(long *)state += item; }
static void mixInto(int item, void *state) {
  *(uint32_t *)state = *(uint32_t *)state * 31 + (uint32_t)item;
}

static float f4(float a, double b, int c, int64_t d) {
  return a + (float)b + (float)c + (float)d;
}
static int many(int a, int b, int c, int d, int e, int f, int g, int h, int i,
                int j) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i +
         10 * j;
}
static void nothing(void) {}
struct Triple {
  int64_t x, y, z;
};
static struct Triple triple(int64_t n) {
  return (struct Triple){n, n * n, n * n * n};
}

int main(void) {
  int64_t value = 1;
  for (int i = 0; i < 100000; ++i)
    value = operations[(uint64_t)(value ^ i) % 5](value, i + 3);
  printf("%lld\n", (long long)value);

  struct Shape shapes[] = {{rectangleArea, rectangleName, 3, 4},
                           {triangleArea, triangleName, 3, 4}};
  for (int i = 0; i < 6; ++i)
    printf("%s %.2f\n", shapes[i % 2].name(),
           shapes[i % 2].area(&shapes[i % 2]));

  int items[100];
  for (int i = 0; i < 100; ++i)
    items[i] = i * i;
  long sum = 0;
  uint32_t mixed = 1;
  each(items, 100, addTo, &sum);
  each(items, 100, mixInto, &mixed);
  printf("%ld %u\n", sum, mixed);

  float (*volatile pf)(float, double, int, int64_t) = f4;
  int (*volatile pm)(int, int, int, int, int, int, int, int, int, int) = many;
  void (*volatile pn)(void) = nothing;
  struct Triple (*volatile pt)(int64_t) = triple;
  pn();
  struct Triple t = pt(11);
  printf("%.3f %d %lld\n", pf(1.5f, 2.25, 3, 4),
         pm(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), (long long)(t.x + t.y + t.z));
  return 0;
}

/* objects: shapes behind pointers to functions, made and freed at random, and
   kept in a balanced tree (a treap): calls through tables, and the allocator.
 */
#include "program.h"

enum { Steps = SIZE(1000, 20000, 200000, 1500000, 6000000), Kept = 4096 };
typedef struct Shape Shape;
typedef struct {
  int64_t (*area)(const Shape *);
  void (*grow)(Shape *, int32_t);
} Methods;
struct Shape {
  const Methods *methods;
  int32_t a, b;
};
typedef struct Tree {
  struct Tree *left, *right;
  uint32_t key, priority;
  Shape *shape;
} Tree;

static int64_t rectangle(const Shape *shape) {
  return (int64_t)shape->a * shape->b;
}
static int64_t triangle(const Shape *shape) {
  return (int64_t)shape->a * shape->b / 2;
}
static int64_t ring(const Shape *shape) {
  return 3 * ((int64_t)shape->a * shape->a - (int64_t)shape->b);
}
static int64_t point(const Shape *shape) {
  (void)shape;
  return 1;
}
static void growBoth(Shape *shape, int32_t by) {
  shape->a += by;
  shape->b += by;
}
static void growOne(Shape *shape, int32_t by) { shape->a += by; }
static void stay(Shape *shape, int32_t by) {
  (void)shape;
  (void)by;
}
static const Methods methods[] = {
    {rectangle, growBoth}, {triangle, growOne}, {ring, growOne}, {point, stay}};
static Shape *kept[Kept];
static Tree *root;
static uint32_t seed = 61;

static void prepare(void) {}

static Shape *make(void) {
  uint32_t word = randomWord(&seed);
  /* Sizes differ, so that the allocator has something to do. */
  Shape *shape = malloc(sizeof *shape + (word >> 8 & 63) * 4);
  if (!shape)
    exit(1);
  *shape = (Shape){&methods[word & 3], (int32_t)(word >> 4 & 255),
                   (int32_t)(word >> 12 & 255)};
  return shape;
}

static Tree *insert(Tree *tree, uint32_t key, Shape *shape) {
  if (!tree) {
    tree = malloc(sizeof *tree);
    if (!tree)
      exit(1);
    *tree = (Tree){NULL, NULL, key, randomWord(&seed), shape};
    return tree;
  }
  if (key < tree->key) {
    tree->left = insert(tree->left, key, shape);
    if (tree->left->priority > tree->priority) {
      Tree *up = tree->left;
      tree->left = up->right;
      up->right = tree;
      return up;
    }
  } else if (key > tree->key) {
    tree->right = insert(tree->right, key, shape);
    if (tree->right->priority > tree->priority) {
      Tree *up = tree->right;
      tree->right = up->left;
      up->left = tree;
      return up;
    }
  } else {
    tree->shape = shape;
  }
  return tree;
}

static Tree *find(Tree *tree, uint32_t key) {
  while (tree && tree->key != key)
    tree = key < tree->key ? tree->left : tree->right;
  return tree;
}

static void compute(void) {
  int64_t sum = 0;
  for (int step = 0; step < Steps; ++step) {
    uint32_t place = randomWord(&seed) % Kept;
    if (!kept[place]) {
      kept[place] = make();
      root = insert(root, place, kept[place]);
    } else if (step % 5 == 0) {
      Tree *found = find(root, place);
      if (found)
        found->shape = NULL;
      free(kept[place]);
      kept[place] = NULL;
    } else {
      Tree *found = find(root, place);
      Shape *shape = found && found->shape ? found->shape : kept[place];
      shape->methods->grow(shape, (int32_t)(place & 3));
      sum += shape->methods->area(shape);
    }
  }
  addBits((uint64_t)sum);
}

static void finish(void) {
  int64_t sum = 0;
  for (int i = 0; i < Kept; ++i)
    if (kept[i])
      sum += kept[i]->methods->area(kept[i]);
  addBits((uint64_t)sum);
}

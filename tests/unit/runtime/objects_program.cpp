//===- objects_program.cpp - Objects that only stack and registers hold ---===//
//
// As compiled modules do, it keeps what it allocates in variables, and asks
// whether all of it is there at the end. With WROUGHT_GC_STRESS=1 each of its
// allocations collects.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "core/process.h"
#include "libcalls/libcalls.h"
#include "os/linux/system.h"

using namespace wrought;

#define CHECK(condition)                                                       \
  do                                                                           \
    if (!(condition))                                                          \
      fail(#condition);                                                        \
  while (false)

namespace {

struct Node {
  void *type;
  Node *left, *right;
  uint64_t value;
};

constexpr uint64_t offsets[] = {8, 16};
abi::GcType nodeType = {sizeof(Node), 0, 0, const_cast<uint64_t *>(offsets), 2,
                        nullptr,      0};
abi::GcType arrayType = {16, 8, 1, nullptr, 0, nullptr, 0};

[[noreturn]] void fail(const char *text) {
  (void)sys::write(2, text, strlen(text));
  (void)sys::write(2, "\n", 1);
  sys::exit_group(3);
}

Node *make(Node *left, Node *right, uint64_t value) {
  auto *node = static_cast<Node *>(wrought_gc_allocate(&nodeType, 0));
  CHECK(node->left == nullptr && node->right == nullptr && node->value == 0);
  *node = {&nodeType, left, right, value};
  return node;
}

/// What is made first waits in a register that a callee saves.
__attribute__((noinline)) Node *tree(unsigned depth) {
  if (depth == 0)
    return make(nullptr, nullptr, 1);
  Node *left = tree(depth - 1);
  Node *right = tree(depth - 1);
  make(left, right, 99);
  return make(left, right, left->value + right->value);
}

uint64_t countLeaves(const Node *node) {
  CHECK(node->type == &nodeType);
  if (node->left == nullptr)
    return 1;
  const uint64_t count = countLeaves(node->left) + countLeaves(node->right);
  CHECK(node->value == count);
  return count;
}

void testTree(unsigned depth) {
  Node *kept = tree(depth);
  for (int round = 0; round < 3; ++round)
    CHECK(countLeaves(tree(depth)) == uint64_t{1} << depth);
  CHECK(countLeaves(kept) == uint64_t{1} << depth);
}

/// More at once than there are registers.
void testManyVariables() {
  Node *a = make(nullptr, nullptr, 1), *b = make(a, a, 2), *c = make(b, a, 3),
       *d = make(c, b, 4), *e = make(d, c, 5), *f = make(e, d, 6),
       *g = make(f, e, 7), *h = make(g, f, 8), *i = make(h, g, 9),
       *j = make(i, h, 10), *k = make(j, i, 11), *l = make(k, j, 12);
  Node *single[12];
  for (Node *&node : single)
    node = make(nullptr, nullptr, 100);
  for (uint64_t count = 0; count < 20; ++count)
    make(nullptr, nullptr, ~count);
  CHECK(l->left == k && k->left == j && j->left == i && i->left == h &&
        h->left == g && g->left == f && f->left == e && e->left == d &&
        d->left == c && c->left == b && b->left == a);
  CHECK(a->value + b->value + c->value + d->value + e->value + f->value +
            g->value + h->value + i->value + j->value + k->value + l->value ==
        78);
  for (Node *node : single)
    CHECK(node->type == &nodeType && node->value == 100);
}

Node *global;
void *elements[4];
abi::Table table = {elements, 4, 4, 0};

void testRoots() {
  abi::GcRoots roots = {&global, 1};
  wrought_gc_add_roots(&roots, 1);
  wrought_gc_add_table(&table);
  global = make(nullptr, make(nullptr, nullptr, 5), 6);
  elements[3] = make(nullptr, nullptr, 7);
  // What was in registers and on the stack is overwritten.
  testTree(6);
  CHECK(global->type == &nodeType && global->value == 6);
  CHECK(global->right->type == &nodeType && global->right->value == 5);
  CHECK(static_cast<Node *>(elements[3])->value == 7);
}

void fillHeap(void *) {
  for (;;)
    global = make(global, nullptr, 0);
}

void allocateTooMuch(void *length) {
  wrought_gc_allocate(&arrayType, *static_cast<uint64_t *>(length));
}

bool isOutOfMemory(void (*function)(void *), uint64_t argument) {
  abi::TrapRecord record = {};
  return wrought_catch(function, &argument, &record) == 1 &&
         record.trap == abi::Trap::OutOfMemory;
}

void testLimit(bool isStressed) {
  CHECK(isOutOfMemory(allocateTooMuch, uint64_t{1} << 61));
  CHECK(isOutOfMemory(allocateTooMuch, UINT64_MAX));
  CHECK(isOutOfMemory(allocateTooMuch, uint64_t{1} << 20));
  // Each allocation looks at all of it.
  if (isStressed)
    return;
  CHECK(isOutOfMemory(fillHeap, 0));
  global = nullptr;
  testTree(10);
}

} // namespace

extern "C" {

extern const abi::Config wrought_config = {
    nullptr, 0,       nullptr, 0, nullptr,           0,
    nullptr, nullptr, 1,       0, 1 << 20,           nullptr,
    0,       nullptr, nullptr, 0, uint64_t{4} << 20, 0,
    nullptr, nullptr, nullptr};

int wrought_main(void) {
  const bool isStressed = environmentVariable("WROUGHT_GC_STRESS") != nullptr;
  testTree(isStressed ? 7 : 14);
  testManyVariables();
  testRoots();
  testLimit(isStressed);
  return 0;
}
}

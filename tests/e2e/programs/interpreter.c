// A bytecode interpreter with a switch (br_table) that runs a prime sieve, and
// two labels that jump into each other's loops.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum Op {
  Push,
  Add,
  Sub,
  Mul,
  Less,
  Jump,
  JumpIfZero,
  Load,
  Store,
  LoadAt,
  StoreAt,
  Print,
  Duplicate,
  Call,
  Return,
  Halt
};

static int64_t run(const int32_t *code, int64_t *memory) {
  int64_t stack[256], *top = stack;
  const int32_t *calls[64], **call = calls;
  uint64_t steps = 0;
  for (const int32_t *pc = code;;) {
    ++steps;
    switch ((enum Op) * pc++) {
    case Push:
      *top++ = *pc++;
      break;
    case Add:
      --top;
      top[-1] += top[0];
      break;
    case Sub:
      --top;
      top[-1] -= top[0];
      break;
    case Mul:
      --top;
      top[-1] *= top[0];
      break;
    case Less:
      --top;
      top[-1] = top[-1] < top[0];
      break;
    case Jump:
      pc = code + *pc;
      break;
    case JumpIfZero:
      pc = *--top ? pc + 1 : code + *pc;
      break;
    case Load:
      *top++ = memory[*pc++];
      break;
    case Store:
      memory[*pc++] = *--top;
      break;
    case LoadAt:
      top[-1] = memory[top[-1]];
      break;
    case StoreAt:
      top -= 2;
      memory[top[1]] = top[0];
      break;
    case Print:
      printf("%lld ", (long long)*--top);
      break;
    case Duplicate:
      *top = top[-1];
      ++top;
      break;
    case Call:
      *call++ = pc + 1;
      pc = code + *pc;
      break;
    case Return:
      pc = *--call;
      break;
    case Halt:
      putchar('\n');
      return (int64_t)steps;
    }
  }
}

// Cells: 0 i, 1 j, 2 limit; the sieve starts at 100.
static const int32_t sieve[] = {Push,
                                2,
                                Store,
                                0,
                                /* 4 */ Load,
                                0,
                                Load,
                                2,
                                Less,
                                JumpIfZero,
                                56,
                                /* 11 */ Load,
                                0,
                                Push,
                                100,
                                Add,
                                LoadAt,
                                JumpIfZero,
                                21,
                                /* 19 */ Jump,
                                47,
                                /* 21 */ Load,
                                0,
                                Duplicate,
                                Mul,
                                Store,
                                1,
                                /* 27 */ Load,
                                1,
                                Load,
                                2,
                                Less,
                                JumpIfZero,
                                47,
                                /* 34 */ Push,
                                1,
                                Load,
                                1,
                                Push,
                                100,
                                Add,
                                StoreAt,
                                /* 42 */ Call,
                                57,
                                Jump,
                                27,
                                Halt,
                                /* 47 */ Load,
                                0,
                                Push,
                                1,
                                Add,
                                Store,
                                0,
                                Jump,
                                4,
                                /* 56 */ Halt,
                                /* 57 */ Load,
                                1,
                                Load,
                                0,
                                Add,
                                Store,
                                1,
                                Return};

// Two labels that jump into each other's loops.
static unsigned tangled(unsigned n) {
  unsigned a = 0, b = 1;
  if (n & 1)
    goto odd;
even:
  a += b;
  if (n-- == 0)
    return a;
  if (a % 3 == 0)
    goto even;
odd:
  b = b * 5 + a;
  if (n-- == 0)
    return b;
  if (b % 7 < 3)
    goto odd;
  goto even;
}

int main(void) {
  enum { Limit = 100000 };
  int64_t *memory = calloc(Limit + 200, sizeof *memory);
  memory[2] = Limit;
  printf("steps %lld\n", (long long)run(sieve, memory));
  int primes = 0;
  for (int i = 2; i < Limit; ++i)
    primes += memory[100 + i] == 0;
  printf("primes %d\n", primes);
  for (unsigned i = 0; i < 12; ++i)
    printf("%u ", tangled(1000 + i * 37));
  putchar('\n');
  free(memory);
  return 0;
}

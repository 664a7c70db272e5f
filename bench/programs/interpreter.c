/* interpreter: a machine with registers and a stack, interpreted by a switch: a
   sieve, recursive numbers, a shuffle with sums, each as bytecode. */
#include "program.h"

enum {
  Scale = SIZE(1, 10, 100, 1000, 5000),
  MemoryWords = 1 << 16,
  Registers = 16
};
typedef enum {
  Set,
  Copy,
  AddTo,
  SubtractFrom,
  MultiplyBy,
  And,
  ShiftRight,
  Load,
  Store,
  JumpIfLess,
  JumpIfZero,
  Goto,
  Call,
  Return,
  Push,
  Pop,
  Halt
} Code;
typedef struct {
  uint8_t code, a, b;
  int32_t value;
} Instruction;

/* Counts the primes below r1 into r0. */
static const Instruction sieve[] = {
    {Set, 0, 0, 0},         {Set, 2, 0, 2},
    {Set, 5, 0, 1},         {Set, 6, 0, 1}, /* 4: next candidate */
    {JumpIfLess, 2, 1, 6},  {Halt, 0, 0, 0},
    {Load, 3, 2, 0},        {JumpIfZero, 3, 0, 10},
    {AddTo, 2, 5, 0},       {Goto, 0, 0, 4},
    {AddTo, 0, 5, 0},       {Copy, 4, 2, 0},
    {AddTo, 4, 2, 0}, /* 13: strike multiples */
    {JumpIfLess, 4, 1, 16}, {AddTo, 2, 5, 0},
    {Goto, 0, 0, 4},        {Store, 6, 4, 0},
    {AddTo, 4, 2, 0},       {Goto, 0, 0, 13}};

/* The Fibonacci number of r1 into r0, by two calls of itself. */
static const Instruction fibonacci[] = {
    {Set, 5, 0, 2},          {Set, 6, 0, 1},          {Call, 0, 0, 4},
    {Halt, 0, 0, 0},         {JumpIfLess, 1, 5, 15},  {Push, 1, 0, 0},
    {SubtractFrom, 1, 6, 0}, {Call, 0, 0, 4},         {Pop, 1, 0, 0},
    {Push, 0, 0, 0},         {SubtractFrom, 1, 5, 0}, {Call, 0, 0, 4},
    {Pop, 2, 0, 0},          {AddTo, 0, 2, 0},        {Return, 0, 0, 0},
    {Copy, 0, 1, 0},         {Return, 0, 0, 0}};

/* Mixes a seed in r2 for r1 rounds, and sums words of memory into r0. */
static const Instruction mix[] = {
    {Set, 0, 0, 0},          {Set, 3, 0, 0},
    {Set, 5, 0, 1},          {Set, 6, 0, 1664525},
    {Set, 7, 0, 1013904223}, {Set, 8, 0, MemoryWords - 1},
    {JumpIfLess, 3, 1, 8},   {Halt, 0, 0, 0},
    {MultiplyBy, 2, 6, 0},   {AddTo, 2, 7, 0},
    {Copy, 4, 2, 0},         {ShiftRight, 4, 0, 9},
    {And, 4, 8, 0},          {Load, 9, 4, 0},
    {AddTo, 9, 2, 0},        {Store, 9, 4, 0},
    {AddTo, 0, 9, 0},        {AddTo, 3, 5, 0},
    {Goto, 0, 0, 6}};

static int32_t memory[MemoryWords], stack[4096], registers[Registers];
static uint64_t executed;

static void prepare(void) {}

static int32_t run(const Instruction *program) {
  const Instruction *at = program;
  int32_t *top = stack, *r = registers;
  for (;;) {
    const Instruction now = *at++;
    ++executed;
    switch ((Code)now.code) {
    case Set:
      r[now.a] = now.value;
      break;
    case Copy:
      r[now.a] = r[now.b];
      break;
    case AddTo:
      r[now.a] = (int32_t)((uint32_t)r[now.a] + (uint32_t)r[now.b]);
      break;
    case SubtractFrom:
      r[now.a] = (int32_t)((uint32_t)r[now.a] - (uint32_t)r[now.b]);
      break;
    case MultiplyBy:
      r[now.a] = (int32_t)((uint32_t)r[now.a] * (uint32_t)r[now.b]);
      break;
    case And:
      r[now.a] &= r[now.b];
      break;
    case ShiftRight:
      r[now.a] = (int32_t)((uint32_t)r[now.a] >> now.value);
      break;
    case Load:
      r[now.a] = memory[r[now.b] & (MemoryWords - 1)];
      break;
    case Store:
      memory[r[now.b] & (MemoryWords - 1)] = r[now.a];
      break;
    case JumpIfLess:
      if (r[now.a] < r[now.b])
        at = program + now.value;
      break;
    case JumpIfZero:
      if (r[now.a] == 0)
        at = program + now.value;
      break;
    case Goto:
      at = program + now.value;
      break;
    case Call:
      *top++ = (int32_t)(at - program);
      at = program + now.value;
      break;
    case Return:
      at = program + *--top;
      break;
    case Push:
      *top++ = r[now.a];
      break;
    case Pop:
      r[now.a] = *--top;
      break;
    case Halt:
      return r[0];
    }
  }
}

static int32_t start(const Instruction *program, int32_t one, int32_t two) {
  memset(registers, 0, sizeof registers);
  registers[1] = one;
  registers[2] = two;
  return run(program);
}

static void compute(void) {
  for (int i = 0; i < Scale / 50 + 1; ++i) {
    memset(memory, 0, sizeof memory);
    addBits((uint64_t)start(sieve,
                            1000 + Scale * 20 < MemoryWords ? 1000 + Scale * 20
                                                            : MemoryWords - 1,
                            0));
  }
  addBits((uint64_t)start(fibonacci, SIZE(12, 18, 23, 28, 31), 0));
  addBits((uint64_t)(uint32_t)start(mix, Scale * 4000, 1));
}

static void finish(void) {
  printf("%llu instructions\n", (unsigned long long)executed);
  addBits(executed);
}

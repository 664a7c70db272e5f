/* regex: regular expressions as programs for two machines over the same text:
   one that tries and goes back, one that follows all threads at once. */
#include "program.h"

enum { Length = SIZE(2000, 20000, 100000, 500000, 2000000), MaxProgram = 256 };
typedef enum { Byte, Any, Class, Split, Jump, Match } Operation;
typedef struct {
  Operation operation;
  int32_t a, b; /* a byte, a class's index, targets */
} Instruction;

static const char *const patterns[] = {"[a-z]+@[a-z]+\\.(com|org|net)",
                                       "(ab|ba)+c",
                                       "[0-9]+-[0-9]+-[0-9]+",
                                       "(foo|bar|baz)[a-z]*ing",
                                       "a[^ ]*b[^ ]*c",
                                       "x+x+y",
                                       "t.e q.* f"};
static char *text;
static Instruction program[MaxProgram];
static uint8_t classes[32][32];
static int programLength, classCount;
static const char *pattern;

static void prepare(void) {
  static const char *const words[] = {"mail@example.com ",
                                      "ababc ",
                                      "2024-11-05 ",
                                      "foolishing ",
                                      "bazaar ",
                                      "the quick fox ",
                                      "axbxc ",
                                      "xxxxxy ",
                                      "xxxxxxxx ",
                                      "lorem ",
                                      "ipsum ",
                                      "dolor\n",
                                      "someone@nowhere.org ",
                                      "bababa ",
                                      "17-x ",
                                      "abracadabra "};
  uint32_t seed = 31;
  size_t at = 0;
  text = allocate(Length + 64, 1);
  while (at < Length) {
    const char *word = words[(randomWord(&seed) >> 9) % 16];
    while (*word)
      text[at++] = *word++;
  }
  text[Length] = '\0';
}

static int emit(Operation operation, int32_t a, int32_t b) {
  if (programLength == MaxProgram) {
    printf("program too long\n");
    exit(1);
  }
  program[programLength] = (Instruction){operation, a, b};
  return programLength++;
}

/* Makes room for an instruction in front of what was emitted since start. */
static void insert(int start, Instruction instruction) {
  emit(Jump, 0, 0);
  for (int i = programLength - 1; i > start; --i) {
    program[i] = program[i - 1];
    if (program[i].operation == Split || program[i].operation == Jump) {
      program[i].a += program[i].a >= start;
      program[i].b += program[i].b >= start;
    }
  }
  program[start] = instruction;
}

static void alternatives(void);

static void readClass(void) {
  uint8_t *set = classes[classCount];
  int negated = *pattern == '^';
  memset(set, 0, 32);
  pattern += negated;
  while (*pattern != ']') {
    int first = (uint8_t)*pattern++, last = first;
    if (*pattern == '-' && pattern[1] != ']') {
      last = (uint8_t)pattern[1];
      pattern += 2;
    }
    for (int byte = first; byte <= last; ++byte)
      set[byte >> 3] |= (uint8_t)(1 << (byte & 7));
  }
  ++pattern;
  for (int i = 0; negated && i < 32; ++i)
    set[i] = (uint8_t)~set[i];
  emit(Class, classCount++, 0);
}

static void sequence(void) {
  while (*pattern && *pattern != ')' && *pattern != '|') {
    int start = programLength;
    char letter = *pattern++;
    if (letter == '(') {
      alternatives();
      ++pattern;
    } else if (letter == '[') {
      readClass();
    } else if (letter == '.') {
      emit(Any, 0, 0);
    } else {
      if (letter == '\\')
        letter = *pattern++;
      emit(Byte, letter, 0);
    }
    if (*pattern == '+') {
      emit(Split, start, programLength + 1);
      ++pattern;
    } else if (*pattern == '*') {
      insert(start, (Instruction){Split, start + 1, programLength + 2});
      emit(Jump, start, 0);
      ++pattern;
    } else if (*pattern == '?') {
      insert(start, (Instruction){Split, start + 1, programLength + 1});
      ++pattern;
    }
  }
}

static void alternatives(void) {
  int start = programLength;
  sequence();
  if (*pattern == '|') {
    ++pattern;
    insert(start, (Instruction){Split, start + 1, programLength + 2});
    int jump = emit(Jump, 0, 0);
    alternatives();
    program[jump].a = programLength;
  }
}

static void compile(const char *source) {
  programLength = classCount = 0;
  pattern = source;
  alternatives();
  emit(Match, 0, 0);
}

static int takes(const Instruction *at, char letter) {
  switch (at->operation) {
  case Byte:
    return letter == at->a;
  case Any:
    return letter != '\n' && letter != '\0';
  case Class:
    return letter != '\0' &&
           (classes[at->a][(uint8_t)letter >> 3] >> (letter & 7) & 1);
  default:
    return 0;
  }
}

/* The end of a match, or none; gives up after many steps. */
static const char *goBack(int at, const char *from, int *steps) {
  for (;;) {
    const Instruction *instruction = &program[at];
    if (--*steps < 0)
      return NULL;
    switch (instruction->operation) {
    case Match:
      return from;
    case Jump:
      at = instruction->a;
      break;
    case Split: {
      const char *end = goBack(instruction->a, from, steps);
      if (end)
        return end;
      at = instruction->b;
      break;
    }
    default:
      if (!takes(instruction, *from))
        return NULL;
      ++from;
      ++at;
    }
  }
}

typedef struct {
  int32_t count, at[MaxProgram];
  uint32_t start[MaxProgram];
} Threads;
static uint32_t seen[MaxProgram], generation;

static void follow(Threads *threads, int at, uint32_t start) {
  if (seen[at] == generation)
    return;
  seen[at] = generation;
  if (program[at].operation == Jump) {
    follow(threads, program[at].a, start);
  } else if (program[at].operation == Split) {
    follow(threads, program[at].a, start);
    follow(threads, program[at].b, start);
  } else {
    threads->start[threads->count] = start;
    threads->at[threads->count++] = at;
  }
}

/* Counts the positions where a match ends, and sums where it began. */
static uint64_t allAtOnce(void) {
  static Threads one, other;
  Threads *now = &one, *next = &other;
  uint64_t sum = 0;
  now->count = 0;
  ++generation;
  for (uint32_t i = 0; i <= Length; ++i) {
    follow(now, 0, i);
    ++generation;
    next->count = 0;
    for (int thread = 0; thread < now->count; ++thread) {
      int at = now->at[thread];
      if (program[at].operation == Match) {
        sum += ((uint64_t)i << 8) + now->start[thread];
        break;
      }
      if (takes(&program[at], text[i]))
        follow(next, at + 1, now->start[thread]);
    }
    Threads *swapped = now;
    now = next;
    next = swapped;
  }
  return sum;
}

static void compute(void) {
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; ++i) {
    uint64_t matches = 0, length = 0;
    compile(patterns[i]);
    for (const char *from = text; *from;) {
      int steps = 10000;
      const char *end = goBack(0, from, &steps);
      if (end && end > from) {
        ++matches;
        length += (uint64_t)(end - from);
        from = end;
      } else {
        ++from;
      }
    }
    addBits(matches);
    addBits(length);
    addBits(allAtOnce());
    printf("%d ", (int)matches);
  }
}

static void finish(void) { printf("matches\n"); }

/* parser: a small language with expressions, loops and conditions: tokens, a
   recursive-descent parser, constant folding over the tree, evaluation. */
#include "program.h"

enum {
  Statements = SIZE(60, 600, 5000, 40000, 160000),
  Times = SIZE(1, 2, 4, 6, 6),
  Variables = 26,
  SourceBytes = 96 * Statements + 4096,
  NodeCount = 64 * Statements + 4096
};
typedef enum {
  Number,
  Variable,
  Add,
  Subtract,
  Multiply,
  Divide,
  Less,
  Equal,
  Assign,
  Loop,
  If
} Kind;
typedef struct Node {
  Kind kind;
  int32_t value;
  struct Node *left, *right;
} Node;

static char *source;
static size_t sourceLength;
static Node *nodes;
static size_t nodeCount;
static const char *cursor;
static int token;
static int32_t tokenValue;
static int32_t variables[Variables];
static uint32_t seed;

static void put(const char *text) {
  while (*text)
    source[sourceLength++] = *text++;
}

static void putNumber(uint32_t value) {
  char digits[12];
  snprintf(digits, sizeof digits, "%u", value);
  put(digits);
}

static void putExpression(int depth) {
  static const char *const operators[] = {" + ", " - ", " * ",
                                          " / ", " < ", " == "};
  uint32_t choice = randomWord(&seed) >> 8;
  if (depth == 0 || choice % 5 == 0) {
    char name[2] = {(char)('a' + choice / 7 % Variables), 0};
    if (choice & 64)
      put(name);
    else
      putNumber(choice / 128 % 1000);
    return;
  }
  if (choice & 32)
    put("(");
  putExpression(depth - 1);
  put(operators[choice / 64 % 6]);
  putExpression(depth - 1);
  if (choice & 32)
    put(")");
}

static void prepare(void) {
  source = allocate(SourceBytes * 4, 1);
  nodes = allocate(NodeCount * 2, sizeof *nodes);
  seed = 11;
  for (int i = 0; i < Statements && sourceLength < SourceBytes; ++i) {
    char name[2] = {(char)('a' + (randomWord(&seed) >> 9) % Variables), 0};
    uint32_t choice = (randomWord(&seed) >> 9) % 8;
    if (choice == 0) {
      put("if ");
      putExpression(2);
      put(" { ");
    } else if (choice == 1) {
      put("loop ");
      putNumber((randomWord(&seed) >> 9) % 6);
      put(" { ");
    }
    put(name);
    put(" = ");
    putExpression(4);
    put(choice < 2 ? "; }\n" : ";\n");
  }
  source[sourceLength] = '\0';
}

static void next(void) {
  while (*cursor == ' ' || *cursor == '\n')
    ++cursor;
  if (*cursor >= '0' && *cursor <= '9') {
    uint32_t value = 0;
    while (*cursor >= '0' && *cursor <= '9')
      value = 10 * value + (uint32_t)(*cursor++ - '0');
    token = '0';
    tokenValue = (int32_t)value;
  } else if (*cursor >= 'a' && *cursor <= 'z') {
    const char *start = cursor;
    while (*cursor >= 'a' && *cursor <= 'z')
      ++cursor;
    size_t length = (size_t)(cursor - start);
    token = length == 1                                    ? 'a'
            : length == 2 && memcmp(start, "if", 2) == 0   ? 'i'
            : length == 4 && memcmp(start, "loop", 4) == 0 ? 'l'
                                                           : '?';
    tokenValue = *start - 'a';
  } else if (cursor[0] == '=' && cursor[1] == '=') {
    token = 'e';
    cursor += 2;
  } else {
    token = *cursor;
    if (token != 0)
      ++cursor;
  }
}

static void expect(int what) {
  if (token != what) {
    printf("syntax error at %d\n", (int)(cursor - source));
    exit(1);
  }
  next();
}

static Node *make(Kind kind, int32_t value, Node *left, Node *right) {
  Node *node = &nodes[nodeCount++ % (NodeCount * 2)];
  *node = (Node){kind, value, left, right};
  return node;
}

static Node *comparison(void);

static Node *primary(void) {
  int32_t value = tokenValue;
  Node *inner;
  switch (token) {
  case '0':
    next();
    return make(Number, value, NULL, NULL);
  case 'a':
    next();
    return make(Variable, value, NULL, NULL);
  default:
    expect('(');
    inner = comparison();
    expect(')');
    return inner;
  }
}

static Node *product(void) {
  Node *left = primary();
  while (token == '*' || token == '/') {
    Kind kind = token == '*' ? Multiply : Divide;
    next();
    left = make(kind, 0, left, primary());
  }
  return left;
}

static Node *sum(void) {
  Node *left = product();
  while (token == '+' || token == '-') {
    Kind kind = token == '+' ? Add : Subtract;
    next();
    left = make(kind, 0, left, product());
  }
  return left;
}

static Node *comparison(void) {
  Node *left = sum();
  while (token == '<' || token == 'e') {
    Kind kind = token == '<' ? Less : Equal;
    next();
    left = make(kind, 0, left, sum());
  }
  return left;
}

static Node *statement(void) {
  if (token == 'i' || token == 'l') {
    Kind kind = token == 'i' ? If : Loop;
    next();
    Node *condition = comparison();
    expect('{');
    Node *body = statement();
    expect('}');
    return make(kind, 0, condition, body);
  }
  int32_t name = tokenValue;
  expect('a');
  expect('=');
  Node *value = comparison();
  expect(';');
  return make(Assign, name, value, NULL);
}

static int32_t apply(Kind kind, int32_t left, int32_t right) {
  switch (kind) {
  case Add:
    return (int32_t)((uint32_t)left + (uint32_t)right);
  case Subtract:
    return (int32_t)((uint32_t)left - (uint32_t)right);
  case Multiply:
    return (int32_t)((uint32_t)left * (uint32_t)right);
  case Divide:
    return right == 0 || right == -1 ? left : left / right;
  case Less:
    return left < right;
  default:
    return left == right;
  }
}

static Node *fold(Node *node) {
  if (node->left)
    node->left = fold(node->left);
  if (node->right)
    node->right = fold(node->right);
  if (node->kind >= Add && node->kind <= Equal && node->left->kind == Number &&
      node->right->kind == Number) {
    node->value = apply(node->kind, node->left->value, node->right->value);
    node->kind = Number;
    node->left = node->right = NULL;
  }
  return node;
}

static int32_t evaluate(const Node *node) {
  switch (node->kind) {
  case Number:
    return node->value;
  case Variable:
    return variables[node->value];
  case Assign:
    return variables[node->value] = evaluate(node->left);
  case If:
    return evaluate(node->left) ? evaluate(node->right) : 0;
  case Loop: {
    int32_t times = evaluate(node->left), last = 0;
    for (int32_t i = 0; i < times && i < 100; ++i)
      last = evaluate(node->right);
    return last;
  }
  default:
    return apply(node->kind, evaluate(node->left), evaluate(node->right));
  }
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    cursor = source;
    nodeCount = 0;
    next();
    while (token != 0) {
      Node *tree = fold(statement());
      for (int again = 0; again < 4; ++again)
        addBits((uint64_t)(int64_t)evaluate(tree));
    }
  }
}

static void finish(void) {
  printf("%d bytes, %d nodes\n", (int)sourceLength, (int)nodeCount);
  addIntegers(variables, Variables);
}

/* json: a document is parsed into a tree, changed, written out, and parsed
 * again. */
#include "program.h"

enum {
  Rows = SIZE(10, 120, 1200, 9000, 40000),
  Times = SIZE(1, 2, 3, 4, 4),
  TextBytes = 400 * Rows + 4096
};
typedef enum { Null, False, True, Number, String, Array, Object } Kind;
typedef struct Value {
  Kind kind;
  double number;
  const char *text;
  int32_t length;
  struct Value *first, *next; /* members, as a list */
  const char *name;
  int32_t nameLength;
} Value;

static char *document, *written, *strings;
static size_t documentLength, writtenLength, stringBytes;
static Value *values;
static size_t valueCount;
static const char *cursor;

static void prepare(void) {
  uint32_t seed = 41;
  size_t at = 0;
  document = allocate(TextBytes, 1);
  written = allocate(2 * TextBytes, 1);
  strings = allocate(2 * TextBytes, 1);
  values = allocate(32 * Rows + 64, sizeof *values);
  document[at++] = '[';
  for (int i = 0; i < Rows; ++i)
    at += (size_t)snprintf(
        document + at, 400,
        "%s\n  {\"id\": %d, \"name\": \"user %u\\n\\\"quoted\\\"\", "
        "\"active\": "
        "%s, \"score\": -%u.%02ue%u, \"tags\": [\"a%u\", \"\\u00e9t\\u00e9\", "
        "null], \"position\": {\"x\": %u, \"y\": %u.5}}",
        i ? "," : "", i, (unsigned)(randomWord(&seed) % 100000),
        randomWord(&seed) & 1 ? "true" : "false",
        (unsigned)(randomWord(&seed) % 1000),
        (unsigned)(randomWord(&seed) % 100), (unsigned)(randomWord(&seed) % 8),
        (unsigned)(randomWord(&seed) % 50),
        (unsigned)(randomWord(&seed) % 4000),
        (unsigned)(randomWord(&seed) % 3000));
  document[at++] = ']';
  documentLength = at;
}

static void fail(void) {
  printf("syntax error\n");
  exit(1);
}

static void space(void) {
  while (*cursor == ' ' || *cursor == '\n' || *cursor == '\t' ||
         *cursor == '\r')
    ++cursor;
}

static uint32_t hexadecimal(void) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    char digit = *cursor++;
    value = 16 * value +
            (uint32_t)(digit <= '9' ? digit - '0' : (digit | 32) - 'a' + 10);
  }
  return value;
}

static const char *string(int32_t *length) {
  char *start = strings + stringBytes, *to = start;
  if (*cursor++ != '"')
    fail();
  while (*cursor != '"') {
    char letter = *cursor++;
    if (letter != '\\') {
      *to++ = letter;
      continue;
    }
    switch (letter = *cursor++) {
    case 'n':
      *to++ = '\n';
      break;
    case 't':
      *to++ = '\t';
      break;
    case 'u': {
      uint32_t code = hexadecimal();
      if (code >= 0x800) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
      } else if (code >= 0x80) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 63));
      } else {
        *to++ = (char)code;
      }
      break;
    }
    default:
      *to++ = letter;
    }
  }
  ++cursor;
  *length = (int32_t)(to - start);
  stringBytes += (size_t)(to - start);
  return start;
}

static double number(void) {
  int negative = *cursor == '-', places = 0, exponent = 0;
  double value = 0;
  cursor += negative;
  while (*cursor >= '0' && *cursor <= '9')
    value = 10 * value + (*cursor++ - '0');
  if (*cursor == '.')
    for (++cursor; *cursor >= '0' && *cursor <= '9'; ++places)
      value = 10 * value + (*cursor++ - '0');
  if (*cursor == 'e')
    for (++cursor; *cursor >= '0' && *cursor <= '9';)
      exponent = 10 * exponent + (*cursor++ - '0');
  for (; places > exponent; --places)
    value /= 10;
  for (; exponent > places; --exponent)
    value *= 10;
  return negative ? -value : value;
}

static Value *parse(void);

static void members(Value *parent, char closing) {
  Value **last = &parent->first;
  ++cursor;
  space();
  if (*cursor == closing) {
    ++cursor;
    return;
  }
  for (;;) {
    const char *name = NULL;
    int32_t length = 0;
    space();
    if (closing == '}') {
      name = string(&length);
      space();
      if (*cursor++ != ':')
        fail();
    }
    Value *member = parse();
    member->name = name;
    member->nameLength = length;
    *last = member;
    last = &member->next;
    space();
    if (*cursor == closing)
      break;
    if (*cursor++ != ',')
      fail();
  }
  ++cursor;
}

static Value *parse(void) {
  Value *value = &values[valueCount++];
  memset(value, 0, sizeof *value);
  space();
  switch (*cursor) {
  case '{':
    value->kind = Object;
    members(value, '}');
    break;
  case '[':
    value->kind = Array;
    members(value, ']');
    break;
  case '"':
    value->kind = String;
    value->text = string(&value->length);
    break;
  case 'n':
    cursor += 4;
    break;
  case 't':
    value->kind = True;
    cursor += 4;
    break;
  case 'f':
    value->kind = False;
    cursor += 5;
    break;
  default:
    value->kind = Number;
    value->number = number();
  }
  return value;
}

static void put(const char *text) {
  while (*text)
    written[writtenLength++] = *text++;
}

static void putString(const char *text, int32_t length) {
  static const char digits[] = "0123456789abcdef";
  written[writtenLength++] = '"';
  for (int32_t i = 0; i < length; ++i) {
    uint8_t letter = (uint8_t)text[i];
    if (letter == '"' || letter == '\\') {
      written[writtenLength++] = '\\';
      written[writtenLength++] = (char)letter;
    } else if (letter < 32) {
      put("\\u00");
      written[writtenLength++] = digits[letter >> 4];
      written[writtenLength++] = digits[letter & 15];
    } else {
      written[writtenLength++] = (char)letter;
    }
  }
  written[writtenLength++] = '"';
}

/* In hundredths, which is exact enough for a comparison with itself. */
static void putNumber(double value) {
  char digits[32];
  int count = 0;
  uint64_t hundredths = (uint64_t)((value < 0 ? -value : value) * 100 + 0.5);
  if (value < 0)
    written[writtenLength++] = '-';
  do {
    digits[count++] = (char)('0' + hundredths % 10);
    hundredths /= 10;
  } while (hundredths > 0 || count < 3);
  while (count > 0) {
    written[writtenLength++] = digits[--count];
    if (count == 2)
      written[writtenLength++] = '.';
  }
}

static void writeValue(const Value *value) {
  switch (value->kind) {
  case Null:
    put("null");
    break;
  case False:
    put("false");
    break;
  case True:
    put("true");
    break;
  case Number:
    putNumber(value->number);
    break;
  case String:
    putString(value->text, value->length);
    break;
  default:
    written[writtenLength++] = value->kind == Array ? '[' : '{';
    for (const Value *member = value->first; member; member = member->next) {
      if (value->kind == Object) {
        putString(member->name, member->nameLength);
        written[writtenLength++] = ':';
      }
      writeValue(member);
      if (member->next)
        written[writtenLength++] = ',';
    }
    written[writtenLength++] = value->kind == Array ? ']' : '}';
  }
}

static const Value *member(const Value *object, const char *name) {
  int32_t length = (int32_t)strlen(name);
  for (const Value *found = object->first; found; found = found->next)
    if (found->nameLength == length && memcmp(found->name, name, length) == 0)
      return found;
  return NULL;
}

static Value *readText(const char *text) {
  cursor = text;
  valueCount = stringBytes = 0;
  return parse();
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    double sum = 0;
    Value *root = readText(document);
    for (Value *row = root->first; row; row = row->next)
      sum += member(member(row, "position"), "x")->number *
             member(row, "score")->number;
    addReals(&sum, 1);
    writtenLength = 0;
    writeValue(root);
    written[writtenLength] = '\0';
    size_t before = writtenLength;
    root = readText(written);
    writtenLength = 0;
    writeValue(root);
    if (before != writtenLength)
      printf("another text\n");
  }
}

static void finish(void) {
  printf("%d bytes, %d values\n", (int)documentLength, (int)valueCount);
  addBytes(written, writtenLength);
}

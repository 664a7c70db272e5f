/* compress: text through an LZ77 compressor with an adaptive range coder, and
   back again. */
#include "program.h"

enum {
  Length = SIZE(4000, 60000, 400000, 3000000, 12000000),
  HashBits = 16,
  MinMatch = 3,
  MaxMatch = MinMatch + 255,
  Window = 1 << 16,
  Tries = 24
};
typedef uint16_t Chance;
typedef struct {
  Chance isMatch[2], literal[256][256], length[256], slot[64];
} Model;

static uint8_t *text, *packed, *unpacked;
static size_t packedLength;
static int32_t head[1 << HashBits], *previous;

static void prepare(void) {
  static const char *const syllables[] = {"ta", "re", "min", "o",  "lus",
                                          "ka", "ve", "sti", "en", "dor"};
  uint32_t seed = 7;
  size_t at = 0;
  text = allocate(Length + 32, 1);
  while (at < Length) {
    /* Few words often, many seldom. */
    uint32_t word = randomWord(&seed) % (1 + randomWord(&seed) % 2000);
    do {
      const char *syllable = syllables[word % 10];
      while (*syllable)
        text[at++] = (uint8_t)*syllable++;
      word /= 10;
    } while (word > 0 && at < Length);
    text[at++] = randomWord(&seed) % 11 == 0 ? '\n' : ' ';
  }
  packed = allocate(2 * Length + 64, 1);
  unpacked = allocate(Length + 64, 1);
  previous = allocate(Length, sizeof *previous);
}

static void even(Model *model) {
  Chance *chance = (Chance *)model;
  for (size_t i = 0; i < sizeof *model / sizeof *chance; ++i)
    chance[i] = 1024;
}

/* The coder: 11-bit chances, carries held back in runs. */
typedef struct {
  uint64_t low;
  uint32_t range, held;
  uint8_t byte;
  uint8_t *to;
} Encoder;

static void shiftOut(Encoder *coder) {
  if ((uint32_t)coder->low < 0xff000000u || coder->low >> 32) {
    uint8_t carry = (uint8_t)(coder->low >> 32), byte = coder->byte;
    do {
      *coder->to++ = (uint8_t)(byte + carry);
      byte = 0xff;
    } while (--coder->held != 0);
    coder->byte = (uint8_t)(coder->low >> 24);
  }
  ++coder->held;
  coder->low = (coder->low & 0x00ffffff) << 8;
}

static void encode(Encoder *coder, Chance *chance, int bit) {
  uint32_t bound = (coder->range >> 11) * *chance;
  if (bit == 0) {
    coder->range = bound;
    *chance = (Chance)(*chance + ((2048 - *chance) >> 5));
  } else {
    coder->low += bound;
    coder->range -= bound;
    *chance = (Chance)(*chance - (*chance >> 5));
  }
  while (coder->range < 1u << 24) {
    coder->range <<= 8;
    shiftOut(coder);
  }
}

static void encodeTree(Encoder *coder, Chance *tree, int bits, uint32_t value) {
  uint32_t node = 1;
  for (int i = bits - 1; i >= 0; --i) {
    int bit = (int)(value >> i & 1);
    encode(coder, &tree[node], bit);
    node = 2 * node + (uint32_t)bit;
  }
}

static void encodeEven(Encoder *coder, int bits, uint32_t value) {
  for (int i = bits - 1; i >= 0; --i) {
    coder->range >>= 1;
    if (value >> i & 1)
      coder->low += coder->range;
    while (coder->range < 1u << 24) {
      coder->range <<= 8;
      shiftOut(coder);
    }
  }
}

static uint32_t hashAt(size_t at) {
  uint32_t bytes =
      text[at] | (uint32_t)text[at + 1] << 8 | (uint32_t)text[at + 2] << 16;
  return (bytes * 2654435761u) >> (32 - HashBits);
}

static void insert(size_t at) {
  uint32_t hash = hashAt(at);
  previous[at] = head[hash];
  head[hash] = (int32_t)at;
}

static int longestMatch(size_t at, size_t *distance) {
  int best = MinMatch - 1, tries = Tries;
  int limit = Length - at < MaxMatch ? (int)(Length - at) : MaxMatch;
  for (int32_t other = head[hashAt(at)];
       other >= 0 && at - (size_t)other < Window && tries-- > 0;
       other = previous[other]) {
    const uint8_t *a = text + at, *b = text + other;
    int length = 0;
    while (length < limit && a[length] == b[length])
      ++length;
    if (length > best) {
      best = length;
      *distance = at - (size_t)other;
      if (length == limit)
        break;
    }
  }
  return best;
}

static int bitLength(uint32_t value) {
  return value == 0 ? 0 : 32 - __builtin_clz(value);
}

static size_t compress(Model *model) {
  Encoder coder = {0, 0xffffffff, 1, 0, packed};
  even(model);
  memset(head, 0xff, sizeof head);
  for (size_t at = 0; at < Length;) {
    size_t distance = 0;
    int length = at + MinMatch < Length ? longestMatch(at, &distance) : 0;
    if (length < MinMatch) {
      encode(&coder, &model->isMatch[0], 0);
      encodeTree(&coder, model->literal[at > 0 ? text[at - 1] : 0], 8,
                 text[at]);
      length = 1;
    } else {
      encode(&coder, &model->isMatch[0], 1);
      encodeTree(&coder, model->length, 8, (uint32_t)(length - MinMatch));
      int bits = bitLength((uint32_t)distance);
      encodeTree(&coder, model->slot, 5, (uint32_t)bits);
      if (bits > 1)
        encodeEven(&coder, bits - 1, (uint32_t)distance);
    }
    for (int i = 0; i < length; ++i, ++at)
      if (at + MinMatch < Length)
        insert(at);
  }
  for (int i = 0; i < 5; ++i)
    shiftOut(&coder);
  return (size_t)(coder.to - packed);
}

typedef struct {
  uint32_t code, range;
  const uint8_t *from;
} Decoder;

static int decode(Decoder *coder, Chance *chance) {
  uint32_t bound = (coder->range >> 11) * *chance;
  int bit = coder->code >= bound;
  if (!bit) {
    coder->range = bound;
    *chance = (Chance)(*chance + ((2048 - *chance) >> 5));
  } else {
    coder->code -= bound;
    coder->range -= bound;
    *chance = (Chance)(*chance - (*chance >> 5));
  }
  while (coder->range < 1u << 24) {
    coder->range <<= 8;
    coder->code = coder->code << 8 | *coder->from++;
  }
  return bit;
}

static uint32_t decodeTree(Decoder *coder, Chance *tree, int bits) {
  uint32_t node = 1;
  for (int i = 0; i < bits; ++i)
    node = 2 * node + (uint32_t)decode(coder, &tree[node]);
  return node - (1u << bits);
}

static uint32_t decodeEven(Decoder *coder, int bits) {
  uint32_t value = 0;
  for (int i = 0; i < bits; ++i) {
    coder->range >>= 1;
    uint32_t bit = coder->code >= coder->range;
    coder->code -= coder->range & (0u - bit);
    value = 2 * value + bit;
    while (coder->range < 1u << 24) {
      coder->range <<= 8;
      coder->code = coder->code << 8 | *coder->from++;
    }
  }
  return value;
}

static void decompress(Model *model) {
  Decoder coder = {0, 0xffffffff, packed};
  even(model);
  for (int i = 0; i < 5; ++i)
    coder.code = coder.code << 8 | *coder.from++;
  for (size_t at = 0; at < Length;) {
    if (!decode(&coder, &model->isMatch[0])) {
      unpacked[at] = (uint8_t)decodeTree(
          &coder, model->literal[at > 0 ? unpacked[at - 1] : 0], 8);
      ++at;
      continue;
    }
    uint32_t length = decodeTree(&coder, model->length, 8) + MinMatch;
    int bits = (int)decodeTree(&coder, model->slot, 5);
    uint32_t distance = 1;
    if (bits > 1)
      distance = 1u << (bits - 1) | decodeEven(&coder, bits - 1);
    for (; length > 0 && at < Length; --length, ++at)
      unpacked[at] = unpacked[at - distance];
  }
}

static void compute(void) {
  static Model model;
  packedLength = compress(&model);
  decompress(&model);
}

static void finish(void) {
  if (memcmp(text, unpacked, Length) != 0)
    printf("not what was compressed\n");
  printf("%d to %d bytes\n", Length, (int)packedLength);
  addBytes(packed, packedLength);
}

/* hash: one buffer through SHA-256, SipHash-2-4, CRC-32, Adler-32 and a 64-bit
   multiplying hash. */
#include "program.h"

enum {
  Length = SIZE(4096, 65536, 1 << 20, 8 << 20, 32 << 20),
  Times = SIZE(1, 2, 2, 3, 3)
};
static uint8_t *data;
static uint32_t crcTable[256], roundConstants[64];

/* The first bits of the fractional parts of cube roots of primes, which whole
   numbers give exactly. */
static void makeConstants(void) {
  int count = 0;
  for (uint32_t prime = 2; count < 64; ++prime) {
    int composite = 0;
    for (uint32_t divisor = 2; divisor * divisor <= prime; ++divisor)
      composite |= prime % divisor == 0;
    if (composite)
      continue;
    /* The largest root with root^3 <= prime * 2^96, bit by bit. */
    unsigned __int128 root = 0;
    for (int bit = 34; bit >= 0; --bit) {
      unsigned __int128 larger = root | (unsigned __int128)1 << bit;
      if (larger * larger * larger <= (unsigned __int128)prime << 96)
        root = larger;
    }
    roundConstants[count++] = (uint32_t)root;
  }
}

static void prepare(void) {
  uint32_t seed = 5;
  data = allocate(Length, 1);
  for (int i = 0; i < Length; ++i)
    data[i] = (uint8_t)(randomWord(&seed) >> 11);
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t sum = i;
    for (int bit = 0; bit < 8; ++bit)
      sum = sum & 1 ? sum >> 1 ^ 0xedb88320u : sum >> 1;
    crcTable[i] = sum;
  }
  makeConstants();
}

static uint32_t right(uint32_t x, int n) { return x >> n | x << (32 - n); }
static uint64_t left(uint64_t x, int n) { return x << n | x >> (64 - n); }

static void block(uint32_t *state, const uint8_t *bytes) {
  uint32_t w[64], a = state[0], b = state[1], c = state[2], d = state[3],
                  e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 16; ++i)
    w[i] = (uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 |
           (uint32_t)bytes[4 * i + 2] << 8 | bytes[4 * i + 3];
  for (int i = 16; i < 64; ++i)
    w[i] = w[i - 16] + w[i - 7] +
           (right(w[i - 15], 7) ^ right(w[i - 15], 18) ^ w[i - 15] >> 3) +
           (right(w[i - 2], 17) ^ right(w[i - 2], 19) ^ w[i - 2] >> 10);
  for (int i = 0; i < 64; ++i) {
    uint32_t one = h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) +
                   ((e & f) ^ (~e & g)) + roundConstants[i] + w[i];
    uint32_t other = (right(a, 2) ^ right(a, 13) ^ right(a, 22)) +
                     ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + one;
    d = c;
    c = b;
    b = a;
    a = one + other;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

static void sha256(void) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint8_t last[64] = {0x80};
  for (size_t at = 0; at < Length; at += 64)
    block(state, data + at);
  for (int i = 0; i < 8; ++i)
    last[63 - i] = (uint8_t)((uint64_t)Length * 8 >> 8 * i);
  block(state, last);
  for (int i = 0; i < 8; ++i)
    addBits(state[i]);
}

static uint64_t sipHash(uint64_t k0, uint64_t k1) {
  uint64_t a = k0 ^ 0x736f6d6570736575, b = k1 ^ 0x646f72616e646f6d,
           c = k0 ^ 0x6c7967656e657261, d = k1 ^ 0x7465646279746573;
  for (size_t at = 0; at <= Length; at += 8) {
    uint64_t word = (uint64_t)Length << 56;
    if (at < Length)
      memcpy(&word, data + at, 8);
    d ^= word;
    for (int round = at < Length ? 2 : 6; round > 0; --round) {
      a += b;
      b = left(b, 13) ^ a;
      a = left(a, 32);
      c += d;
      d = left(d, 16) ^ c;
      a += d;
      d = left(d, 21) ^ a;
      c += b;
      b = left(b, 17) ^ c;
      c = left(c, 32);
      if (at < Length && round == 1)
        a ^= word;
      if (at >= Length && round == 5) {
        a ^= word;
        c ^= 0xff;
      }
    }
  }
  return a ^ b ^ c ^ d;
}

static uint32_t crc32(void) {
  uint32_t sum = 0xffffffffu;
  for (size_t i = 0; i < Length; ++i)
    sum = crcTable[(sum ^ data[i]) & 255] ^ sum >> 8;
  return ~sum;
}

static uint32_t adler32(void) {
  uint32_t a = 1, b = 0;
  for (size_t i = 0; i < Length; i += 4096) {
    size_t end = i + 4096 < Length ? i + 4096 : Length;
    for (size_t j = i; j < end; ++j) {
      a += data[j];
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b << 16 | a;
}

static uint64_t multiplying(uint64_t seed) {
  for (size_t at = 0; at < Length; at += 16) {
    uint64_t one, other;
    memcpy(&one, data + at, 8);
    memcpy(&other, data + at + 8, 8);
    unsigned __int128 wide =
        (unsigned __int128)(one ^ seed) * (other ^ 0x9fb21c651e98df25u);
    seed = (uint64_t)wide ^ (uint64_t)(wide >> 64);
  }
  return seed;
}

static void compute(void) {
  for (int time = 0; time < Times; ++time) {
    sha256();
    addBits(sipHash(1, (uint64_t)time));
    addBits(crc32());
    addBits(adler32());
    addBits(multiplying((uint64_t)time));
    data[time] ^= 1;
  }
}

static void finish(void) {
  printf("crc %08x, adler %08x\n", (unsigned)crc32(), (unsigned)adler32());
}

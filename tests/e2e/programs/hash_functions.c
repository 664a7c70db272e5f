// SHA-256, CRC-32 and xoshiro over known inputs.
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t rotateRight(uint32_t v, int n) {
  return v >> n | v << (32 - n);
}

static uint32_t constants[64], initial[8];

// The first 32 bits of the fractional parts of the roots of the primes, found
// by integer search so that no floating-point function decides.
static void makeConstants(void) {
  unsigned count = 0;
  for (unsigned p = 2; count < 64; ++p) {
    int isPrime = 1;
    for (unsigned d = 2; d * d <= p; ++d)
      isPrime &= p % d != 0;
    if (!isPrime)
      continue;
    uint64_t cube = 0, square = 0;
    for (int bit = 36; bit >= 0; --bit) {
      uint64_t c = cube | 1ull << bit, s = square | 1ull << bit;
      if (c < 1ull << 36 && (unsigned __int128)c * c * c <= (unsigned __int128)p
                                                                << 96)
        cube = c;
      if ((unsigned __int128)s * s <= (unsigned __int128)p << 64)
        square = s;
    }
    constants[count] = (uint32_t)cube;
    if (count < 8)
      initial[count] = (uint32_t)square;
    ++count;
  }
}

static void block(uint32_t *h, const unsigned char *p) {
  uint32_t w[64];
  for (int i = 0; i < 16; ++i)
    w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 |
           p[4 * i + 3];
  for (int i = 16; i < 64; ++i) {
    uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] +
           (rotateRight(a, 7) ^ rotateRight(a, 18) ^ a >> 3) +
           (rotateRight(b, 17) ^ rotateRight(b, 19) ^ b >> 10);
  }
  uint32_t s[8];
  memcpy(s, h, sizeof s);
  for (int i = 0; i < 64; ++i) {
    uint32_t e = s[4], a = s[0];
    uint32_t one =
        s[7] + (rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25)) +
        ((e & s[5]) ^ (~e & s[6])) + constants[i] + w[i];
    uint32_t two =
        (rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22)) +
        ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += one;
    s[0] = one + two;
  }
  for (int i = 0; i < 8; ++i)
    h[i] += s[i];
}

static void sha256(const char *text, size_t repeat) {
  static unsigned char data[1 << 20];
  size_t length = 0, size = strlen(text);
  for (size_t i = 0; i < repeat; ++i, length += size)
    memcpy(data + length, text, size);
  uint64_t bitCount = length * 8;
  data[length++] = 0x80;
  while (length % 64 != 56)
    data[length++] = 0;
  for (int i = 7; i >= 0; --i)
    data[length++] = (unsigned char)(bitCount >> (8 * i));
  uint32_t h[8];
  memcpy(h, initial, sizeof h);
  for (size_t at = 0; at < length; at += 64)
    block(h, data + at);
  for (int i = 0; i < 8; ++i)
    printf("%08x", h[i]);
  putchar('\n');
}

static uint32_t crc32(const char *text) {
  uint32_t crc = ~0u;
  for (; *text; ++text) {
    crc ^= (unsigned char)*text;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
  }
  return ~crc;
}

int main(void) {
  makeConstants();
  sha256("", 0);
  sha256("abc", 1);
  sha256("abcdefghij", 100000);
  printf("%08x %08x\n", crc32("123456789"), crc32(""));
  uint64_t s[4] = {1, 2, 3, 4}, last = 0;
  for (int i = 0; i < 1000000; ++i) {
    last = (s[1] * 5 << 7 | s[1] * 5 >> 57) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
  }
  printf("%016llx\n", (unsigned long long)last);
  return 0;
}

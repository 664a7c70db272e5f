// A library that works on the memory of whoever calls it; without libc.
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))

static uint32_t callCount;
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

EXPORT(count) uint32_t count(const char *text, uint32_t length) {
  ++callCount;
  uint32_t words = 0;
  char last = ' ';
  for (uint32_t i = 0; i < length; last = text[i++])
    if ((last == ' ' || last == '\n') && text[i] != ' ' && text[i] != '\n')
      ++words;
  return words;
}

EXPORT(upper) void upper(char *text, uint32_t length) {
  ++callCount;
  for (uint32_t i = 0; i < length; ++i)
    if (text[i] >= 'a' && text[i] <= 'z')
      text[i] = letters[text[i] - 'a'];
}

EXPORT(checksum) uint64_t checksum(const void *bytes, uint32_t length) {
  ++callCount;
  uint64_t hash = 0xcbf29ce484222325;
  for (uint32_t i = 0; i < length; ++i)
    hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3;
  return hash;
}

EXPORT(calls) const uint32_t *calls(void) { return &callCount; }

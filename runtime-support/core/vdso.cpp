//===- vdso.cpp - The kernel's code in the process ------------------------===//
//
// A shared library of the kernel's; see vdso(7). Its symbols are few, so that
// going through them is as good as hashing. How many there are stands in the
// hash tables only, of which newer kernels have dropped the older kind.
//
//===----------------------------------------------------------------------===//
#include "core/vdso.h"

#include "core/elf.h"

#include <stddef.h>

namespace wrought {

namespace {

bool isEqual(const char *left, const char *right) {
  for (; *left == *right; ++left, ++right)
    if (*left == '\0')
      return true;
  return false;
}

/// Generic ABI, "Hash Table": the number of chains is that of symbols.
uint32_t countByHash(const uint32_t *table) { return table[1]; }

/// The GNU kind: the last symbol is at the end of the chain that starts last.
uint32_t countByGnuHash(const uint32_t *table) {
  uint32_t bucketCount = table[0], firstSymbol = table[1];
  const uint32_t *buckets = table + 4 + size_t{table[2]} * 2;
  const uint32_t *chains = buckets + bucketCount;
  uint32_t last = 0;
  for (uint32_t index = 0; index != bucketCount; ++index)
    last = buckets[index] > last ? buckets[index] : last;
  if (last < firstSymbol)
    return firstSymbol;
  while ((chains[last - firstSymbol] & 1) == 0)
    ++last;
  return last + 1;
}

} // namespace

uintptr_t findVdsoFunction(const void *image, const char *name) {
  if (image == nullptr)
    return 0;
  auto *base = static_cast<const uint8_t *>(image);
  auto *header = static_cast<const elf::FileHeader *>(image);
  auto *segments = reinterpret_cast<const elf::ProgramHeader *>(
      base + header->programHeaderOffset);
  const elf::Dynamic *dynamic = nullptr;
  // From an address in the image to one in the process.
  const uint8_t *bias = nullptr;
  for (uint16_t index = 0; index != header->programHeaderCount; ++index) {
    const elf::ProgramHeader &segment = segments[index];
    if (segment.type == elf::ptLoad && bias == nullptr)
      bias = base + segment.offset - segment.address;
    else if (segment.type == elf::ptDynamic)
      dynamic = reinterpret_cast<const elf::Dynamic *>(base + segment.offset);
  }
  if (bias == nullptr || dynamic == nullptr)
    return 0;
  const char *strings = nullptr;
  const elf::Symbol *symbols = nullptr;
  uint32_t symbolCount = 0;
  for (; dynamic->tag != elf::dtNull; ++dynamic) {
    const uint8_t *address = bias + dynamic->value;
    if (dynamic->tag == elf::dtStrtab)
      strings = reinterpret_cast<const char *>(address);
    else if (dynamic->tag == elf::dtSymtab)
      symbols = reinterpret_cast<const elf::Symbol *>(address);
    else if (dynamic->tag == elf::dtHash)
      symbolCount = countByHash(reinterpret_cast<const uint32_t *>(address));
    else if (dynamic->tag == elf::dtGnuHash && symbolCount == 0)
      symbolCount = countByGnuHash(reinterpret_cast<const uint32_t *>(address));
  }
  if (strings == nullptr || symbols == nullptr)
    return 0;
  for (uint32_t index = 0; index != symbolCount; ++index)
    if (symbols[index].sectionIndex != 0 &&
        isEqual(strings + symbols[index].name, name))
      return reinterpret_cast<uintptr_t>(bias) + symbols[index].value;
  return 0;
}

} // namespace wrought

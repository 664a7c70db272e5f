//===- elf.h - The parts of ELF64 that the runtime reads ------------------===//
#pragma once

#include <stdint.h>

namespace wrought::elf {

struct FileHeader {
  uint8_t ident[16];
  uint16_t type, machine;
  uint32_t version;
  uint64_t entry, programHeaderOffset, sectionHeaderOffset;
  uint32_t flags;
  uint16_t headerByteLength, programHeaderByteLength, programHeaderCount;
  uint16_t sectionHeaderByteLength, sectionHeaderCount, sectionNamesIndex;
};
static_assert(sizeof(FileHeader) == 64);

struct ProgramHeader {
  uint32_t type, flags;
  uint64_t offset, address, physicalAddress, fileByteLength, byteLength;
  uint64_t alignment;
};
static_assert(sizeof(ProgramHeader) == 56);

struct SectionHeader {
  uint32_t name, type;
  uint64_t flags, address, offset, byteLength;
  uint32_t link, info;
  uint64_t alignment, entryByteLength;
};
static_assert(sizeof(SectionHeader) == 64);

struct Dynamic {
  uint64_t tag, value;
};

struct Rela {
  uint64_t offset, info, addend;
};

struct Symbol {
  uint32_t name;
  uint8_t info, other;
  uint16_t sectionIndex;
  uint64_t value, byteLength;
};
static_assert(sizeof(Symbol) == 24);

constexpr uint32_t ptLoad = 1, ptDynamic = 2, ptPhdr = 6, ptTls = 7,
                   ptGnuRelro = 0x6474e552;
constexpr uint64_t dtNull = 0, dtHash = 4, dtStrtab = 5, dtSymtab = 6,
                   dtRela = 7, dtRelaSz = 8, dtRelrSz = 35, dtRelr = 36,
                   dtGnuHash = 0x6ffffef5;
constexpr uint64_t shfCompressed = 1 << 11;
constexpr uint32_t shtNobits = 8;

// Keys of the auxiliary vector.
constexpr uint64_t atNull = 0, atPhdr = 3, atPhnum = 5, atPagesz = 6,
                   atHwcap = 16, atSecure = 23, atRandom = 25, atHwcap2 = 26,
                   atExecfn = 31, atSysinfoEhdr = 33;

} // namespace wrought::elf

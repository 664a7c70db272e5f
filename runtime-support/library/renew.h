//===- renew.h - Written pages back to their initial contents -------------===//
#pragma once

#include "abi/layout.h"

namespace wrought {

constexpr uint32_t maxPageRuns = 16;

/// Which pages of a memory are known to be written: runs in order, in bytes.
/// They need not be looked for. Empty: nothing is known.
struct WrittenPages {
  uint32_t count;
  struct Run {
    uint64_t begin, end;
  } runs[maxPageRuns];
};

/// Gives the pages of a memory that were written their initial contents, from
/// its beginning on, as long as they are not too many and the kernel tells
/// which they are. They stay mapped, so that writing them again costs no fault,
/// and are known from then on.
/// Returns the offset that it came to, at most byteLength; pages behind that
/// are as they were. Pages that nobody wrote must have their contents already.
uint64_t renewWrittenPages(const abi::Memory &memory, uint64_t byteLength,
                           WrittenPages &known);

} // namespace wrought

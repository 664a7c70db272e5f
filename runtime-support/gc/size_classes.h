//===- size_classes.h - Sizes that cells have -----------------------------===//
#pragma once

#include <stdint.h>

namespace wrought::gc {

constexpr uint64_t minCellByteLength = 16;
/// Larger objects have blocks of their own.
constexpr uint64_t maxCellByteLength = 32768;

/// Multiples of 8. From 2 KiB on, what fills a block of 64 KiB best.
constexpr uint16_t cellByteLengths[] = {
    16,   24,   32,   40,   48,    56,    64,    72,    80,   96,   112,
    128,  160,  192,  224,  256,   320,   384,   448,   512,  640,  768,
    896,  1024, 1280, 1536, 1792,  2048,  2520,  3120,  3640, 4096, 5040,
    5952, 7280, 8192, 9360, 10920, 13104, 16384, 21840, 32768};
constexpr unsigned sizeClassCount =
    sizeof cellByteLengths / sizeof *cellByteLengths;
static_assert(cellByteLengths[0] == minCellByteLength);
static_assert(cellByteLengths[sizeClassCount - 1] == maxCellByteLength);

/// Classes of sizes up to here are looked up in a table.
constexpr uint64_t maxTabledByteLength = 1024;

struct SizeClassTable {
  /// By the number of words.
  uint8_t classes[maxTabledByteLength / 8 + 1];
  /// Offset in a block times this, shifted by 32: the number of the cell. Exact
  /// below 64 KiB, since the error is below 1 / 65536 for each cell.
  uint32_t reciprocals[sizeClassCount];

  constexpr SizeClassTable() : classes(), reciprocals() {
    unsigned sizeClass = 0;
    for (unsigned words = 0; words <= maxTabledByteLength / 8; ++words) {
      if (words * 8 > cellByteLengths[sizeClass])
        ++sizeClass;
      classes[words] = static_cast<uint8_t>(sizeClass);
    }
    for (unsigned index = 0; index < sizeClassCount; ++index)
      reciprocals[index] = static_cast<uint32_t>(
          ((uint64_t{1} << 32) + cellByteLengths[index] - 1) /
          cellByteLengths[index]);
  }
};
inline constexpr SizeClassTable sizeClasses;

/// Of sizes up to maxTabledByteLength.
inline unsigned classOf(uint64_t byteLength) {
  return sizeClasses.classes[(byteLength + 7) / 8];
}

/// Of sizes up to maxCellByteLength.
inline unsigned classOfAny(uint64_t byteLength) {
  if (byteLength <= maxTabledByteLength)
    return classOf(byteLength);
  unsigned sizeClass = sizeClasses.classes[maxTabledByteLength / 8];
  while (cellByteLengths[sizeClass] < byteLength)
    ++sizeClass;
  return sizeClass;
}

inline uint32_t cellOf(unsigned sizeClass, uint64_t offset) {
  return static_cast<uint32_t>(offset * sizeClasses.reciprocals[sizeClass] >>
                               32);
}

} // namespace wrought::gc

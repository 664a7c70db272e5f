//===- memory_image.h - Initial memory as whole pages ---------------------===//
//
// Active data segments with known offsets are laid out at compile time, so that
// the kernel maps the initial memory and nothing is copied at start.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace wrought::translate {

struct PlacedSegment {
  uint64_t offset;
  std::span<const uint8_t> bytes;
};

/// Contents of [memoryOffset, memoryOffset + bytes.size()), both multiples of
/// the page size unless the memory ends there.
struct ImageChunk {
  uint64_t memoryOffset;
  std::vector<uint8_t> bytes;
};

/// abi::MemoryImage::dataRanges of a chunk.
std::vector<uint8_t> dataRanges(const ImageChunk &chunk);

/// Lays segments out in order, later ones over earlier ones. Pages without data
/// are left out where that saves more than a few pages. Nullopt when an image
/// would be wasteful (many tiny segments far apart): then apply them at start.
std::optional<std::vector<ImageChunk>>
layOutMemory(llvm::ArrayRef<PlacedSegment> segments, uint64_t pageByteLength,
             uint64_t memoryByteLength);

} // namespace wrought::translate

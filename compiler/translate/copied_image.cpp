#include "translate/copied_image.h"

#include "llvm/ADT/STLExtras.h"

namespace wrought::translate {

/// The smallest page of any target.
static constexpr size_t MinPageBytes = 4096;

bool isCopied(const ImageChunk &chunk) {
  return chunk.bytes.size() < MinPageBytes;
}

std::optional<ImageChunk> copiedImage(const ImageChunk &chunk) {
  const auto isData = [](uint8_t byte) { return byte != 0; };
  const auto begin = llvm::find_if(chunk.bytes, isData);
  if (begin == chunk.bytes.end())
    return ImageChunk{chunk.memoryOffset, {}};
  const auto end =
      std::find_if(chunk.bytes.rbegin(), chunk.bytes.rend(), isData).base();
  ImageChunk image = {chunk.memoryOffset +
                          static_cast<uint64_t>(begin - chunk.bytes.begin()),
                      std::vector<uint8_t>(begin, end)};
  if (!isCopied(image))
    return std::nullopt;
  return image;
}

} // namespace wrought::translate

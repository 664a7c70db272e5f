//===- copied_image.h - Initial memory of a few bytes ---------------------===//
#pragma once

#include "translate/memory_image.h"

namespace wrought::translate {

/// From the first to the last byte of a chunk that is not zero, where this is
/// so little that copying it at start costs no more than pages of the
/// executable; empty when all is zero. Nullopt: the chunk is to be mapped.
std::optional<ImageChunk> copiedImage(const ImageChunk &chunk);

/// Whether the runtime copies a chunk: it moves whole pages only, and this is
/// less than any machine's page.
bool isCopied(const ImageChunk &chunk);

} // namespace wrought::translate

#include "bundle/archive.h"
#include "bundle/limits.h"
#include "support/sha256.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <cassert>
#include <cstring>

namespace wrought::bundle {

/// 1980-01-01: equal archives need one time, and tar complains of older ones.
static constexpr uint64_t Time = 315532800;

/// A field of the header: digits of base 8, filled up with zeros, then a NUL.
static void putOctal(char *field, size_t width, uint64_t value) {
  field[width - 1] = '\0';
  for (size_t index = width - 1; index-- > 0; value >>= 3)
    field[index] = static_cast<char>('0' + (value & 7));
  assert(value == 0 && "the field is too narrow");
}

TarHeader tarHeader(llvm::StringRef path, uint64_t byteLength, unsigned mode) {
  assert(path.size() <= limits::PathBytes);
  TarHeader header{};
  char *bytes = header.data();
  std::memcpy(bytes, path.data(), path.size());
  putOctal(bytes + 100, 8, mode);
  putOctal(bytes + 108, 8, 0); // user and group
  putOctal(bytes + 116, 8, 0);
  putOctal(bytes + 124, 12, byteLength);
  putOctal(bytes + 136, 12, Time);
  std::memset(bytes + 148, ' ', 8); // the checksum, for the sum
  bytes[156] = path.ends_with("/") ? '5' : '0';
  std::memcpy(bytes + 257, "ustar\0" "00", 8);
  putOctal(bytes + 329, 8, 0); // device numbers
  putOctal(bytes + 337, 8, 0);
  uint64_t sum = 0;
  for (const char byte : header)
    sum += static_cast<unsigned char>(byte);
  putOctal(bytes + 148, 7, sum);
  return header;
}

uint64_t tarPadding(uint64_t byteLength) {
  return llvm::alignTo(byteLength, TarBlock) - byteLength;
}

uint64_t ArchiveEntry::endOffset() const {
  return offset + TarBlock + byteLength + tarPadding(byteLength);
}

std::vector<ArchiveEntry> planArchive(const Manifest &manifest,
                                      llvm::StringRef manifestText,
                                      llvm::ArrayRef<uint8_t> signature) {
  std::vector<ArchiveEntry> entries = {
      {ManifestPath.str(), 0644, manifestText.size(), sha256Hex(manifestText)}};
  if (!signature.empty())
    entries.push_back({SignaturePath.str(), 0644, signature.size(),
                       sha256Hex(signature)});
  for (const Part &part : manifest.parts)
    entries.push_back(
        {part.path, fileMode(part.kind), part.byteLength, part.sha256});
  uint64_t offset = 0;
  for (ArchiveEntry &entry : entries) {
    entry.offset = offset;
    offset = entry.endOffset();
  }
  return entries;
}

uint64_t archiveByteLength(llvm::ArrayRef<ArchiveEntry> entries) {
  return entries.back().endOffset() + TarEndBytes;
}

} // namespace wrought::bundle

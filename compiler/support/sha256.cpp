#include "support/sha256.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/SHA256.h"

#include <vector>

namespace wrought {

namespace fs = llvm::sys::fs;

std::string sha256Hex(llvm::ArrayRef<uint8_t> bytes) {
  return llvm::toHex(llvm::SHA256::hash(bytes), /*LowerCase=*/true);
}

std::string sha256Hex(llvm::StringRef bytes) {
  return sha256Hex(llvm::arrayRefFromStringRef(bytes));
}

bool isSha256Hex(llvm::StringRef text) {
  return text.size() == 64 && llvm::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::optional<FileDigest> digestFile(const std::string &path,
                                     std::string &message) {
  auto file = fs::openNativeFileForRead(path);
  if (!file) {
    message = llvm::toString(file.takeError());
    return std::nullopt;
  }
  llvm::SHA256 hasher;
  FileDigest digest;
  std::vector<char> chunk(size_t{1} << 18);
  bool isRead = true;
  for (;;) {
    auto count = fs::readNativeFile(*file, chunk);
    if (!count) {
      message = llvm::toString(count.takeError());
      isRead = false;
      break;
    }
    if (*count == 0)
      break;
    hasher.update(llvm::StringRef(chunk.data(), *count));
    digest.byteLength += *count;
  }
  fs::closeFile(*file);
  if (!isRead)
    return std::nullopt;
  digest.sha256 = llvm::toHex(hasher.final(), /*LowerCase=*/true);
  return digest;
}

} // namespace wrought

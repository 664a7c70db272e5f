#include "bundle/entry_checker.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace wrought::bundle {

EntryChecker::EntryChecker(const ArchiveEntry &entry)
    : entry_(entry),
      header_(tarHeader(entry.path, entry.byteLength, entry.mode)),
      position_(entry.offset) {}

bool EntryChecker::take(llvm::StringRef &bytes, ByteSink sink) {
  const uint64_t contentOffset = entry_.offset + TarBlock;
  const uint64_t paddingOffset = contentOffset + entry_.byteLength;
  while (!bytes.empty() && !isDone()) {
    const uint64_t limit = position_ < contentOffset   ? contentOffset
                           : position_ < paddingOffset ? paddingOffset
                                                       : entry_.endOffset();
    const llvm::StringRef now = bytes.take_front(limit - position_);
    const bool isBefore = position_ < paddingOffset;
    const bool isRight = position_ < contentOffset   ? takeHeader(now)
                         : position_ < paddingOffset ? takeContent(now, sink)
                                                     : takePadding(now);
    if (!isRight)
      return false;
    bytes = bytes.drop_front(now.size());
    position_ += now.size();
    if (isBefore && position_ == paddingOffset && !checkContent())
      return false;
  }
  return true;
}

bool EntryChecker::takeHeader(llvm::StringRef bytes) {
  const llvm::StringRef expected(header_.data(), header_.size());
  if (expected.substr(position_ - entry_.offset, bytes.size()) == bytes)
    return true;
  problem_ = "the header in the archive is not what the manifest says";
  return false;
}

bool EntryChecker::takeContent(llvm::StringRef bytes, ByteSink sink) {
  hasher_.update(bytes);
  return sink(bytes);
}

bool EntryChecker::takePadding(llvm::StringRef bytes) {
  if (llvm::all_of(bytes, [](char byte) { return byte == 0; }))
    return true;
  problem_ = "bytes behind the content are not zero";
  return false;
}

bool EntryChecker::checkContent() {
  const std::string sha256 = llvm::toHex(hasher_.result(), true);
  if (sha256 == entry_.sha256)
    return true;
  problem_ = "the content has the SHA-256 " + sha256 + ", the manifest says " +
             entry_.sha256;
  return false;
}

} // namespace wrought::bundle

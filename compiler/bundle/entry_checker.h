//===- entry_checker.h - The archive as it comes in, against the plan -----===//
#pragma once

#include "bundle/archive.h"
#include "bundle/frame_reader.h"

#include "llvm/Support/SHA256.h"

namespace wrought::bundle {

/// Compares one entry, header, content and padding, with what the manifest says
/// of it.
class EntryChecker {
public:
  explicit EntryChecker(const ArchiveEntry &entry);

  /// Takes what belongs to the entry off the front of `bytes`; hands the
  /// content to `sink`. False when something differs (see problem()) or the
  /// sink said stop.
  bool take(llvm::StringRef &bytes, ByteSink sink);
  bool isDone() const { return position_ == entry_.endOffset(); }
  const std::string &problem() const { return problem_; }

private:
  bool takeHeader(llvm::StringRef bytes);
  bool takeContent(llvm::StringRef bytes, ByteSink sink);
  bool takePadding(llvm::StringRef bytes);
  bool checkContent();

  const ArchiveEntry &entry_;
  const TarHeader header_;
  uint64_t position_; ///< in the archive
  llvm::SHA256 hasher_;
  std::string problem_;
};

} // namespace wrought::bundle

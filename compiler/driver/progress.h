//===- progress.h - A line that says how far a build is -------------------===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

namespace wrought::driver {

/// One line on a terminal, drawn over itself and erased at the end.
class ProgressLine {
public:
  explicit ProgressLine(llvm::raw_ostream &out) : out_(out) {}
  ~ProgressLine() { erase(); }
  ProgressLine(const ProgressLine &) = delete;
  ProgressLine &operator=(const ProgressLine &) = delete;

  void show(size_t done, size_t total, llvm::StringRef stage);
  void erase();

private:
  llvm::raw_ostream &out_;
  bool isShown_ = false;
};

} // namespace wrought::driver

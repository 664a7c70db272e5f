//===- sampled_profile.h - Where earlier runs of a program were seen ------===//
#pragma once

#include "codegen/profile_names.h"
#include "support/diagnostics.h"

#include <memory>

namespace wrought::codegen {

/// Any number of sample profiles in LLVM's text form ("AutoFDO"), as
/// llvm-profgen makes them of what perf recorded; added up. LLVM has binary
/// forms as well, but its readers of those do not bear damaged files.
class SampledProfile {
public:
  SampledProfile();
  SampledProfile(SampledProfile &&) noexcept;
  SampledProfile &operator=(SampledProfile &&) noexcept;
  ~SampledProfile();

  /// Whether a file begins as a sample profile does.
  static bool isOne(llvm::StringRef bytes);

  /// False after reporting what cannot be read: damaged files, those in a
  /// binary form, and those that do not name functions or count by line.
  [[nodiscard]] bool add(llvm::StringRef file, llvm::StringRef bytes,
                         Diagnostics &diagnostics);

  bool empty() const;

  /// As Profile::index().
  IndexedProfile index(llvm::ArrayRef<std::string> symbols,
                       llvm::StringRef prefix) const;

private:
  struct Samples;
  std::unique_ptr<Samples> samples_;
};

} // namespace wrought::codegen

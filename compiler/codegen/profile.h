//===- profile.h - What earlier runs of a program counted -----------------===//
#pragma once

#include "codegen/sampled_profile.h"
#include "support/diagnostics.h"

#include <map>
#include <vector>

namespace wrought::codegen {

/// The profiles of any number of runs, added up: all counted, or all sampled.
class Profile {
public:
  /// Adds what a file of abi/profile.h holds, or a SampledProfile. Nothing in
  /// it is trusted: what is damaged is reported with its place in `file`, and
  /// false returned.
  [[nodiscard]] bool add(llvm::StringRef file, llvm::StringRef bytes,
                         Diagnostics &diagnostics);

  size_t functionCount() const { return functions_.size(); }

  /// `symbols` are those of the module's functions, each `prefix` and what a
  /// profile calls the function. One that has moved is found by its name.
  IndexedProfile index(llvm::ArrayRef<std::string> symbols,
                       llvm::StringRef prefix) const;

private:
  struct Site {
    uint64_t otherCount = 0;
    /// By name, so that the order depends on nothing else.
    std::map<std::string, uint64_t> targets;
  };
  struct Function {
    std::vector<uint64_t> counters;
    std::vector<Site> sites;
  };
  /// A function may have several, of different control flow.
  using Key = std::pair<std::string, uint64_t>;

  friend class ProfileReader;
  void merge(Key key, Function function);

  std::map<Key, Function> functions_;
  SampledProfile samples_;
};

} // namespace wrought::codegen

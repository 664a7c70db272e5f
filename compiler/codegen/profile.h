//===- profile.h - What earlier runs of a program counted -----------------===//
#pragma once

#include "support/diagnostics.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

#include <map>
#include <memory>

namespace wrought::codegen {

/// A profile in the form in which LLVM reads it, for one translation.
struct IndexedProfile {
  std::unique_ptr<llvm::MemoryBuffer> bytes;
  llvm::StringSet<> symbols; ///< of the functions that it has counts of
  /// Counted functions that the module does not have.
  size_t absentCount = 0;
};

/// The profiles of any number of runs, added up.
class Profile {
public:
  /// Adds what a file of abi/profile.h holds. Nothing in it is trusted: what is
  /// damaged is reported with its byte offset in `file`, and false returned.
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
};

} // namespace wrought::codegen

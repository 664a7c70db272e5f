//===- profile_names.h - Functions by the names that profiles give them ---===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>

namespace wrought::codegen {

/// A profile in the form in which LLVM reads it, for one translation.
struct IndexedProfile {
  std::unique_ptr<llvm::MemoryBuffer> bytes;
  llvm::StringSet<> symbols; ///< of the functions that it tells of
  /// Functions that it tells of and the module does not have.
  size_t absentCount = 0;
  bool isSampled = false;
};

/// A function of the module: its symbol, and what a profile of this very module
/// calls it: "f12", or "f12.main" where it has a name.
struct NamedSymbol {
  llvm::StringRef name, symbol;
};

/// Which symbols a profile's names stand for. A function that has another index
/// than in the profile is found by its name in the module.
class ProfileNames {
public:
  ProfileNames(const llvm::StringSet<> &counted,
               llvm::ArrayRef<NamedSymbol> module);

  llvm::ArrayRef<llvm::StringRef> symbolsOf(llvm::StringRef counted) const {
    const auto found = symbolsOf_.find(counted);
    if (found == symbolsOf_.end())
      return {};
    return found->second;
  }

  /// Sets all of `profile` that depends on names.
  void describe(IndexedProfile &profile) const;

private:
  const llvm::StringSet<> &counted_;
  llvm::StringMap<llvm::SmallVector<llvm::StringRef, 1>> symbolsOf_;
};

} // namespace wrought::codegen

#include "codegen/profile_names.h"

namespace wrought::codegen {

/// "main" of "f12.main".
static llvm::StringRef wasmName(llvm::StringRef name) {
  return name.split('.').second;
}

ProfileNames::ProfileNames(const llvm::StringSet<> &counted,
                           llvm::ArrayRef<NamedSymbol> module)
    : counted_(counted) {
  // Empty where a name is of several functions.
  llvm::StringMap<llvm::StringRef> byWasmName;
  for (const auto &entry : counted)
    if (const llvm::StringRef name = wasmName(entry.first()); !name.empty()) {
      const auto [place, isNew] = byWasmName.try_emplace(name, entry.first());
      if (!isNew)
        place->second = "";
    }
  for (const NamedSymbol &function : module) {
    llvm::StringRef found = function.name;
    if (!counted.contains(found))
      found = byWasmName.lookup(wasmName(found));
    if (!found.empty())
      symbolsOf_[found].push_back(function.symbol);
  }
}

void ProfileNames::describe(IndexedProfile &profile) const {
  for (const auto &entry : symbolsOf_)
    for (llvm::StringRef symbol : entry.second)
      profile.symbols.insert(symbol);
  profile.absentCount = counted_.size() - symbolsOf_.size();
}

} // namespace wrought::codegen

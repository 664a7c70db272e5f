//===- plan_file.h - The files that a plan's steps share ------------------===//
#pragma once

#include "driver/build_plan.h"

#include "llvm/ADT/SmallString.h"

namespace wrought::driver {

/// plan.json, and where its neighbours are.
struct PlanFile {
  struct Unit {
    size_t version, partition;
    uint64_t weight; ///< relative cost, for schedulers
    bool operator==(const Unit &) const = default;
  };
  std::string folder; ///< may be empty: the current one
  std::string outputName, target;
  std::vector<std::string> words;
  std::vector<Unit> units;
  /// Hash of the file; set by read(), and written into every unit.
  std::string identity;

  std::string path(const llvm::Twine &name) const;
  std::string unitPath(size_t unit, llvm::StringRef ending) const;
  std::string format() const;
  /// Refuses plans of another version of Wrought.
  static std::optional<PlanFile> read(const std::string &file,
                                      Diagnostics &diagnostics);
};

/// A unit between two steps: LLVM bitcode behind a line that names the plan and
/// the content's hash, so that a file of another plan or a damaged one is
/// refused before LLVM reads it.
[[nodiscard]] bool writeUnit(const PlanFile &plan, const std::string &path,
                             const llvm::Module &module,
                             Diagnostics &diagnostics);
std::unique_ptr<llvm::Module> readUnit(const PlanFile &plan,
                                       const std::string &path,
                                       llvm::LLVMContext &context,
                                       Diagnostics &diagnostics);

} // namespace wrought::driver

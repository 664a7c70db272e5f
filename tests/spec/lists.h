//===- lists.h - Scripts to run, and what is known about them -------------===//
//
// The two data files beside this one: failures that are expected, and scripts
// of which parts need features without translation. Both are checked: an entry
// that nothing answers to is a failure of the run.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wrought::spec {

struct Script {
  std::string path;
  std::string name; ///< relative to the suite or the project
};

/// `path[:line] reason`
struct ExpectedFailure {
  std::string name;
  std::optional<uint32_t> line; ///< nullopt: anything in the script
  std::string reason;
};

/// `path reason` or `folder/ reason`
struct LeftOut {
  std::string name;
  std::string reason;
  bool isFolder() const { return name.back() == '/'; }
};

/// Empty lines and those that begin with # are skipped. False with a message on
/// standard error when a file cannot be read or a line has no reason.
bool readExpectedFailures(const std::string &path,
                          std::vector<ExpectedFailure> &into);
bool readLeftOut(const std::string &path, std::vector<LeftOut> &into);

/// The entry that covers a script, or null; a script's own goes before its
/// folder's.
const LeftOut *findLeftOut(const std::vector<LeftOut> &list,
                           const std::string &name);

/// All scripts at `path`: itself or those beneath it, sorted. `roots` are the
/// folders that names are relative to. Empty when there is nothing.
std::vector<Script> findScripts(const std::string &path,
                                const std::vector<std::string> &roots);

} // namespace wrought::spec

//===- command_description.h - The command line as data
//--------------------===//
//
// What the man pages and the shell completions are made from: the flags that
// the parser itself knows, so that they cannot say anything else.
//
//===----------------------------------------------------------------------===//
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace wrought::driver {

struct OptionDescription {
  std::vector<std::string> names; ///< "-o", "--output"; empty: positional
  std::string value; ///< "FILE", "auto|never"; empty when there is none
  std::vector<std::string> choices; ///< the words that the value can be
  std::string help;
};

struct CommandDescription {
  std::string name; ///< empty for what stands before a command
  std::string help;
  std::vector<OptionDescription> options; ///< in the order of --help
};

/// The program itself, then its commands.
std::vector<CommandDescription> describe(const CLI::App &app);
/// The same of wrought.
std::vector<CommandDescription> describeCommandLine();

} // namespace wrought::driver

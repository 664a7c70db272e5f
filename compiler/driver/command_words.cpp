#include "driver/command_words.h"

#include "llvm/ADT/STLExtras.h"

#include <CLI/CLI.hpp>

namespace wrought::driver {

std::vector<std::string> wordsOf(const CLI::App &command,
                                 llvm::ArrayRef<llvm::StringLiteral> left) {
  std::vector<std::string> words;
  for (const CLI::Option *option : command.get_options()) {
    if (option->count() == 0 || option->get_positional())
      continue;
    const bool isLong = !option->get_lnames().empty();
    const std::string name =
        isLong ? option->get_lnames().front() : option->get_snames().front();
    if (llvm::is_contained(left, name))
      continue;
    for (const std::string &value : option->results())
      if (isLong)
        words.push_back("--" + name + "=" + value);
      else if (value == "true")
        words.push_back("-" + name);
      else if (value != "false")
        words.push_back("-" + name + value);
  }
  return words;
}

} // namespace wrought::driver

#include "driver/command_description.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <CLI/CLI.hpp>

namespace wrought::driver {

/// "a|b|c" are choices; "K[=V]" and the like are not.
static std::vector<std::string> choicesOf(llvm::StringRef value) {
  std::vector<std::string> choices;
  if (!value.contains('|'))
    return choices;
  llvm::SmallVector<llvm::StringRef> words;
  value.split(words, '|');
  for (llvm::StringRef word : words)
    choices.push_back(word.str());
  return choices;
}

static OptionDescription describeOption(const CLI::Option &option) {
  OptionDescription description;
  for (const std::string &name : option.get_snames())
    description.names.push_back("-" + name);
  for (const std::string &name : option.get_lnames())
    description.names.push_back("--" + name);
  description.help = option.get_description();
  if (option.get_positional()) {
    description.value = option.get_name(/*positional=*/true);
    return description;
  }
  if (option.get_items_expected_max() > 0)
    description.value =
        option.get_option_text().empty() ? "VALUE" : option.get_option_text();
  description.choices = choicesOf(description.value);
  return description;
}

static CommandDescription describeCommand(const CLI::App &app) {
  CommandDescription description{app.get_name(), app.get_description(), {}};
  for (const CLI::Option *option : app.get_options())
    description.options.push_back(describeOption(*option));
  return description;
}

std::vector<CommandDescription> describe(const CLI::App &app) {
  std::vector<CommandDescription> all = {describeCommand(app)};
  all.front().name.clear();
  for (const CLI::App *command : app.get_subcommands({}))
    all.push_back(describeCommand(*command));
  return all;
}

} // namespace wrought::driver

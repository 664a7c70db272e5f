#include "driver/documents.h"
#include "targets/target.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

namespace wrought::driver {

ValueKind valueKind(const OptionDescription &option) {
  const llvm::StringRef value = option.value;
  if (value.empty())
    return ValueKind::None;
  if (option.names.empty() || value == "FILE" || value == "OUTPUT")
    return ValueKind::File;
  if (value == "DIR" || value.starts_with("HOST"))
    return ValueKind::Folder;
  return valueChoices(option).empty() ? ValueKind::Other : ValueKind::Choice;
}

std::vector<std::string> valueChoices(const OptionDescription &option) {
  if (!option.choices.empty())
    return option.choices;
  std::vector<std::string> names;
  if (option.value == "TARGET" || llvm::is_contained(option.names, "--target"))
    for (const targets::TargetSpec &target : targets::all())
      names.push_back(target.name.str());
  return names;
}

static std::string namesOf(CommandDescriptions all) {
  std::vector<std::string> names;
  for (const CommandDescription &command : all.drop_front())
    names.push_back(command.name);
  return llvm::join(names, " ");
}

static std::string flagsOf(const CommandDescription &command) {
  std::vector<std::string> flags;
  for (const OptionDescription &option : command.options)
    flags.insert(flags.end(), option.names.begin(), option.names.end());
  return llvm::join(flags, " ");
}

// bash

static void writeBashValue(const OptionDescription &option,
                           llvm::raw_ostream &out) {
  const ValueKind kind = valueKind(option);
  if (option.names.empty() || kind == ValueKind::None)
    return;
  out << "    " << llvm::join(option.names, "|") << ")\n      ";
  switch (kind) {
  case ValueKind::Choice:
    out << "words='" << llvm::join(valueChoices(option), " ") << "'";
    break;
  case ValueKind::File:
    out << "words= files=-f";
    break;
  case ValueKind::Folder:
    out << "words= files=-d";
    break;
  case ValueKind::Other:
  case ValueKind::None:
    out << "words=";
    break;
  }
  out << " ;;\n";
}

void writeBashCompletion(CommandDescriptions all, llvm::raw_ostream &out) {
  out << "# bash completion for wrought\n"
         "_wrought() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} command=build words files= i\n"
         "  local prev=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  # \"--flag=value\" is three words.\n"
         "  if [[ $cur == '=' ]]; then cur=; fi\n"
         "  if [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
         "  COMPREPLY=()\n"
         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
         "    case ${COMP_WORDS[i]} in\n"
         "    --)\n      compopt -o default\n      return ;;\n"
         "    esac\n"
         "  done\n"
         "  if ((COMP_CWORD == 1)) && [[ $cur != -* ]]; then\n"
         "    compopt -o filenames\n"
         "    COMPREPLY=($(compgen -W '"
      << namesOf(all)
      << "' -- \"$cur\")\n"
         "               $(compgen -f -- \"$cur\"))\n"
         "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]} in\n  "
      << llvm::join(llvm::map_range(
                        all.drop_front(),
                        [](const CommandDescription &c) { return c.name; }),
                    "|")
      << ") command=${COMP_WORDS[1]} ;;\n"
         "  esac\n"
         "  if ((COMP_CWORD == 1)); then command=; fi\n"
         "  case $command in\n";
  for (const CommandDescription &command : all) {
    out << "  '" << command.name << "')\n    case $prev in\n";
    for (const OptionDescription &option : command.options)
      writeBashValue(option, out);
    out << "    *)\n      words='" << flagsOf(command)
        << "' files=-f\n      if [[ $cur == -* ]]; then files=; fi ;;\n"
           "    esac ;;\n";
  }
  out << "  esac\n"
         "  COMPREPLY=($(compgen ${words:+-W \"$words\"} -- \"$cur\"))\n"
         "  if [[ -n $files ]]; then\n"
         "    compopt -o filenames\n"
         "    COMPREPLY+=($(compgen \"$files\" -- \"$cur\"))\n"
         "  fi\n"
         "}\n"
         "complete -F _wrought wrought\n";
}

// zsh

/// Text inside single quotes and an option's brackets.
static std::string zshText(llvm::StringRef text) {
  std::string escaped;
  for (const char c : text)
    if (c == '\'')
      escaped += "'\\''";
    else if (c == '[' || c == ']' || c == ':' || c == '\\')
      (escaped += '\\') += c;
    else
      escaped += c;
  return escaped;
}

static std::string zshAction(const OptionDescription &option) {
  const std::string message = ":" + zshText(option.value) + ":";
  switch (valueKind(option)) {
  case ValueKind::Choice:
    return message + "(" + llvm::join(valueChoices(option), " ") + ")";
  case ValueKind::File:
    return message + "_files";
  case ValueKind::Folder:
    return message + "_files -/";
  case ValueKind::Other:
    return message + " ";
  case ValueKind::None:
    break;
  }
  return "";
}

static void writeZshOption(const OptionDescription &option,
                           llvm::raw_ostream &out) {
  if (option.names.empty()) {
    out << "        ':" << zshText(option.value) << ":_files' \\\n";
    return;
  }
  for (const std::string &name : option.names) {
    // How the value stands behind: "-O2" or "-O 2", "--cpu=x" or "--cpu x".
    const bool isLong = llvm::StringRef(name).starts_with("--");
    const char *form = option.value.empty() ? "" : isLong ? "=" : "+";
    out << "        '*" << name << form << "[" << zshText(option.help) << "]"
        << zshAction(option) << "' \\\n";
  }
}

void writeZshCompletion(CommandDescriptions all, llvm::raw_ostream &out) {
  out << "#compdef wrought\n"
         "_wrought() {\n"
         "  local command=build\n"
         "  local -a commands=(\n";
  for (const CommandDescription &command : all.drop_front())
    out << "    '" << zshText(command.name) << ":" << zshText(command.help)
        << "'\n";
  out << "  )\n"
         "  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n"
         "    _alternative 'command:command:{_describe command commands}' "
         "'module:module:_files'\n"
         "    return\n"
         "  fi\n"
         "  if ((CURRENT == 2)); then command=\n"
         "  elif (($+commands[(r)$words[2]:*])); then\n"
         "    command=$words[2]\n"
         "    shift words\n"
         "    ((CURRENT--))\n"
         "  fi\n"
         "  case $command in\n";
  for (const CommandDescription &command : all) {
    out << "    '" << command.name << "')\n      _arguments \\\n";
    for (const OptionDescription &option : command.options)
      writeZshOption(option, out);
    out << "        ;;\n";
  }
  out << "  esac\n}\n"
         // Also right where the file is sourced instead of autoloaded.
         "if [[ $funcstack[1] == _wrought ]]; then _wrought \"$@\"\n"
         "else compdef _wrought wrought; fi\n";
}

// fish

static std::string fishText(llvm::StringRef text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'' || c == '\\')
      escaped += '\\';
    escaped += c;
  }
  return escaped;
}

static void writeFishOption(const OptionDescription &option,
                            llvm::StringRef condition, llvm::raw_ostream &out) {
  if (option.names.empty())
    return;
  out << "complete -c wrought -n '" << condition << "'";
  for (llvm::StringRef name : option.names)
    if (name.consume_front("--"))
      out << " -l " << name;
    else
      out << " -s " << name.drop_front();
  switch (valueKind(option)) {
  case ValueKind::None:
    break;
  case ValueKind::Choice:
    out << " -x -a '" << llvm::join(valueChoices(option), " ") << "'";
    break;
  case ValueKind::File:
    out << " -r -F";
    break;
  case ValueKind::Folder:
    out << " -x -a '(__fish_complete_directories)'";
    break;
  case ValueKind::Other:
    out << " -x";
    break;
  }
  out << " -d '" << fishText(option.help) << "'\n";
}

void writeFishCompletion(CommandDescriptions all, llvm::raw_ostream &out) {
  out << "# fish completion for wrought\n"
         "function __wrought_command -a wanted\n"
         "  set -l words (commandline -opc)\n"
         "  set -l command ''\n"
         "  if set -q words[2]\n"
         "    set command build\n"
         "    contains -- $words[2] "
      << namesOf(all)
      << "; and set command $words[2]\n"
         "  end\n"
         "  test \"$command\" = \"$wanted\"\n"
         "end\n";
  for (const CommandDescription &command : all.drop_front())
    out << "complete -c wrought -n '__wrought_command \"\"' -a " << command.name
        << " -d '" << fishText(command.help) << "'\n";
  for (const CommandDescription &command : all) {
    const std::string name = command.name.empty() ? "\"\"" : command.name;
    for (const OptionDescription &option : command.options)
      writeFishOption(option, "__wrought_command " + name, out);
  }
}

} // namespace wrought::driver

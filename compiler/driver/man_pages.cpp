#include "driver/documents.h"
#include "driver/version.h"

#include "llvm/ADT/StringExtras.h"

namespace wrought::driver {

/// Rows of the table behind the line `heading`, without Markdown's marks.
static std::vector<Term> readTable(llvm::StringRef markdown,
                                   llvm::StringRef heading) {
  std::vector<Term> terms;
  const size_t at = markdown.find(("\n" + heading + "\n").str());
  if (at == llvm::StringRef::npos)
    return terms;
  llvm::StringRef rest = markdown.drop_front(at + heading.size() + 2).ltrim();
  while (rest.starts_with("|")) {
    const auto [line, more] = rest.split('\n');
    rest = more;
    std::string text = line.drop_front().rtrim(" |").str();
    llvm::erase_if(text, [](char c) { return c == '`' || c == '*'; });
    const auto [name, meaning] = llvm::StringRef(text).split('|');
    terms.push_back({name.trim().str(), meaning.trim().str()});
  }
  return terms;
}

std::optional<Tables> readTables(llvm::StringRef markdown) {
  Tables tables = {readTable(markdown, "| exit code | meaning |"),
                   readTable(markdown, "| variable | use |")};
  for (std::vector<Term> *terms : {&tables.exitCodes, &tables.environment}) {
    if (terms->size() < 2)
      return std::nullopt;
    terms->erase(terms->begin()); // the rule below the heading
  }
  return tables;
}

/// Text for troff: no escapes, no requests, hyphens that can be copied.
static std::string escape(llvm::StringRef text) {
  std::string escaped;
  if (text.starts_with(".") || text.starts_with("'"))
    escaped = "\\&";
  for (const char c : text)
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else
      escaped += c;
  // The only character beyond ASCII in the help.
  for (size_t at; (at = escaped.find("…")) != std::string::npos;)
    escaped.replace(at, llvm::StringRef("…").size(), "...");
  return escaped;
}

static std::string sentence(llvm::StringRef text) {
  const std::string escaped = escape(text);
  return llvm::StringRef(escaped).ends_with(".") ? escaped : escaped + ".";
}

static std::string pageName(const CommandDescription &command) {
  return command.name.empty() ? "wrought" : "wrought-" + command.name;
}

static void writeTable(llvm::ArrayRef<Term> terms, llvm::raw_ostream &out) {
  for (const Term &term : terms)
    out << ".TP\n.B " << escape(term.name) << '\n'
        << sentence(term.meaning) << '\n';
}

static void writeOption(const OptionDescription &option,
                        llvm::raw_ostream &out) {
  out << ".TP\n";
  if (option.names.empty()) {
    out << "\\fI" << escape(option.value) << "\\fR\n"
        << sentence(option.help) << "\n";
    return;
  }
  out << llvm::join(llvm::map_range(option.names,
                                    [](const std::string &name) {
                                      return "\\fB" + escape(name) + "\\fR";
                                    }),
                    ", ");
  if (!option.value.empty())
    out << " \\fI" << escape(option.value) << "\\fR";
  out << '\n' << sentence(option.help) << "\n";
}

static void writeSynopsis(const CommandDescription &command,
                          llvm::raw_ostream &out) {
  out << ".SH SYNOPSIS\n";
  if (command.name.empty()) {
    out << ".B wrought\n.I COMMAND\n[\\fIOPTION\\fR]...\n.br\n"
           ".B wrought\n.I IN.wasm\n[\\fB\\-o\\fR \\fIOUT\\fR] "
           "[\\fIOPTION\\fR]...\n";
    return;
  }
  out << ".B wrought " << escape(command.name) << "\n[\\fIOPTION\\fR]...";
  for (const OptionDescription &option : command.options)
    if (option.names.empty())
      out << " \\fI" << escape(option.value) << "\\fR";
  if (command.name == "run")
    out << " [\\fB\\-\\-\\fR \\fIARGUMENT\\fR...]";
  out << '\n';
}

static void writeCommands(CommandDescriptions all, llvm::raw_ostream &out) {
  out << ".SH COMMANDS\n";
  for (const CommandDescription &command : all.drop_front())
    out << ".TP\n.BR wrought\\-" << escape(command.name) << " (1)\n"
        << sentence(command.help) << "\n";
  out << ".PP\n\\fBwrought\\fR \\fIIN.wasm\\fR is short for \\fBwrought "
         "build\\fR \\fIIN.wasm\\fR.\n";
}

void writeManPage(const CommandDescription &command, CommandDescriptions all,
                  const Tables &tables, llvm::raw_ostream &out) {
  const std::string name = pageName(command);
  out << ".TH " << escape(llvm::StringRef(name).upper()) << " 1 \"\" \"Wrought "
      << version() << "\" \"Wrought\"\n.SH NAME\n"
      << escape(name) << " \\- ";
  llvm::StringRef help = command.help;
  help.consume_back(".");
  out << escape(help) << '\n';
  writeSynopsis(command, out);
  if (command.name.empty())
    writeCommands(all, out);
  out << ".SH OPTIONS\n";
  for (const OptionDescription &option : command.options)
    writeOption(option, out);
  out << ".SH EXIT STATUS\n";
  writeTable(tables.exitCodes, out);
  if (command.name == "run")
    out << ".PP\nOnce the program runs, the status is the program's own.\n";
  out << ".SH ENVIRONMENT\n";
  writeTable(tables.environment, out);
  out << ".SH SEE ALSO\n";
  std::vector<std::string> others;
  for (const CommandDescription &other : all)
    if (&other != &command)
      others.push_back(".BR " + escape(pageName(other)) + " (1)");
  out << llvm::join(others, " ,\n") << '\n';
}

} // namespace wrought::driver

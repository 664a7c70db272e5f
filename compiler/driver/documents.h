//===- documents.h - Man pages and completions, from the flags ------------===//
//
// Written when Wrought is built, by the program wrought_documents. Their flags
// are those of the parser (command_description.h); exit codes and environment
// variables are the tables of docs/cli.md.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "driver/command_description.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>

namespace wrought::driver {

using CommandDescriptions = llvm::ArrayRef<CommandDescription>;

/// A row of a table.
struct Term {
  std::string name, meaning;
};

/// The tables of docs/cli.md that man pages show too.
struct Tables {
  std::vector<Term> exitCodes, environment;
};
/// Nullopt when a table is not where it was.
std::optional<Tables> readTables(llvm::StringRef markdown);

/// wrought.1 for the first of `all` (the program itself), wrought-<name>.1 for
/// another one.
void writeManPage(const CommandDescription &command, CommandDescriptions all,
                  const Tables &tables, llvm::raw_ostream &out);

void writeBashCompletion(CommandDescriptions all, llvm::raw_ostream &out);
void writeZshCompletion(CommandDescriptions all, llvm::raw_ostream &out);
void writeFishCompletion(CommandDescriptions all, llvm::raw_ostream &out);

/// What a value is, for completion: a choice among `choices`, which include the
/// targets' names for --target, a file, a folder, or anything.
enum class ValueKind : uint8_t { None, Choice, File, Folder, Other };
ValueKind valueKind(const OptionDescription &option);
std::vector<std::string> valueChoices(const OptionDescription &option);

} // namespace wrought::driver

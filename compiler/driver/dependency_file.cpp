#include "driver/dependency_file.h"
#include "linker/output_file.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

namespace wrought::driver {

std::string defaultDependencyFile(llvm::StringRef output) {
  constexpr llvm::StringLiteral Endings[] = {".o",  ".so", ".a",
                                             ".ll", ".bc", ".s"};
  if (llvm::is_contained(Endings, llvm::sys::path::extension(output)))
    output = output.drop_back(llvm::sys::path::extension(output).size());
  return (output + ".d").str();
}

/// As GCC and clang escape for make, which Ninja reads too: a backslash counts
/// only in front of a space or a number sign.
static bool appendName(llvm::StringRef name, std::string &text) {
  if (name.find_first_of("\n\r") != llvm::StringRef::npos)
    return false;
  size_t backslashes = 0;
  for (const char c : name) {
    if (c == ' ' || c == '\t')
      text.append(backslashes + 1, '\\');
    else if (c == '#')
      text += '\\';
    else if (c == '$')
      text += '$';
    text += c;
    backslashes = c == '\\' ? backslashes + 1 : 0;
  }
  return true;
}

bool formatRule(llvm::StringRef target,
                llvm::ArrayRef<std::string> prerequisites, std::string &text) {
  bool isWritable = appendName(target, text);
  text += ':';
  for (const std::string &name : prerequisites) {
    text += " \\\n  ";
    isWritable &= appendName(name, text);
  }
  text += '\n';
  return isWritable;
}

bool writeDependencies(const DependencyRule &rule,
                       const CompileRequest &request,
                       Diagnostics &diagnostics) {
  std::vector<std::string> prerequisites;
  if (request.inputPath != "-")
    prerequisites.push_back(request.inputPath);
  for (const NamedInput &item : request.linkedInputs)
    if (item.path != "-")
      prerequisites.push_back(item.path);
  llvm::append_range(prerequisites, rule.prerequisites);
  if (request.emit == EmitKind::Executable)
    prerequisites.push_back(
        linker::findRuntimeArchive(*request.target, diagnostics));
  else if (isLibrary(request.emit))
    prerequisites.push_back(
        linker::findLibraryArchive(*request.target, diagnostics));
  std::string text;
  if (!formatRule(rule.target, prerequisites, text)) {
    diagnostics.error("no rule for make can name a file with a line break");
    return false;
  }
  return linker::writeFile(rule.file, {text.data(), text.size()}, diagnostics);
}

} // namespace wrought::driver

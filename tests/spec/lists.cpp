#include "lists.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace wrought::spec;
using llvm::StringRef;

/// Calls `add(first word, rest)` for each entry.
template <typename Add>
static bool readEntries(const std::string &path, Add add) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    llvm::errs() << path << ": " << buffer.getError().message() << '\n';
    return false;
  }
  llvm::SmallVector<StringRef, 64> lines;
  (*buffer)->getBuffer().split(lines, '\n');
  for (size_t i = 0; i < lines.size(); ++i) {
    StringRef line = lines[i].trim();
    if (line.empty() || line.starts_with("#"))
      continue;
    auto [name, reason] = line.split(' ');
    reason = reason.trim();
    if (reason.empty()) {
      llvm::errs() << path << ':' << i + 1 << ": an entry needs a reason\n";
      return false;
    }
    add(name, reason);
  }
  return true;
}

bool wrought::spec::readExpectedFailures(const std::string &path,
                                         std::vector<ExpectedFailure> &into) {
  return readEntries(path, [&](StringRef name, StringRef reason) {
    ExpectedFailure entry;
    auto [script, lineText] = name.split(':');
    uint32_t line = 0;
    if (!lineText.getAsInteger(10, line))
      entry.line = line;
    entry.name = script.str();
    entry.reason = reason.str();
    into.push_back(std::move(entry));
  });
}

bool wrought::spec::readLeftOut(const std::string &path,
                                std::vector<LeftOut> &into) {
  return readEntries(path, [&](StringRef name, StringRef reason) {
    into.push_back({name.str(), reason.str()});
  });
}

const LeftOut *wrought::spec::findLeftOut(const std::vector<LeftOut> &list,
                                          const std::string &name) {
  const LeftOut *folder = nullptr;
  for (const LeftOut &entry : list) {
    if (entry.name == name)
      return &entry;
    if (entry.isFolder() && StringRef(name).starts_with(entry.name))
      folder = &entry;
  }
  return folder;
}

static std::string nameOf(const std::string &path,
                          const std::vector<std::string> &roots) {
  for (const std::string &root : roots) {
    StringRef rest = path;
    if (rest.consume_front(root) && rest.consume_front("/"))
      return rest.str();
  }
  return path;
}

std::vector<Script>
wrought::spec::findScripts(const std::string &path,
                           const std::vector<std::string> &roots) {
  std::vector<Script> scripts;
  llvm::SmallString<256> real;
  if (llvm::sys::fs::real_path(path, real))
    return scripts;
  if (!llvm::sys::fs::is_directory(real)) {
    std::string file = real.str().str();
    scripts.push_back({file, nameOf(file, roots)});
    return scripts;
  }
  std::error_code error;
  for (llvm::sys::fs::recursive_directory_iterator it(real, error), end;
       it != end && !error; it.increment(error))
    if (llvm::sys::path::extension(it->path()) == ".wast")
      scripts.push_back({it->path(), nameOf(it->path(), roots)});
  llvm::sort(scripts,
             [](const Script &a, const Script &b) { return a.name < b.name; });
  return scripts;
}

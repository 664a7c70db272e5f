//===- write_documents.cpp - The program that the build makes documents by ===//
//
//   wrought_documents DIRECTORY CLI.MD
//
// Writes man1/*.1 and the completions of bash, zsh and fish; CLI.MD is
// docs/cli.md.
//
//===----------------------------------------------------------------------===//

#include "driver/documents.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <cstdlib>

using namespace wrought::driver;

namespace {

class Folder {
public:
  explicit Folder(const char *path) : path_(path) {}

  template <typename Write>
  void file(llvm::StringRef folder, const std::string &name, Write write) {
    namespace fs = llvm::sys::fs;
    llvm::SmallString<128> path(path_);
    llvm::sys::path::append(path, folder);
    std::error_code error = fs::create_directories(path);
    llvm::sys::path::append(path, name);
    if (!error) {
      llvm::raw_fd_ostream out(path, error, fs::OF_None);
      if (!error)
        write(out);
    }
    if (!error)
      return;
    llvm::errs() << path << ": " << error.message() << '\n';
    std::exit(1);
  }

private:
  llvm::StringRef path_;
};

} // namespace

int main(int argc, char **argv) {
  if (argc != 3) {
    llvm::errs() << "usage: wrought_documents DIRECTORY CLI.MD\n";
    return 2;
  }
  const auto markdown = llvm::MemoryBuffer::getFile(argv[2]);
  const auto tables =
      markdown ? readTables((*markdown)->getBuffer()) : std::nullopt;
  if (!tables) {
    llvm::errs() << argv[2]
                 << ": the tables of exit codes and environment "
                    "variables are not there\n";
    return 1;
  }
  const auto all = describeCommandLine();
  Folder folder(argv[1]);
  for (const CommandDescription &command : all)
    folder.file("man1",
                command.name.empty() ? "wrought.1"
                                     : "wrought-" + command.name + ".1",
                [&](llvm::raw_ostream &out) {
                  writeManPage(command, all, *tables, out);
                });
  folder.file("bash", "wrought",
              [&](llvm::raw_ostream &out) { writeBashCompletion(all, out); });
  folder.file("zsh", "_wrought",
              [&](llvm::raw_ostream &out) { writeZshCompletion(all, out); });
  folder.file("fish", "wrought.fish",
              [&](llvm::raw_ostream &out) { writeFishCompletion(all, out); });
}

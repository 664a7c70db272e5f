#include "driver/run.h"

#include "llvm/Support/Program.h"

#include <cerrno>
#include <unistd.h>

namespace wrought::driver {

std::optional<Execution>
planExecution(const CompileRequest &request,
              const std::vector<std::string> &arguments,
              Diagnostics &diagnostics) {
  Execution execution;
  execution.file = request.outputPath;
  const std::string name = displayName(request.inputPath);
  if (request.target == targets::host()) {
    execution.words = {name};
  } else {
    auto emulator = llvm::sys::findProgramByName(request.target->qemu);
    if (!emulator)
      emulator = llvm::sys::findProgramByName(
          (request.target->qemu + "-static").str());
    if (!emulator) {
      diagnostics.error(("running a program for " + request.target->name +
                         " here needs " + request.target->qemu +
                         ", which is not on PATH")
                            .str());
      return std::nullopt;
    }
    execution.file = *emulator;
    execution.words = {*emulator, "-0", name, request.outputPath};
  }
  execution.words.insert(execution.words.end(), arguments.begin(),
                         arguments.end());
  return execution;
}

void execute(const Execution &execution, Diagnostics &diagnostics) {
  std::vector<char *> words;
  for (const std::string &word : execution.words)
    words.push_back(const_cast<char *>(word.c_str()));
  words.push_back(nullptr);
  ::execv(execution.file.c_str(), words.data());
  const std::error_code error(errno, std::generic_category());
  diagnostics.error("cannot execute '" + execution.file +
                    "': " + error.message());
}

} // namespace wrought::driver

//===- main.cpp - The program wrought -------------------------------------===//

#include "driver/command_line.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Signals.h"

#include <unistd.h>

/// LLVM gives up: out of memory, or code that it cannot make. Says so in one
/// line, without allocating, and leaves no temporary files. After a bug, LLVM
/// goes on to abort with a stack trace.
static void giveUp(void *, const char *reason, bool isBug) {
  llvm::StringRef text(reason);
  for (llvm::StringRef part :
       {llvm::StringRef("wrought: error: "), text, llvm::StringRef("\n")})
    if (::write(STDERR_FILENO, part.data(), part.size()) < 0)
      break;
  if (isBug)
    return;
  llvm::sys::RunInterruptHandlers();
  ::_exit(1);
}

static void outOfMemory(void *, const char *, bool) {
  giveUp(nullptr, "out of memory", false);
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::setBugReportMsg("This is a bug in wrought. Please report it with the "
                        "module, the command line and this trace.\n");
  llvm::install_fatal_error_handler(giveUp);
  llvm::install_bad_alloc_error_handler(outOfMemory);
  const std::vector<std::string> arguments(argv + std::min(argc, 1),
                                           argv + argc);
  return wrought::driver::runCommandLine(arguments, llvm::outs(), llvm::errs());
}

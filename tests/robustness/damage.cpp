//===- damage.cpp - Damaged modules are refused or compiled ---------------===//
//
//   wrought_damage --stage validate|build --cut N --flip N [--jobs N]
//                  [--seed N] [--work DIR] MODULE
//
// Each damaged copy goes through the stages in a process of its own, so that a
// crash, a hang or a runaway allocation is seen as what it is. The copy has
// exactly its length on the heap: AddressSanitizer sees a read past the end.
//
//===----------------------------------------------------------------------===//

#include "decode/module_decoder.h"
#include "driver/compile.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <map>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// A finding of a sanitizer must not look like an error of the module.
extern "C" const char *__asan_default_options() {
  return "exitcode=99:detect_leaks=0:allocator_may_return_null=1";
}
extern "C" const char *__ubsan_default_options() {
  return "exitcode=99:print_stacktrace=1";
}

namespace cl = llvm::cl;
using namespace wrought;

namespace {

enum class Stage { Validate, Build };
cl::opt<Stage> stage("stage", cl::desc("how far each copy goes"),
                     cl::values(clEnumValN(Stage::Validate, "validate",
                                           "read and validate"),
                                clEnumValN(Stage::Build, "build",
                                           "all, at -O0, into an object")));
cl::opt<unsigned> cutCount("cut", cl::desc("copies that end too early"));
cl::opt<unsigned> flipCount("flip", cl::desc("copies with one byte changed"));
cl::opt<unsigned> jobCount("jobs", cl::init(2));
cl::opt<uint64_t> seed("seed", cl::init(20221));
cl::opt<unsigned> timeLimit("time-limit", cl::desc("seconds for one copy"),
                            cl::init(120));
cl::opt<std::string> workFolder("work", cl::init("."));
cl::opt<std::string> modulePath(cl::Positional, cl::Required);

constexpr uint64_t MemoryLimit = uint64_t{2} << 30;

/// How the process of one copy ends; anything else is a failure.
enum ExitCode { Refused = 10, Valid = 11, RefusedInSilence = 12 };

struct Damage {
  bool isCut;
  uint64_t offset;
  uint8_t mask; ///< flips only; not 0
};

struct Running {
  Damage damage;
  unsigned slot;
  std::chrono::steady_clock::time_point start;
};

struct Totals {
  unsigned refused = 0, valid = 0, failures = 0;
  double slowestSeconds = 0;
  uint64_t largestBytes = 0;
};

using Bytes = llvm::SmallVector<char, 0>;

std::vector<Damage> chooseDamage(uint64_t length) {
  std::mt19937_64 random(seed);
  std::vector<Damage> all;
  for (unsigned i = 0; i < cutCount; ++i)
    all.push_back({true, random() % length, 0});
  for (unsigned i = 0; i < flipCount; ++i) {
    const uint64_t offset = random() % length;
    all.push_back({false, offset, static_cast<uint8_t>(1 + random() % 255)});
  }
  return all;
}

std::string describe(const Damage &damage) {
  return damage.isCut ? llvm::formatv("cut at {0}", damage.offset).str()
                      : llvm::formatv("byte {0} ^ {1:x2}", damage.offset,
                                      unsigned{damage.mask})
                            .str();
}

std::string slotFile(unsigned slot, const char *ending) {
  return llvm::formatv("{0}/damage{1}{2}", workFolder.getValue(), slot, ending);
}

Bytes damagedCopy(llvm::StringRef module, const Damage &damage) {
  const uint64_t length = damage.isCut ? damage.offset : module.size();
  Bytes bytes;
  bytes.resize_for_overwrite(length);
  llvm::copy(module.take_front(length), bytes.begin());
  if (!damage.isCut)
    bytes[damage.offset] ^= static_cast<char>(damage.mask);
  return bytes;
}

bool build(const driver::Input &input, unsigned slot,
           Diagnostics &diagnostics) {
  driver::CompileRequest request;
  request.inputPath = input.sourceName;
  request.outputPath = slotFile(slot, ".o");
  request.emit = driver::EmitKind::Object;
  request.target = targets::host();
  std::string message;
  request.cpu = *targets::selectCpu(*request.target, "", "", message);
  request.level = codegen::OptLevel::O0;
  request.threadCount = 1;
  request.allowMissingImports = true;
  return driver::compile(request, input, diagnostics);
}

bool validate(const driver::Input &input, Diagnostics &diagnostics) {
  validate::Options options;
  options.threadCount = 1;
  return driver::loadModule(input, options, diagnostics).has_value();
}

/// The life of a process for one copy.
[[noreturn]] void runCopy(llvm::StringRef module, const Damage &damage,
                          unsigned slot) {
  const int log =
      open(slotFile(slot, ".log").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
  dup2(log, STDERR_FILENO);
  alarm(timeLimit);
  driver::Input input;
  input.sourceName = "damaged.wasm";
  input.file = std::make_unique<llvm::SmallVectorMemoryBuffer>(
      damagedCopy(module, damage), input.sourceName,
      /*RequiresNullTerminator=*/false);
  Diagnostics diagnostics;
  const bool isGood = stage == Stage::Build ? build(input, slot, diagnostics)
                                            : validate(input, diagnostics);
  _exit(isGood ? Valid : diagnostics.hasErrors() ? Refused : RefusedInSilence);
}

std::string complaint(int status, const rusage &usage) {
  if (WIFSIGNALED(status))
    return WTERMSIG(status) == SIGALRM
               ? "hangs"
               : llvm::formatv("killed by signal {0}", WTERMSIG(status)).str();
  if (WEXITSTATUS(status) == RefusedInSilence)
    return "refused without an error";
  if (WEXITSTATUS(status) != Refused && WEXITSTATUS(status) != Valid)
    return llvm::formatv("exit {0}", WEXITSTATUS(status));
  if (static_cast<uint64_t>(usage.ru_maxrss) * 1024 > MemoryLimit)
    return llvm::formatv("takes {0} MiB", usage.ru_maxrss / 1024);
  return "";
}

void keepLog(unsigned slot) {
  auto log = llvm::MemoryBuffer::getFile(slotFile(slot, ".log"));
  if (log)
    llvm::outs() << (*log)->getBuffer().take_front(3000) << "\n";
}

void account(const Running &done, int status, const rusage &usage,
             Totals &totals) {
  const std::chrono::duration<double> time =
      std::chrono::steady_clock::now() - done.start;
  totals.slowestSeconds = std::max(totals.slowestSeconds, time.count());
  totals.largestBytes =
      std::max(totals.largestBytes, uint64_t(usage.ru_maxrss) * 1024);
  const std::string problem = complaint(status, usage);
  if (!problem.empty()) {
    llvm::outs() << "FAILED: " << describe(done.damage) << ": " << problem
                 << "\n";
    keepLog(done.slot);
    ++totals.failures;
  } else if (WEXITSTATUS(status) == Valid) {
    ++totals.valid;
  } else {
    ++totals.refused;
  }
}

Totals runAll(llvm::StringRef module, llvm::ArrayRef<Damage> all) {
  Totals totals;
  std::map<pid_t, Running> running;
  std::vector<unsigned> freeSlots;
  for (unsigned slot = 0; slot < jobCount; ++slot)
    freeSlots.push_back(slot);
  while (!all.empty() || !running.empty()) {
    if (!all.empty() && !freeSlots.empty()) {
      const Running next = {all.front(), freeSlots.back(),
                            std::chrono::steady_clock::now()};
      const pid_t child = fork();
      if (child < 0)
        llvm::report_fatal_error("cannot fork");
      if (child == 0)
        runCopy(module, next.damage, next.slot);
      running[child] = next;
      freeSlots.pop_back();
      all = all.drop_front();
      continue;
    }
    int status;
    rusage usage;
    const pid_t child = wait4(-1, &status, 0, &usage);
    account(running.at(child), status, usage, totals);
    freeSlots.push_back(running.at(child).slot);
    running.erase(child);
  }
  return totals;
}

} // namespace

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "Damages a module in many ways\n");
  Diagnostics diagnostics;
  auto module = driver::readInput(modulePath, diagnostics);
  if (!module || module->file->getBufferSize() == 0) {
    llvm::errs() << "cannot read " << modulePath << "\n";
    return 2;
  }
  codegen::initialize();
  const llvm::StringRef bytes = module->file->getBuffer();
  const Totals totals = runAll(bytes, chooseDamage(bytes.size()));
  llvm::outs() << llvm::formatv(
      "{0} of {1} bytes, {2} cuts, {3} flips: {4} refused, {5} valid, "
      "{6} failed; slowest {7:f1} s, largest {8} MiB\n",
      llvm::sys::path::filename(modulePath), bytes.size(), cutCount.getValue(),
      flipCount.getValue(), totals.refused, totals.valid, totals.failures,
      totals.slowestSeconds, totals.largestBytes >> 20);
  return totals.failures == 0 ? 0 : 1;
}

//===- main.cpp - wrought_spec: the spec suite, natively ------------------===//
//
// See tests/README.md. Exit codes: 0, 1 when something failed, 2 for usage, 77
// when the suite or the target's emulator is not there (CTest skips the test).
//
//===----------------------------------------------------------------------===//

#include "linker/link.h"
#include "lists.h"
#include "worker_pool.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdlib>

using namespace wrought;
using namespace wrought::spec;
using llvm::StringRef;

namespace {

constexpr int ExitUsage = 2, ExitSkipped = 77;

constexpr const char *Usage =
    R"(usage: wrought_spec [options] [SCRIPT|DIR]...
Runs scripts of the WebAssembly spec suite; a path may be relative to the suite,
which is $WROUGHT_SPEC_DIR or ../shared/spec-testsuite beside the checkout.
Without a path: core.
  -O0|-O1|-O2|-O3          level of optimisation (default -O2)
  --bounds-checks MODE     guard (default) or explicit
  --model MODEL            static (default) or pointer: how code finds instances
  --extra-memories MODE    guard (default) or explicit
  --deterministic          NaN bits and relaxed results as on all targets
  --cpu NAME, --features LIST
                           what the code may use (default: the baseline)
  --target NAME            default: the host; others run under their emulator
  --emulator "COMMAND..."  run programs under this one, with its options
  --validate-only          check modules, compile nothing
  --jobs N                 scripts side by side (default 2)
  --timeout SECONDS        for each native program (default 60)
  --filter TEXT            only scripts whose name contains TEXT
  --expected FILE          list of expected failures
  --left-out FILE          list of scripts that are not translated completely
  --no-lists               use neither list
  --keep DIR               keep the executables in DIR
  --max-failures N         failures to print for each script (default 10)
  --summary                print counts only
)";

struct Settings {
  RunOptions run;
  std::vector<std::string> paths;
  std::string target;
  std::string cpu, features;
  std::string emulator;
  std::string filter;
  std::string expectedFile = WROUGHT_SPEC_LISTS "/expected_failures.txt";
  std::string leftOutFile = WROUGHT_SPEC_LISTS "/not_translated.txt";
  unsigned jobs = 2;
  unsigned maxFailures = 10;
  bool useLists = true;
  bool summaryOnly = false;
};

/// Reads the command line; false after saying what is wrong with it.
class OptionReader {
public:
  OptionReader(int count, char **arguments)
      : arguments_(arguments + 1, arguments + count) {}

  bool read(Settings &settings) {
    while (next_ < arguments_.size())
      if (!readOne(arguments_[next_++], settings))
        return false;
    return true;
  }

private:
  bool readOne(StringRef option, Settings &settings) {
    if (!option.starts_with("-")) {
      settings.paths.push_back(option.str());
      return true;
    }
    if (option.size() == 3 && option.consume_front("-O"))
      return readLevel(option, settings.run);
    if (option == "--validate-only")
      settings.run.validateOnly = true;
    else if (option == "--deterministic")
      settings.run.isDeterministic = true;
    else if (option == "--summary")
      settings.summaryOnly = true;
    else if (option == "--no-lists")
      settings.useLists = false;
    else
      return readWithValue(option, settings);
    return true;
  }

  bool readWithValue(StringRef option, Settings &settings) {
    if (option == "--bounds-checks")
      return readBoundsChecks(settings.run);
    if (option == "--model")
      return readModel(settings.run);
    if (option == "--extra-memories")
      return readExtraMemories(settings.run);
    if (option == "--target")
      return value(option, settings.target);
    if (option == "--cpu")
      return value(option, settings.cpu);
    if (option == "--features")
      return value(option, settings.features);
    if (option == "--emulator")
      return value(option, settings.emulator);
    if (option == "--jobs")
      return number(option, settings.jobs);
    if (option == "--timeout")
      return number(option, settings.run.timeoutSeconds);
    if (option == "--max-failures")
      return number(option, settings.maxFailures);
    if (option == "--filter")
      return value(option, settings.filter);
    if (option == "--expected")
      return value(option, settings.expectedFile);
    if (option == "--left-out")
      return value(option, settings.leftOutFile);
    if (option == "--keep")
      return value(option, settings.run.keepDirectory);
    return complain("unknown option: " + option);
  }

  bool readLevel(StringRef digit, RunOptions &run) {
    using codegen::OptLevel;
    constexpr OptLevel Levels[] = {OptLevel::O0, OptLevel::O1, OptLevel::O2,
                                   OptLevel::O3};
    if (digit.getAsInteger(10, run.optLevel) || run.optLevel > 3)
      return complain("unknown option: -O" + digit);
    run.level = Levels[run.optLevel];
    return true;
  }

  bool readBoundsChecks(RunOptions &run) {
    std::string mode;
    if (!value("--bounds-checks", mode))
      return false;
    if (mode != "guard" && mode != "explicit")
      return complain("--bounds-checks is guard or explicit");
    run.boundsChecks = mode == "guard" ? translate::BoundsChecks::Guard
                                       : translate::BoundsChecks::Explicit;
    return true;
  }

  bool readModel(RunOptions &run) {
    std::string model;
    if (!value("--model", model))
      return false;
    if (model != "static" && model != "pointer")
      return complain("--model is static or pointer");
    run.isInstancePointer = model == "pointer";
    return true;
  }

  bool readExtraMemories(RunOptions &run) {
    std::string mode;
    if (!value("--extra-memories", mode))
      return false;
    if (mode != "guard" && mode != "explicit")
      return complain("--extra-memories is guard or explicit");
    run.guardsExtraMemories = mode == "guard";
    return true;
  }

  bool value(StringRef option, std::string &into) {
    if (next_ == arguments_.size())
      return complain(option + " needs a value");
    into = arguments_[next_++];
    return true;
  }

  bool number(StringRef option, unsigned &into) {
    std::string text;
    if (!value(option, text))
      return false;
    if (StringRef(text).getAsInteger(10, into) || into == 0)
      return complain(option + " needs a positive number");
    return true;
  }

  bool complain(const llvm::Twine &message) {
    llvm::errs() << "wrought_spec: " << message << '\n' << Usage;
    return false;
  }

  std::vector<std::string> arguments_;
  size_t next_ = 0;
};

/// Counts of one kind of command over all scripts.
struct Tally {
  unsigned checked = 0, failed = 0, expected = 0, notTranslated = 0;
};

class Run {
public:
  explicit Run(Settings &settings) : settings_(settings) {}

  bool readLists() {
    if (!settings_.useLists)
      return true;
    return readExpectedFailures(settings_.expectedFile, expected_) &&
           readLeftOut(settings_.leftOutFile, leftOut_);
  }
  void run(const std::vector<Script> &scripts);
  int summarize();

private:
  void take(const Script &script, ScriptResult result);
  bool isExpected(const Script &script, const Failure &failure);
  void checkLists(const Script &script, const ScriptResult &result);
  void printFailure(const Script &script, const Failure &failure);

  Settings &settings_;
  std::vector<ExpectedFailure> expected_;
  std::vector<LeftOut> leftOut_;
  std::vector<bool> wasSeen_; ///< of expected_, within the current script
  std::map<std::string, Tally> tallies_;
  unsigned scriptCount_ = 0, notTranslatedScripts_ = 0, printed_ = 0;
};

void Run::run(const std::vector<Script> &scripts) {
  scriptCount_ = static_cast<unsigned>(scripts.size());
  const unsigned compileSeconds = 600;
  runInWorkers(
      scripts, settings_.jobs, settings_.run.timeoutSeconds + compileSeconds,
      [&](const Script &script) {
        bool mayLeaveOut = !settings_.useLists ||
                           findLeftOut(leftOut_, script.name) != nullptr;
        return runScript(script.path, script.name, mayLeaveOut, settings_.run);
      },
      [&](const Script &script, ScriptResult result) {
        take(script, std::move(result));
      });
}

bool Run::isExpected(const Script &script, const Failure &failure) {
  bool found = false;
  for (size_t i = 0; i < expected_.size(); ++i)
    if (expected_[i].name == script.name &&
        expected_[i].line.value_or(failure.line) == failure.line)
      wasSeen_[i] = found = true;
  return found;
}

void Run::printFailure(const Script &script, const Failure &failure) {
  if (settings_.summaryOnly || ++printed_ > settings_.maxFailures)
    return;
  llvm::outs() << "FAIL " << script.name << ':' << failure.line << ": "
               << failure.kind << ": " << failure.detail << '\n';
}

/// Entries of the lists that this script did not need make failures.
void Run::checkLists(const Script &script, const ScriptResult &result) {
  auto fail = [&](uint32_t line, const std::string &detail) {
    ++tallies_["list"].checked;
    ++tallies_["list"].failed;
    printFailure(script, {line, "list", detail});
  };
  for (size_t i = 0; i < expected_.size(); ++i) {
    const ExpectedFailure &entry = expected_[i];
    if (entry.name != script.name || wasSeen_[i])
      continue;
    if (!settings_.run.validateOnly ||
        (entry.line && result.checkedLines.count(*entry.line)))
      fail(entry.line.value_or(0),
           "passes, though expected to fail: " + entry.reason);
  }
  const LeftOut *leftOut = findLeftOut(leftOut_, script.name);
  if (leftOut && !leftOut->isFolder() && result.notTranslated.empty() &&
      result.failures.empty() && !settings_.run.validateOnly)
    fail(0, "translated completely, though listed as not: " + leftOut->reason);
}

void Run::take(const Script &script, ScriptResult result) {
  printed_ = 0;
  wasSeen_.assign(expected_.size(), false);
  for (const auto &[kind, count] : result.checked)
    tallies_[kind].checked += count;
  for (const auto &[kind, count] : result.notTranslated)
    tallies_[kind].notTranslated += count;
  notTranslatedScripts_ += !result.notTranslated.empty();
  for (const Failure &failure : result.failures) {
    Tally &tally = tallies_[failure.kind];
    if (isExpected(script, failure)) {
      ++tally.expected;
      continue;
    }
    ++tally.failed;
    printFailure(script, failure);
  }
  checkLists(script, result);
  if (printed_ > settings_.maxFailures && !settings_.summaryOnly)
    llvm::outs() << "     " << script.name << ": "
                 << printed_ - settings_.maxFailures << " more\n";
  llvm::outs().flush();
}

int Run::summarize() {
  Tally all;
  unsigned leftOutCommands = 0;
  for (const auto &[kind, tally] : tallies_) {
    unsigned passed = tally.checked - tally.failed - tally.expected;
    llvm::outs() << llvm::formatv("{0,-18} {1,6} passed {2,5} failed", kind,
                                  passed, tally.failed);
    if (tally.expected)
      llvm::outs() << llvm::formatv(" {0,5} expected", tally.expected);
    if (tally.notTranslated)
      llvm::outs() << llvm::formatv(" {0,6} not translated",
                                    tally.notTranslated);
    llvm::outs() << '\n';
    all.checked += passed;
    all.failed += tally.failed;
    all.expected += tally.expected;
    leftOutCommands += tally.notTranslated;
  }
  llvm::outs() << "scripts: " << scriptCount_
               << ", not translated: " << notTranslatedScripts_ << " scripts ("
               << leftOutCommands
               << " commands), expected failures: " << all.expected << '\n'
               << all.checked << " passed, " << all.failed << " failed\n";
  return all.failed == 0 ? 0 : 1;
}

std::string suiteFolder() {
  if (const char *folder = std::getenv("WROUGHT_SPEC_DIR"))
    return folder;
  return WROUGHT_PROJECT_DIR "/../shared/spec-testsuite";
}

std::string realPath(const std::string &path) {
  llvm::SmallString<256> real;
  return llvm::sys::fs::real_path(path, real) ? "" : real.str().str();
}

/// Finds the scripts of all paths; false after saying which is missing.
bool collectScripts(const Settings &settings, const std::string &suite,
                    std::vector<Script> &scripts) {
  std::vector<std::string> roots{realPath(suite),
                                 realPath(WROUGHT_PROJECT_DIR)};
  for (const std::string &path : settings.paths) {
    auto found = findScripts(path, roots);
    if (found.empty())
      found = findScripts(suite + "/" + path, roots);
    if (found.empty()) {
      llvm::errs() << "wrought_spec: no scripts at " << path << '\n';
      return false;
    }
    for (Script &script : found)
      if (StringRef(script.name).contains(settings.filter))
        scripts.push_back(std::move(script));
  }
  return true;
}

/// Chooses what programs run under; false after saying that it is missing.
bool prepareEmulator(Settings &settings) {
  RunOptions &run = settings.run;
  std::string command = settings.emulator;
  if (command.empty() && run.target != targets::host())
    command = run.target->qemu.str();
  llvm::SmallVector<StringRef> words;
  llvm::SplitString(command, words);
  run.emulator.assign(words.begin(), words.end());
  if (run.emulator.empty() ||
      llvm::sys::findProgramByName(run.emulator.front()))
    return true;
  llvm::outs() << "skipped: missing " << run.emulator.front() << '\n';
  return false;
}

/// False where this machine cannot run code for the CPU.
bool runsHere(const RunOptions &run) {
  if (!run.emulator.empty())
    return true;
  std::string message;
  const auto native = targets::selectCpu(*run.target, "native", "", message);
  const uint64_t missing =
      targets::requiredFeatures(*run.target, run.cpu) &
      ~(native ? targets::requiredFeatures(*run.target, *native) : 0);
  if (missing == 0)
    return true;
  llvm::outs() << "skipped: this machine lacks "
               << llvm::join(targets::featureNames(*run.target, missing), ", ")
               << '\n';
  return false;
}

/// Fills in what compiling needs beside options: 0, or how to exit after saying
/// what is missing.
int prepareTarget(Settings &settings) {
  RunOptions &run = settings.run;
  run.target = settings.target.empty() ? targets::host()
                                       : targets::find(settings.target);
  if (!run.target) {
    llvm::errs() << "wrought_spec: unknown target\n";
    return ExitUsage;
  }
  if (run.validateOnly)
    return 0;
  std::string message;
  auto cpu =
      targets::selectCpu(*run.target, settings.cpu, settings.features, message);
  if (!cpu) {
    llvm::errs() << "wrought_spec: " << message << '\n';
    return ExitUsage;
  }
  run.cpu = *cpu;
  if (!prepareEmulator(settings) || !runsHere(run))
    return ExitSkipped;
  codegen::initialize();
  Diagnostics diagnostics;
  run.runtimeArchive = linker::findRuntimeArchive(*run.target, diagnostics);
  for (const Diagnostic &diagnostic : diagnostics.all())
    render(diagnostic, DiagnosticStyle::Text, false, llvm::errs());
  run.harnessObject = (WROUGHT_SPEC_HARNESS_DIR "/" + run.target->name +
                       "/tests/spec/harness.cpp.o")
                          .str();
  if (!llvm::sys::fs::exists(run.harnessObject)) {
    llvm::errs() << "wrought_spec: no harness for " << run.target->name << '\n';
    return ExitUsage;
  }
  return run.runtimeArchive.empty() ? ExitUsage : 0;
}

} // namespace

int main(int count, char **arguments) {
  if (count == 2 && StringRef(arguments[1]) == "--help") {
    llvm::outs() << Usage;
    return 0;
  }
  Settings settings;
  if (!OptionReader(count, arguments).read(settings))
    return ExitUsage;
  std::string suite = suiteFolder();
  if (settings.paths.empty())
    settings.paths.push_back(suite + "/core");
  if (!llvm::sys::fs::is_directory(suite) &&
      !llvm::sys::fs::exists(settings.paths.front())) {
    llvm::outs() << "skipped: no spec suite at " << suite
                 << " (set WROUGHT_SPEC_DIR)\n";
    return ExitSkipped;
  }
  if (!settings.run.keepDirectory.empty() &&
      llvm::sys::fs::create_directories(settings.run.keepDirectory)) {
    llvm::errs() << "wrought_spec: cannot make " << settings.run.keepDirectory
                 << '\n';
    return ExitUsage;
  }
  Run run(settings);
  std::vector<Script> scripts;
  if (int status = prepareTarget(settings))
    return status;
  if (!run.readLists() || !collectScripts(settings, suite, scripts))
    return ExitUsage;
  run.run(scripts);
  return run.summarize();
}

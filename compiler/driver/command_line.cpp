#include "driver/command_line.h"
#include "bundle/signing.h"
#include "driver/inspect.h"
#include "driver/options.h"
#include "driver/pack.h"
#include "driver/progress.h"
#include "driver/rebuild_check.h"
#include "driver/run.h"
#include "driver/timing.h"
#include "driver/unpack.h"
#include "linker/output_file.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

namespace wrought::driver {

/// Whether standard error is a terminal that can redraw a line.
static bool isTerminal() {
  const auto kind = llvm::sys::Process::GetEnv("TERM");
  return llvm::sys::Process::StandardErrIsDisplayed() && kind &&
         *kind != "dumb";
}

static bool wantsColor(const Options &options) {
  if (options.color != When::Auto)
    return options.color == When::Always;
  return isTerminal() && !llvm::sys::Process::GetEnv("NO_COLOR");
}

/// Compiles with what the user wants to see of it: progress and timings.
static bool build(const Options &options, CompileRequest request,
                  const Input *input, llvm::raw_ostream &err,
                  Diagnostics &diagnostics) {
  std::vector<StageTime> timings;
  if (options.printTimings || options.report)
    request.timings = &timings;
  BuildReport report;
  if (options.report) {
    report.wantsFunctions = options.report->wantsFunctions;
    request.report = &report;
  }
  ProgressLine progress(err);
  if (options.progress == When::Auto && isTerminal())
    request.onProgress = [&](size_t done, size_t total, llvm::StringRef stage) {
      progress.show(done, total, stage);
    };
  const bool isBuilt = input ? compile(request, *input, diagnostics)
                             : compile(request, diagnostics);
  progress.erase();
  if (options.printTimings)
    printTimings(timings, err);
  const bool isReported =
      !options.report ||
      writeReport(*options.report, report, request, timings,
                  isBuilt && !diagnostics.hasErrors(), diagnostics);
  return isBuilt && isReported;
}

/// Takes what was built before, or builds.
static bool buildOrTake(const Options &options, const CompileRequest &request,
                        const Input *input, llvm::raw_ostream &err,
                        Diagnostics &diagnostics) {
  // A report tells of the building.
  if (!options.usesCache || options.report)
    return build(options, request, input, err, diagnostics);
  BuildCache cache(options.cache);
  std::string message;
  if (!cache.open(message)) {
    diagnostics.warning({}, message + "; building without it");
    return build(options, request, input, err, diagnostics);
  }
  std::optional<Input> own;
  if (!input) {
    own = readInputs(request, diagnostics);
    if (!own)
      return false;
    input = &*own;
  }
  bool isBuilt = false;
  const auto buildOne = [&](const CompileRequest &request, const Input &input) {
    isBuilt = true;
    return build(options, request, &input, err, diagnostics);
  };
  if (!cache.buildTo(request, *input, buildOne, diagnostics))
    return false;
  if (!isBuilt && options.printTimings)
    err << "cache hit\n";
  return true;
}

static void warnIfUnsafe(const Options &options, Diagnostics &diagnostics) {
  if (options.request.boundsChecks == translate::BoundsChecks::None)
    diagnostics.warning({}, "--bounds-checks none is unsafe: the module can "
                            "read and write all of the program's memory");
}

static void renderAll(const Options &options, Diagnostics &diagnostics,
                      llvm::raw_ostream &err) {
  for (const Diagnostic &diagnostic : diagnostics.all())
    render(diagnostic, options.diagnosticStyle, wantsColor(options), err);
  diagnostics.clear();
}

/// Builds and writes the rule for build systems, if it is wanted.
static bool buildAndRecord(const Options &options, llvm::raw_ostream &err,
                           Diagnostics &diagnostics) {
  const auto &rule = options.dependencies;
  if (rule && !linker::checkWritable(rule->file, diagnostics))
    return false;
  if (options.report &&
      !linker::checkWritable(options.report->file, diagnostics))
    return false;
  return buildOrTake(options, options.request, nullptr, err, diagnostics) &&
         (!rule || writeDependencies(*rule, options.request, diagnostics));
}

/// Returns only when there is something to report.
static bool buildAndExecute(const Options &options, llvm::raw_ostream &err,
                            Diagnostics &diagnostics) {
  CompileRequest request = options.request;
  const auto input = readInputs(request, diagnostics);
  // A missing emulator is missing before the work, too.
  if (!input || !planExecution(request, {}, diagnostics))
    return false;
  BuildCache cache(options.cache);
  std::string message;
  if (!cache.open(message)) {
    diagnostics.error(message);
    return false;
  }
  const auto program = cache.obtain(
      request, *input,
      [&](const CompileRequest &request, const Input &input) {
        return build(options, request, &input, err, diagnostics);
      },
      diagnostics);
  if (!program)
    return false;
  request.outputPath = *program;
  const auto execution = planExecution(request, options.arguments, diagnostics);
  if (!execution)
    return false;
  renderAll(options, diagnostics, err);
  err.flush();
  execute(*execution, diagnostics);
  return false;
}

static bool buildAndPack(const Options &options, llvm::raw_ostream &err,
                         Diagnostics &diagnostics) {
  const auto buildOne = [&](const CompileRequest &request, const Input &input) {
    return buildOrTake(options, request, &input, err, diagnostics);
  };
  return pack(options.package, buildOne, diagnostics);
}

static validate::Options validateOptions(const Options &options) {
  return {options.request.features, options.request.threadCount};
}

static bool validateOnly(const Options &options, llvm::raw_ostream &err,
                         Diagnostics &diagnostics) {
  std::vector<StageTime> timings;
  std::optional<Input> input;
  {
    StageTimer timer("read", &timings);
    input = readInput(options.request.inputPath, diagnostics);
  }
  const bool isValid = input && loadModule(*input, validateOptions(options),
                                           diagnostics, &timings);
  if (options.printTimings)
    printTimings(timings, err);
  return isValid;
}

static llvm::json::Value describeTarget(const targets::TargetSpec &target) {
  return llvm::json::Object{
      {"name", target.name},
      {"triple", target.triple},
      {"baselineCpu", target.baselineCpu},
      {"isHost", &target == targets::host()},
      {"cpus", llvm::json::Array(targets::cpuNames(target))}};
}

static void listTargets(bool asJson, llvm::raw_ostream &out) {
  if (asJson) {
    llvm::json::Array list;
    for (const targets::TargetSpec &target : targets::all())
      list.push_back(describeTarget(target));
    out << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(list)));
    return;
  }
  for (const targets::TargetSpec &target : targets::all())
    out << llvm::left_justify(target.name, 10)
        << llvm::left_justify(target.triple, 28) << "baseline CPU "
        << target.baselineCpu << ", " << targets::cpuNames(target).size()
        << " CPUs, " << targets::cpuFeatures(target).size() << " features"
        << (&target == targets::host() ? ", this machine" : "") << '\n';
}

static void showTargets(const Options &options, llvm::raw_ostream &out) {
  if (options.cpusOf)
    for (const std::string &name : targets::cpuNames(*options.cpusOf))
      out << name << '\n';
  if (options.featuresOf)
    for (const auto &feature : targets::cpuFeatures(*options.featuresOf))
      out << llvm::left_justify(feature.name, 32) << feature.description
          << '\n';
  if (!options.cpusOf && !options.featuresOf)
    listTargets(options.json, out);
}

static bool dispatch(Options &options, llvm::raw_ostream &out,
                     llvm::raw_ostream &err, Diagnostics &diagnostics) {
  if (!readProfiles(options.request, diagnostics))
    return false;
  switch (options.command) {
  case Command::Build:
    warnIfUnsafe(options, diagnostics);
    if (options.plan)
      return writePlan(*options.plan, options.request, diagnostics);
    return buildAndRecord(options, err, diagnostics);
  case Command::Run:
    warnIfUnsafe(options, diagnostics);
    return buildAndExecute(options, err, diagnostics);
  case Command::Validate:
    return validateOnly(options, err, diagnostics);
  case Command::Inspect:
    return inspect(options.request.inputPath, validateOptions(options),
                   options.json, out, diagnostics);
  case Command::Unit:
    return runUnitStep(options.unitStep, diagnostics);
  case Command::Targets:
    showTargets(options, out);
    return true;
  case Command::Pack:
    warnIfUnsafe(options, diagnostics);
    return buildAndPack(options, err, diagnostics);
  case Command::Unpack:
    return unpack(options.package, diagnostics);
  case Command::Verify:
    return verify(options.package, diagnostics);
  case Command::RebuildCheck:
    return rebuildCheck(
        options.package, options.request,
        [&](const CompileRequest &request, const Input &input) {
          return build(options, request, &input, err, diagnostics);
        },
        diagnostics);
  case Command::Keygen:
    return bundle::generateKey(options.package.output, diagnostics);
  }
  return false;
}

static int reportUsage(const ParsedCommandLine &parsed, llvm::raw_ostream &out,
                       llvm::raw_ostream &err) {
  out << parsed.output;
  if (!parsed.message.empty()) {
    render({Severity::Error, {}, parsed.message}, DiagnosticStyle::Text,
           /*color=*/false, err);
    err << "see 'wrought --help'\n";
  }
  return parsed.exitCode;
}

int runCommandLine(llvm::ArrayRef<std::string> arguments,
                   llvm::raw_ostream &out, llvm::raw_ostream &err) {
  ParsedCommandLine parsed = parseCommandLine(arguments);
  if (!parsed.options)
    return reportUsage(parsed, out, err);
  Options &options = *parsed.options;
  Diagnostics diagnostics;
  const bool isDone = dispatch(options, out, err, diagnostics);
  out.flush();
  const bool hasErrors = diagnostics.hasErrors();
  renderAll(options, diagnostics, err);
  return isDone && !hasErrors ? 0 : 1;
}

} // namespace wrought::driver

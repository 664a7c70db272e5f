//===- options.cpp - Flags, by CLI11 --------------------------------------===//
//
// CLI11 reads the words; option_values.cpp reads what stands behind them. The
// file of --config becomes flags in front of the user's, so that both say the
// same things and the command line wins. The only file with exceptions, which
// CLI11 throws; they end in parseCommandLine.
//
//===----------------------------------------------------------------------===//

#include "driver/options.h"
#include "bundle/write_bundle.h"
#include "driver/command_description.h"
#include "driver/command_words.h"
#include "driver/option_values.h"
#include "driver/version.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Process.h"

#include <CLI/CLI.hpp>

#include <fstream>

namespace wrought::driver {

namespace {

struct RawCache {
  std::string folder, byteLimit, url, mode;
  unsigned timeoutSeconds = cache::RemoteOptions().timeoutSeconds;
};

/// Of pack and of what reads bundles.
struct RawPackage {
  std::vector<std::string> cpus, cpuFeatures, extraFiles;
  std::string name, version = "0", format = "bundle";
  std::string signingKey, publicKey, module, billOfMaterials, provenance;
  int compressionLevel = bundle::DefaultCompressionLevel;
  bool includesModule = false;
};

/// What the flags hold, before it is looked into.
struct RawOptions {
  std::vector<std::string> inputs; ///< of build and run, instead of input
  std::string input, output, emit, target, cpu, level = "2";
  std::string boundsChecks = "guard", extraMemories = "guard";
  std::vector<std::string> cpuFeatures, wasmFeatures;
  std::string maxMemory, stackSize, maxHeap, fuel, profileGenerate;
  std::vector<std::string> profiles;
  uint64_t maxThreads = translate::Config().maxThreadCount;
  std::vector<std::string> grants, environment, listeners;
  std::array<std::string, 3> streams;
  std::string argv0, config, cpusOf, featuresOf;
  std::string progress = "auto", color = "auto", diagnostics = "text";
  std::string dependencyFile, dependencyTarget;
  std::string report, plan, planFile, unitStep;
  std::vector<size_t> unitNumbers;
  bool writesDependencies = false, reportsFunctions = false;
  unsigned threadCount = 0;
  bool debugInfo = false, strip = false, isSealed = false;
  bool inheritsEnvironment = false, allowMissingImports = false;
  bool relaxedTraps = false, deterministic = false, interruptible = false;
  bool printTimings = false, json = false;
  RawPackage package;
  RawCache cache;
};

/// Usage errors that CLI11 does not see.
struct UsageError {
  std::string message;
};

CLI::Option *addValue(CLI::App &app, const char *flag, std::string &value,
                      const char *help) {
  return app.add_option(flag, value, help)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void addList(CLI::App &app, const char *flag, std::vector<std::string> &values,
             const char *what, const char *help) {
  app.add_option(flag, values, help)
      ->option_text(what)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void addFlag(CLI::App &app, const char *flag, bool &value, const char *help) {
  app.add_flag(flag, value, help)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void addReporting(CLI::App &app, RawOptions &raw) {
  addValue(app, "--color", raw.color, "Colours in messages (auto)")
      ->option_text("auto|always|never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  addValue(app, "--diagnostics", raw.diagnostics,
           "Form of messages; json is one object a line")
      ->option_text("text|json")
      ->check(CLI::IsMember({"text", "json"}));
  addFlag(app, "--print-timings", raw.printTimings,
          "Print the time of each stage and the peak of memory");
}

void addJobs(CLI::App &app, RawOptions &raw) {
  app.add_option("-j,--jobs", raw.threadCount, "Threads (default: all cores)")
      ->option_text("N")
      ->check(CLI::Range(1u, 1024u))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void addReading(CLI::App &app, RawOptions &raw) {
  addJobs(app, raw);
  addList(app, "--wasm-features", raw.wasmFeatures, "LIST",
          "Features to allow, or with - not to: simd,-threads,…");
}

void addTargetFlags(CLI::App &app, RawOptions &raw) {
  addValue(app, "--target", raw.target,
           "Target, by name or triple (default: this machine's)")
      ->option_text("NAME");
  addValue(app, "--cpu", raw.cpu,
           "CPU to make code for, or native (default: a portable baseline); of "
           "several, the program takes the best when it starts")
      ->option_text("NAME[,NAME...]");
  addList(app, "--features", raw.cpuFeatures, "LIST", "CPU features: +a,-b,…");
}

void addPackTargetFlags(CLI::App &app, RawOptions &raw) {
  addValue(app, "--target", raw.target,
           "Targets, by name or triple (default: this machine's)")
      ->option_text("NAME[,NAME...]");
  addList(app, "--cpu", raw.package.cpus, "[TARGET=]NAME[,NAME...]",
          "CPUs of a target (default: a portable baseline)");
  addList(app, "--features", raw.package.cpuFeatures, "[TARGET=]LIST",
          "CPU features of a target: +a,-b,…");
}

void addCodeFlags(CLI::App &app, RawOptions &raw) {
  addValue(app, "-O,--opt-level", raw.level, "Optimisation (2)")
      ->option_text("0|1|2|3|s|z")
      ->check(CLI::IsMember({"0", "1", "2", "3", "s", "z"}));
}

void addSandboxFlags(CLI::App &app, RawOptions &raw) {
  addValue(app, "--bounds-checks", raw.boundsChecks,
           "How memory accesses are confined (guard); none is UNSAFE: the "
           "module can reach all of the program's memory")
      ->option_text("guard|explicit|none")
      ->check(CLI::IsMember({"guard", "explicit", "none"}));
  addValue(app, "--extra-memories", raw.extraMemories,
           "With guard: how memories after the first are confined (guard, as "
           "far as there is room for it)")
      ->option_text("guard|explicit")
      ->check(CLI::IsMember({"guard", "explicit"}));
  addFlag(app, "--relaxed-traps", raw.relaxedTraps,
          "Loads whose values are unused need not trap");
  addFlag(app, "--deterministic", raw.deterministic,
          "NaN bits and relaxed SIMD are the same on all targets");
  addFlag(app, "--interruptible", raw.interruptible,
          "Hosts of a library can stop calls (NAME_interrupt)");
  app.add_flag("--fuel", raw.fuel,
               "Count executed instructions; =N: stop after so many")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  addFlag(app, "--allow-missing-imports", raw.allowMissingImports,
          "Functions that nobody provides trap when they are called");
  addValue(app, "--max-memory", raw.maxMemory, "Cap on each memory")
      ->option_text("SIZE");
  addValue(app, "--stack-size", raw.stackSize, "The stack of a thread (8MiB)")
      ->option_text("SIZE");
  addValue(app, "--max-heap", raw.maxHeap,
           "Collected objects of a thread or a library's instance (1GiB)")
      ->option_text("SIZE");
  app.add_option("--max-threads", raw.maxThreads,
                 "Threads that may run beside the first (1024)")
      ->option_text("N")
      ->check(CLI::Range(uint64_t{0}, uint64_t{1} << 22))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void addGrantFlags(CLI::App &app, RawOptions &raw) {
  addList(app, "--dir", raw.grants, "HOST[::GUEST][:ro]",
          "Grant a directory (default: none)");
  addList(app, "--env", raw.environment, "K[=V]",
          "Set a variable, or keep the value that it has now");
  addFlag(app, "--inherit-env", raw.inheritsEnvironment,
          "Give the program the environment that it is started with");
  addList(app, "--listen", raw.listeners, "ADDRESS:PORT",
          "Grant a socket that listens there");
  constexpr const char *StreamFlags[] = {"--stdin", "--stdout", "--stderr"};
  for (size_t number = 0; number < raw.streams.size(); ++number)
    addValue(app, StreamFlags[number], raw.streams[number],
             "What the program's stream is (inherit)")
        ->option_text("inherit|null|FILE");
  addValue(app, "--argv0", raw.argv0, "The program's name as it sees it")
      ->option_text("NAME");
  addFlag(app, "--sealed", raw.isSealed,
          "Ignore WROUGHT_GRANTS, WROUGHT_FUEL, WROUGHT_PROFILE_FILE and "
          "LISTEN_FDS when the program runs");
}

void addCacheFlags(CLI::App &app, RawCache &raw) {
  addValue(app, "--cache", raw.folder,
           "Folder that keeps what was built (WROUGHT_CACHE_DIR)")
      ->option_text("FOLDER");
  addValue(app, "--cache-size", raw.byteLimit,
           "What it may hold (WROUGHT_CACHE_SIZE, 1GiB)")
      ->option_text("SIZE");
  addValue(app, "--remote-cache", raw.url,
           "Server that keeps what others built (WROUGHT_REMOTE_CACHE)")
      ->option_text("URL");
  addValue(app, "--remote-cache-mode", raw.mode,
           "Whether to give it what is built here "
           "(WROUGHT_REMOTE_CACHE_MODE, read-write)")
      ->option_text("read-write|read-only");
  app.add_option("--remote-cache-timeout", raw.timeoutSeconds,
                 "Seconds that a transfer may take (60)")
      ->option_text("N")
      ->check(CLI::Range(1u, 86400u))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

/// All but the choice of targets.
void addCompileFlags(CLI::App &app, RawOptions &raw) {
  addCodeFlags(app, raw);
  addSandboxFlags(app, raw);
  addGrantFlags(app, raw);
  addFlag(app, "-g", raw.debugInfo, "Emit debug information");
  addFlag(app, "--strip", raw.strip, "Leave out symbols");
  addValue(app, "--progress", raw.progress,
           "A progress line, on a terminal only (auto)")
      ->option_text("auto|never")
      ->check(CLI::IsMember({"auto", "never"}));
  addValue(app, "--config", raw.config, "Read flags from a TOML file")
      ->option_text("FILE");
  addCacheFlags(app, raw.cache);
  addReading(app, raw);
  addReporting(app, raw);
}

void addProfileFlags(CLI::App &app, RawOptions &raw) {
  app.add_flag("--profile-generate", raw.profileGenerate,
               "The program counts what it executes and writes a profile when "
               "it ends; =FILE: there (default.wprof)")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  addList(app, "--profile-use", raw.profiles, "FILE[,FILE...]",
          "Optimise for what these profiles show: those of "
          "--profile-generate, or sampled ones (LLVM's text form)");
}

/// What a build says of itself to build systems and pipelines.
void addRecordFlags(CLI::App &app, RawOptions &raw) {
  addFlag(app, "--write-dependencies", raw.writesDependencies,
          "Also write what the output was made from, as a rule for make and "
          "Ninja (-MD)");
  addValue(app, "--dependency-file", raw.dependencyFile,
           "Where that rule goes (-MF; default: OUTPUT.d, or the ending of an "
           "object replaced)")
      ->option_text("FILE");
  addValue(app, "--dependency-target", raw.dependencyTarget,
           "The output's name in that rule (-MT; default: OUTPUT)")
      ->option_text("NAME");
  addValue(app, "--report", raw.report,
           "Write times, sizes and messages as JSON, also when the build fails")
      ->option_text("FILE");
  addFlag(app, "--report-functions", raw.reportsFunctions,
          "Put each function's code size into the report");
  addValue(app, "--emit-plan", raw.plan,
           "Do not build; write the steps of the build into the folder OUTPUT, "
           "for Ninja and machines that it is spread over")
      ->option_text("ninja")
      ->check(CLI::IsMember({"ninja"}));
}

/// The compilers' names of these flags, which CLI11 cannot spell. Ends where a
/// program's own arguments begin.
void expandDependencyFlags(std::vector<std::string> &words) {
  constexpr std::pair<llvm::StringLiteral, llvm::StringLiteral> Names[] = {
      {"-MD", "--write-dependencies"},
      {"-MF", "--dependency-file"},
      {"-MT", "--dependency-target"}};
  for (std::string &word : words)
    for (const auto &[name, meaning] : Names)
      if (word == name)
        word = meaning.str();
}

void addInput(CLI::App &app, RawOptions &raw, const char *help) {
  app.add_option("INPUT", raw.input, help)->required()->option_text(" ");
}

/// Modules that are linked.
void addInputs(CLI::App &app, RawOptions &raw, const char *help) {
  app.add_option("INPUT", raw.inputs, help)
      ->required()
      ->option_text("[NAME=]FILE ...");
}

constexpr llvm::StringLiteral CommandNames[] = {
    "build",  "run",    "validate", "inspect", "targets",      "pack",
    "unpack", "verify", "keygen",   "unit",    "rebuild-check"};

void definePack(CLI::App &app, RawOptions &raw) {
  CLI::App *pack = app.add_subcommand(
      "pack", "Build for several targets into one file that says what it is");
  addInput(*pack, raw, "Module (.wasm or .wat), - for standard input");
  addValue(*pack, "-o,--output", raw.output,
           "The bundle (default: the input's name with .wrb), or the folder "
           "of the image layout (…-oci)")
      ->option_text("OUTPUT");
  addValue(*pack, "--format", raw.package.format,
           "A bundle, or a container image for all the targets (bundle)")
      ->option_text("bundle|oci")
      ->check(CLI::IsMember({"bundle", "oci"}));
  addValue(*pack, "--name", raw.package.name,
           "Name of the package and of the programs in it (default: the "
           "input's)")
      ->option_text("NAME");
  addValue(*pack, "--package-version", raw.package.version,
           "Version of the package (0)")
      ->option_text("VERSION");
  addValue(*pack, "--emit", raw.emit, "What to pack for each target (exe)")
      ->option_text("exe|object")
      ->check(CLI::IsMember({"exe", "object"}));
  addFlag(*pack, "--include-module", raw.package.includesModule,
          "Also pack the module");
  addList(*pack, "--add", raw.package.extraFiles, "FILE[=NAME]",
          "Also pack a file: a header, a licence, …");
  addValue(*pack, "--sign", raw.package.signingKey,
           "Sign the bundle with this private key")
      ->option_text("KEY");
  addValue(*pack, "--sbom", raw.package.billOfMaterials,
           "Also write a bill of materials (CycloneDX)")
      ->option_text("FILE");
  addValue(*pack, "--provenance", raw.package.provenance,
           "Also write how it was made (in-toto, SLSA); signed with --sign")
      ->option_text("FILE");
  pack->add_option("--compression-level", raw.package.compressionLevel,
                   "Of zstd (" +
                       std::to_string(bundle::DefaultCompressionLevel) + ")")
      ->option_text("1-22")
      ->check(CLI::Range(1, 22))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  addPackTargetFlags(*pack, raw);
  addCompileFlags(*pack, raw);
}

void addPublicKey(CLI::App &app, RawOptions &raw) {
  addValue(app, "--key", raw.package.publicKey,
           "The bundle must be signed with the private half of this key")
      ->option_text("PUBLIC-KEY");
}

void defineBundleReaders(CLI::App &app, RawOptions &raw) {
  CLI::App *unpack =
      app.add_subcommand("unpack", "Take the files out of a bundle");
  addInput(*unpack, raw, "Bundle");
  addValue(*unpack, "-o,--output", raw.output,
           "Folder to write to (default: the current one)")
      ->option_text("FOLDER");
  addValue(*unpack, "--target", raw.target, "Only what is for these targets")
      ->option_text("NAME[,NAME...]");
  addPublicKey(*unpack, raw);
  addReporting(*unpack, raw);

  CLI::App *verify = app.add_subcommand(
      "verify", "Check every byte of a bundle; silent when it is whole");
  addInput(*verify, raw, "Bundle");
  addPublicKey(*verify, raw);
  addReporting(*verify, raw);

  CLI::App *rebuild = app.add_subcommand(
      "rebuild-check", "Build a bundle's programs again and compare");
  addInput(*rebuild, raw, "Bundle");
  rebuild->add_option("MODULE", raw.package.module, "What it was built from")
      ->required()
      ->option_text(" ");
  addList(*rebuild, "--env", raw.environment, "K[=V]",
          "Value of a variable that was baked in");
  addPublicKey(*rebuild, raw);
  addJobs(*rebuild, raw);
  addReporting(*rebuild, raw);

  CLI::App *keygen = app.add_subcommand(
      "keygen", "Make a key to sign bundles with: KEY and KEY.pub");
  keygen->add_option("KEY", raw.input, "File for the private key")
      ->required()
      ->option_text(" ");
  addReporting(*keygen, raw);
}

void defineCommands(CLI::App &app, RawOptions &raw) {
  app.description("Compiles WebAssembly to native programs, ahead of time.");
  app.require_subcommand(1);
  app.set_version_flag("--version", versionLine());

  CLI::App *build = app.add_subcommand("build", "Compile and link");
  addInputs(*build, raw,
            "Module (.wasm or .wat), - for standard input; of several, linked, "
            "the first is the main one, and each can be imported by its NAME "
            "(default: the file's without the ending)");
  addValue(*build, "-o,--output", raw.output,
           "Output, - for standard output (default: the input's name)")
      ->option_text("OUTPUT");
  addValue(*build, "--emit", raw.emit,
           "Form of output (default: by OUTPUT's ending, else exe)")
      ->option_text("exe|shared|static|object|llvm-ir|llvm-bc|asm");
  addTargetFlags(*build, raw);
  addCompileFlags(*build, raw);
  addProfileFlags(*build, raw);
  addRecordFlags(*build, raw);

  CLI::App *run = app.add_subcommand("run", "Build into the cache and execute");
  addInputs(*run, raw,
            "Module, or several as for build; the program's arguments follow "
            "after --");
  addTargetFlags(*run, raw);
  addCompileFlags(*run, raw);
  addProfileFlags(*run, raw);

  CLI::App *validate =
      app.add_subcommand("validate", "Check a module; silent when it is valid");
  addInput(*validate, raw, "Module (.wasm or .wat), - for standard input");
  addReading(*validate, raw);
  addReporting(*validate, raw);

  CLI::App *inspect = app.add_subcommand(
      "inspect", "Show what a module needs, or what a program was built from");
  addInput(*inspect, raw, "Module, or a program or object made by wrought");
  addFlag(*inspect, "--json", raw.json, "As JSON");
  addReading(*inspect, raw);
  addReporting(*inspect, raw);

  CLI::App *targets =
      app.add_subcommand("targets", "List what this build can compile for");
  addValue(*targets, "--cpus", raw.cpusOf, "List the CPUs of a target")
      ->option_text("TARGET");
  addValue(*targets, "--features", raw.featuresOf,
           "List the CPU features of a target")
      ->option_text("TARGET");
  addFlag(*targets, "--json", raw.json, "As JSON");
  addReporting(*targets, raw);
  definePack(app, raw);
  defineBundleReaders(app, raw);

  CLI::App *unit = app.add_subcommand(
      "unit", "Do a step of a plan, as the files of build --emit-plan say");
  unit->add_option("STEP", raw.unitStep, "translate, optimize, emit or link")
      ->required()
      ->option_text(" ")
      ->check(CLI::IsMember({"translate", "optimize", "emit", "link"}));
  unit->add_option("PLAN", raw.planFile, "The plan's plan.json")
      ->required()
      ->option_text(" ");
  unit->add_option("UNIT", raw.unitNumbers, "Numbers of units; none to link")
      ->option_text(" ");
  addReporting(*unit, raw);
  // Last, because commands inherit it.
  app.footer("'wrought IN.wasm -o OUT' is short for 'wrought build'. See "
             "'wrought COMMAND --help'.");
}

using Words = std::vector<std::string>;

/// Flags for what a TOML file says; sections other than `command`'s are not
/// read.
Words configWords(const std::string &file, const std::string &command) {
  std::ifstream stream(file);
  if (!stream.good())
    throw UsageError{"cannot read '" + file + "'"};
  Words words;
  for (const CLI::ConfigItem &item : CLI::ConfigTOML().from_config(stream)) {
    // "++" and "--" mark where a section begins and ends.
    if (item.name == "++" || item.name == "--")
      continue;
    if (!item.parents.empty() && item.parents != Words{command})
      continue;
    // `run` shares the files of `build`.
    if (command == "run" && (item.name == "output" || item.name == "emit"))
      continue;
    const std::string dashes = item.name.size() == 1 ? "-" : "--";
    for (const std::string &value : item.inputs)
      if (item.name.size() > 1)
        words.push_back(dashes + item.name + "=" + value);
      else if (value == "true")
        words.push_back(dashes + item.name);
      else if (value != "false")
        words.push_back(dashes + item.name + value);
  }
  return words;
}

/// The file behind --config; empty when there is none.
std::string configFile(const Words &words) {
  std::string file;
  for (size_t index = 0; index < words.size(); ++index)
    if (words[index] == "--config" && index + 1 < words.size())
      file = words[index + 1];
    else if (llvm::StringRef(words[index]).starts_with("--config="))
      file = words[index].substr(sizeof("--config=") - 1);
  return file;
}

When parseWhen(llvm::StringRef text) {
  return text == "never"    ? When::Never
         : text == "always" ? When::Always
                            : When::Auto;
}

/// The value of an option that passed CLI11's own check, or a usage error.
template <typename T>
T required(std::optional<T> value, const char *flag,
           const std::string &message) {
  if (!value)
    throw UsageError{std::string(flag) + ": " + message};
  return *value;
}

std::string targetNames() {
  std::string names;
  for (const targets::TargetSpec &target : targets::all())
    names += (names.empty() ? "" : ", ") + target.name.str();
  return names;
}

const targets::TargetSpec *targetNamed(const std::string &name,
                                       const char *flag) {
  if (const targets::TargetSpec *target = targets::find(name))
    return target;
  throw UsageError{std::string(flag) + ": unknown target '" + name +
                   "' (one of " + targetNames() + ", or a triple of these)"};
}

/// "a,b,c", each once.
std::vector<const targets::TargetSpec *>
readTargetList(const std::string &text) {
  std::vector<const targets::TargetSpec *> list;
  llvm::SmallVector<llvm::StringRef> names;
  llvm::StringRef(text).split(names, ',');
  for (llvm::StringRef name : names)
    if (const auto *target = targetNamed(name.trim().str(), "--target");
        !llvm::is_contained(list, target))
      list.push_back(target);
  return list;
}

/// "a,b,c", each once.
void readCpus(const RawOptions &raw, CompileRequest &request) {
  const std::string features = CLI::detail::join(raw.cpuFeatures, ",");
  llvm::SmallVector<llvm::StringRef> names;
  llvm::StringRef(raw.cpu).split(names, ',');
  std::vector<targets::CpuSelection> cpus;
  for (llvm::StringRef name : names) {
    name = name.trim();
    if (name.empty() && names.size() > 1)
      throw UsageError{"--cpu: '" + raw.cpu + "' has an empty name"};
    std::string message;
    const auto cpu =
        required(targets::selectCpu(*request.target, name, features, message),
                 "--cpu, --features", message);
    if (llvm::none_of(cpus, [&](const targets::CpuSelection &other) {
          return other.cpu == cpu.cpu && other.features == cpu.features;
        }))
      cpus.push_back(cpu);
  }
  request.cpu = cpus.front();
  request.furtherCpus.assign(cpus.begin() + 1, cpus.end());
}

void readTarget(const RawOptions &raw, CompileRequest &request) {
  if (!raw.target.empty())
    request.target = targetNamed(raw.target, "--target");
  else if (const targets::TargetSpec *host = targets::host())
    request.target = host;
  else
    throw UsageError{"this machine is no target: say --target"};
  readCpus(raw, request);
}

std::string environmentEntry(const std::string &text) {
  const size_t equals = text.find('=');
  if (text.empty() || equals == 0)
    throw UsageError{"--env: '" + text + "' is not K[=V]"};
  if (equals != std::string::npos)
    return text;
  auto value = llvm::sys::Process::GetEnv(text);
  if (!value)
    throw UsageError{"--env: '" + text + "' is not set"};
  return text + "=" + *value;
}

void readConfig(const RawOptions &raw, const CLI::App &command,
                translate::Config &config) {
  std::string message;
  for (const std::string &text : raw.grants)
    config.grants.push_back(
        required(parseGrant(text, message), "--dir", message));
  for (const std::string &text : raw.environment)
    config.environment.push_back(environmentEntry(text));
  for (const std::string &text : raw.listeners) {
    if (!isListenerAddress(text))
      throw UsageError{"--listen: '" + text +
                       "' is not ADDRESS:PORT (an IPv4 address, an IPv6 "
                       "address in brackets, localhost or *)"};
    config.listeners.push_back(text);
  }
  config.streams = raw.streams;
  config.inheritsEnvironment = raw.inheritsEnvironment;
  config.isSealed = raw.isSealed;
  if (command.count("--argv0"))
    config.argv0 = raw.argv0;
  config.maxThreadCount = raw.maxThreads;
  if (!raw.fuel.empty())
    config.fuel = required(parseFuel(raw.fuel), "--fuel",
                           "'" + raw.fuel + "' is no number of instructions");
  constexpr uint64_t Largest = uint64_t{64} << 30;
  if (!raw.stackSize.empty()) {
    constexpr uint64_t Smallest = uint64_t{64} << 10;
    const uint64_t length = required(parseByteLength(raw.stackSize, message),
                                     "--stack-size", message);
    if (length < Smallest || length > Largest)
      throw UsageError{"--stack-size: not between 64KiB and 64GiB"};
    config.stackByteLength = llvm::alignTo(length, Smallest);
  }
  if (!raw.maxHeap.empty()) {
    constexpr uint64_t Smallest = uint64_t{1} << 20;
    const uint64_t length =
        required(parseByteLength(raw.maxHeap, message), "--max-heap", message);
    if (length < Smallest || length > Largest)
      throw UsageError{"--max-heap: not between 1MiB and 64GiB"};
    config.heapByteLength = length;
  }
}

void readCompile(const RawOptions &raw, const CLI::App &command,
                 CompileRequest &request) {
  std::string message;
  readTarget(raw, request);
  readConfig(raw, command, request.config);
  request.level = required(parseOptLevel(raw.level), "-O", "unknown level");
  request.boundsChecks =
      required(parseBoundsChecks(raw.boundsChecks), "--bounds-checks", "");
  request.guardsExtraMemories = raw.extraMemories == "guard";
  if (!raw.maxMemory.empty())
    request.maxMemory = required(parseByteLength(raw.maxMemory, message),
                                 "--max-memory", message);
  request.relaxedTraps = raw.relaxedTraps;
  request.isDeterministic = raw.deterministic;
  request.isInterruptible = raw.interruptible;
  request.debugInfo = raw.debugInfo;
  request.strip = raw.strip;
  request.allowMissingImports = raw.allowMissingImports;
}

void readProfileFlags(const RawOptions &raw, CompileRequest &request) {
  // CLI11 gives a flag without a value this one.
  request.config.profilePath =
      raw.profileGenerate == "true" ? "default.wprof" : raw.profileGenerate;
  for (llvm::StringRef list : raw.profiles) {
    llvm::SmallVector<llvm::StringRef> paths;
    list.split(paths, ',');
    for (llvm::StringRef path : paths) {
      if (path.empty())
        throw UsageError{"--profile-use: '" + list.str() +
                         "' has an empty name"};
      request.profilePaths.push_back(path.str());
    }
  }
  if (!request.config.profilePath.empty() && !request.profilePaths.empty())
    throw UsageError{"--profile-generate: not together with --profile-use"};
}

void readInputNames(const std::vector<std::string> &inputs,
                    CompileRequest &request) {
  size_t standardInputs = 0;
  for (const std::string &text : inputs) {
    NamedInput input = parseNamedInput(text);
    standardInputs += input.path == "-";
    if (request.inputPath.empty()) {
      request.inputName = std::move(input.name);
      request.inputPath = std::move(input.path);
    } else {
      request.linkedInputs.push_back(std::move(input));
    }
  }
  if (standardInputs > 1)
    throw UsageError{"standard input holds one module only"};
}

void readOutput(const RawOptions &raw, CompileRequest &request) {
  std::string message;
  if (!raw.emit.empty())
    request.emit = required(parseEmit(raw.emit, message), "--emit", message);
  else if (!raw.output.empty() && raw.plan.empty())
    request.emit = required(emitByEnding(raw.output, message), "-o", message);
  request.outputPath = raw.output.empty()
                           ? defaultOutput(request.inputPath, request.emit)
                           : raw.output;
  if (!request.furtherCpus.empty() && request.emit != EmitKind::Executable)
    throw UsageError{"--cpu: only an executable can have versions for several "
                     "CPUs"};
}

void readRecords(const RawOptions &raw, Options &options) {
  if (!raw.report.empty())
    options.report = {raw.report, raw.reportsFunctions};
  else if (raw.reportsFunctions)
    throw UsageError{"--report-functions: there is no --report"};
  if (!raw.writesDependencies && raw.dependencyFile.empty() &&
      raw.dependencyTarget.empty())
    return;
  DependencyRule rule;
  rule.file = raw.dependencyFile;
  rule.target = raw.dependencyTarget;
  const std::string &output = options.request.outputPath;
  if (output == "-" && (rule.file.empty() || rule.target.empty()))
    throw UsageError{"-MD: standard output has no name: say -MF and -MT"};
  if (rule.file.empty())
    rule.file = defaultDependencyFile(output);
  if (rule.target.empty())
    rule.target = output;
  if (!raw.config.empty())
    rule.prerequisites.push_back(raw.config);
  llvm::append_range(rule.prerequisites, options.request.profilePaths);
  options.dependencies = std::move(rule);
}

/// A flag's value, else the variable's. `name` becomes what messages call it.
std::string flagOrVariable(const std::string &value, const char *variable,
                           const char *&name) {
  if (!value.empty())
    return value;
  name = variable;
  return llvm::sys::Process::GetEnv(variable).value_or("");
}

void readCache(const RawCache &raw, Options &options) {
  CacheOptions &cache = options.cache;
  std::string message;
  const char *name = "--cache";
  cache.folder = flagOrVariable(raw.folder, "WROUGHT_CACHE_DIR", name);
  name = "--cache-size";
  const std::string limit =
      flagOrVariable(raw.byteLimit, "WROUGHT_CACHE_SIZE", name);
  if (!limit.empty())
    cache.byteLimit = required(parseByteLength(limit, message), name, message);
  name = "--remote-cache";
  cache.remote.url = flagOrVariable(raw.url, "WROUGHT_REMOTE_CACHE", name);
  const llvm::StringRef url(cache.remote.url);
  if (!url.empty() && !url.starts_with("http://") &&
      !url.starts_with("https://"))
    throw UsageError{std::string(name) +
                     ": not an address that starts with http:// or https://"};
  name = "--remote-cache-mode";
  const std::string mode =
      flagOrVariable(raw.mode, "WROUGHT_REMOTE_CACHE_MODE", name);
  if (!mode.empty() && mode != "read-write" && mode != "read-only")
    throw UsageError{std::string(name) + ": '" + mode +
                     "' is neither read-write nor read-only"};
  cache.remote.isReadOnly = mode == "read-only";
  cache.remote.timeoutSeconds = raw.timeoutSeconds;
  options.usesCache = !cache.folder.empty() || !cache.remote.url.empty();
}

/// The request for one of a package's targets.
CompileRequest readPackTarget(const RawOptions &raw, const CLI::App &command,
                              const CompileRequest &shared,
                              const targets::TargetSpec &target,
                              bool isOnlyTarget) {
  RawOptions own = raw;
  std::string message;
  own.target = target.name.str();
  own.cpu =
      required(valueForTarget(raw.package.cpus, target, isOnlyTarget, message),
               "--cpu", message);
  const std::string features = required(
      valueForTarget(raw.package.cpuFeatures, target, isOnlyTarget, message),
      "--features", message);
  own.cpuFeatures.clear();
  if (!features.empty())
    own.cpuFeatures = {features};
  CompileRequest request = shared;
  readCompile(own, command, request);
  if (!raw.emit.empty())
    request.emit = required(parseEmit(raw.emit, message), "--emit", message);
  if (!request.furtherCpus.empty() && request.emit != EmitKind::Executable)
    throw UsageError{"--cpu: only an executable can have versions for several "
                     "CPUs"};
  return request;
}

void readPack(const RawOptions &raw, const CLI::App &command,
              Options &options) {
  PackageOptions &package = options.package;
  std::string message;
  package.name = raw.package.name;
  if (!command.count("--name"))
    package.name = defaultOutput(raw.input, EmitKind::Executable);
  message = packageNameProblem(package.name);
  if (!message.empty())
    throw UsageError{"--name: " + message};
  package.version = raw.package.version;
  if (raw.package.format == "oci")
    package.format = PackageFormat::OciLayout;
  const bool isImage = package.format == PackageFormat::OciLayout;
  package.output = raw.output.empty()
                       ? package.name + (isImage ? "-oci" : ".wrb")
                       : raw.output;
  package.tag = command.count("--package-version") ? package.version : "latest";
  package.signingKey = raw.package.signingKey;
  package.billOfMaterials = raw.package.billOfMaterials;
  package.provenance = raw.package.provenance;
  if (isImage &&
      (raw.package.includesModule || !raw.emit.empty() ||
       !raw.package.extraFiles.empty() || !package.signingKey.empty() ||
       command.count("--compression-level")))
    throw UsageError{"--format oci: an image holds the program only, and "
                     "signing it is for the registry's tools"};
  package.includesModule = raw.package.includesModule;
  for (const std::string &text : raw.package.extraFiles)
    package.extraFiles.push_back(
        required(parseExtraFile(text, message), "--add", message));
  package.compressionLevel = raw.package.compressionLevel;
  std::vector<const targets::TargetSpec *> list = {targets::host()};
  if (!raw.target.empty())
    list = readTargetList(raw.target);
  else if (!targets::host())
    throw UsageError{"this machine is no target: say --target"};
  for (const targets::TargetSpec *target : list)
    package.requests.push_back(readPackTarget(raw, command, options.request,
                                              *target, list.size() == 1));
  options.request = package.requests.front();
}

void readUnpack(const RawOptions &raw, PackageOptions &package) {
  package.bundle = raw.input;
  package.publicKey = raw.package.publicKey;
  package.output = raw.output.empty() ? "." : raw.output;
  if (!raw.target.empty())
    package.targets = readTargetList(raw.target);
}

/// What a plan leaves to its runner or has worked out already.
constexpr llvm::StringLiteral NotInPlans[] = {
    "output", "emit-plan", "jobs", "env", "progress", "color", "config", "help",
    "target", "diagnostics", "print-timings",
    // What is built elsewhere is not looked up here, and a server's address is
    // nobody's business there.
    "cache", "cache-size", "remote-cache", "remote-cache-mode",
    "remote-cache-timeout"};

void readPlan(const RawOptions &raw, const CLI::App &command,
              Options &options) {
  if (raw.plan.empty())
    return;
  const CompileRequest &request = options.request;
  if (request.outputPath == "-" || raw.output.empty())
    throw UsageError{"--emit-plan: say where the plan goes: -o FOLDER"};
  if (!request.linkedInputs.empty())
    throw UsageError{"--emit-plan: a plan is of one module, not of several "
                     "that are linked"};
  if (options.dependencies || options.report)
    throw UsageError{"--emit-plan: not together with -MD or --report"};
  if (!request.profilePaths.empty() || !request.config.profilePath.empty())
    throw UsageError{"--emit-plan: not together with --profile-generate or "
                     "--profile-use"};
  if (request.emit == EmitKind::LlvmIr ||
      request.emit == EmitKind::LlvmBitcode ||
      request.emit == EmitKind::Assembly)
    throw UsageError{"--emit-plan: only for what is linked"};
  llvm::SmallVector<llvm::StringRef> cpus;
  llvm::StringRef(raw.cpu).split(cpus, ',');
  if (llvm::is_contained(cpus, "native"))
    throw UsageError{"--emit-plan: 'native' is another CPU on another machine: "
                     "name the one that is meant"};
  PlanRequest plan = {request.outputPath, wordsOf(command, NotInPlans)};
  plan.words.push_back("--target=" + request.target->name.str());
  for (const std::string &entry : request.config.environment)
    plan.words.push_back("--env=" + entry);
  // A plan is JSON.
  for (const std::string &word : plan.words)
    if (!llvm::json::isUTF8(word))
      throw UsageError{"--emit-plan: a flag is not UTF-8: " +
                       escapeForDisplay(word)};
  options.plan = std::move(plan);
}

void readUnitStep(const RawOptions &raw, UnitStepRequest &step) {
  step.step = raw.unitStep == "translate"  ? UnitStep::Translate
              : raw.unitStep == "optimize" ? UnitStep::Optimize
              : raw.unitStep == "emit"     ? UnitStep::Emit
                                           : UnitStep::Link;
  step.planFile = raw.planFile;
  step.units = raw.unitNumbers;
  if (step.units.empty() != (step.step == UnitStep::Link))
    throw UsageError{
        "unit " + raw.unitStep +
        (step.units.empty() ? ": no numbers of units" : ": takes all units")};
}

Options readOptions(const RawOptions &raw, const CLI::App &command) {
  Options options;
  const auto *name = llvm::find(CommandNames, command.get_name());
  options.command = static_cast<Command>(name - std::begin(CommandNames));
  options.diagnosticStyle =
      raw.diagnostics == "json" ? DiagnosticStyle::Json : DiagnosticStyle::Text;
  options.color = parseWhen(raw.color);
  options.progress = parseWhen(raw.progress);
  options.printTimings = raw.printTimings;
  options.json = raw.json;
  options.request.inputPath = raw.input;
  if (!raw.inputs.empty())
    readInputNames(raw.inputs, options.request);
  options.request.threadCount = raw.threadCount;
  std::string message;
  for (const std::string &list : raw.wasmFeatures)
    if (!parseFeatures(list, options.request.features, message))
      throw UsageError{"--wasm-features: " + message};
  if (options.command == Command::Build || options.command == Command::Run) {
    readCompile(raw, command, options.request);
    readProfileFlags(raw, options.request);
  }
  if (options.command == Command::Build || options.command == Command::Run ||
      options.command == Command::Pack)
    readCache(raw.cache, options);
  if (options.command == Command::Build) {
    readOutput(raw, options.request);
    readRecords(raw, options);
    readPlan(raw, command, options);
  }
  if (options.command == Command::Pack)
    readPack(raw, command, options);
  if (options.command == Command::Unpack || options.command == Command::Verify)
    readUnpack(raw, options.package);
  if (options.command == Command::RebuildCheck) {
    readUnpack(raw, options.package);
    options.request.inputPath = raw.package.module;
    for (const std::string &text : raw.environment)
      options.request.config.environment.push_back(environmentEntry(text));
  }
  if (options.command == Command::Keygen)
    options.package.output = raw.input;
  if (options.command == Command::Unit)
    readUnitStep(raw, options.unitStep);
  if (!raw.cpusOf.empty())
    options.cpusOf = targetNamed(raw.cpusOf, "--cpus");
  if (!raw.featuresOf.empty())
    options.featuresOf = targetNamed(raw.featuresOf, "--features");
  return options;
}

/// Cuts off what stands behind the first "--": a program's own arguments.
Words takeProgramArguments(Words &words) {
  const auto separator = llvm::find(words, "--");
  if (separator == words.end())
    return {};
  Words arguments(separator + 1, words.end());
  words.erase(separator, words.end());
  return arguments;
}

ParsedCommandLine parse(CLI::App &app, Words words) {
  RawOptions raw;
  defineCommands(app, raw);
  if (words.empty())
    words = {"--help"};
  const bool isGlobal =
      words[0] == "--help" || words[0] == "-h" || words[0] == "--version";
  if (!isGlobal && !llvm::is_contained(CommandNames, words[0]))
    words.insert(words.begin(), "build");
  Words arguments;
  if (words[0] == "run")
    arguments = takeProgramArguments(words);
  if (words[0] == "build")
    expandDependencyFlags(words);
  const std::string config = configFile(words);
  if (!config.empty()) {
    const Words more = configWords(config, words[0]);
    words.insert(words.begin() + 1, more.begin(), more.end());
  }
  std::reverse(words.begin(), words.end()); // as CLI11 takes them
  app.parse(words);
  ParsedCommandLine parsed;
  parsed.options = readOptions(raw, *app.get_subcommands().front());
  parsed.options->arguments = std::move(arguments);
  return parsed;
}

} // namespace

std::vector<CommandDescription> describeCommandLine() {
  CLI::App app("", "wrought");
  RawOptions raw;
  defineCommands(app, raw);
  return describe(app);
}

ParsedCommandLine parseCommandLine(llvm::ArrayRef<std::string> arguments) {
  constexpr int UsageExitCode = 2;
  CLI::App app("", "wrought");
  ParsedCommandLine parsed;
  try {
    return parse(app, arguments.vec());
  } catch (const UsageError &error) {
    parsed.message = error.message;
    parsed.exitCode = UsageExitCode;
  } catch (const CLI::ParseError &error) {
    std::ostringstream output, message;
    if (app.exit(error, output, message) == 0) {
      parsed.output = output.str();
    } else {
      parsed.message = error.what();
      parsed.exitCode = UsageExitCode;
    }
  }
  return parsed;
}

} // namespace wrought::driver

#include "driver/request_options.h"
#include "driver/build_info.h"
#include "driver/option_values.h"

namespace wrought::driver {

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

/// A new member of these structures does not compile here. Where the output
/// depends on it, it belongs into the functions below; then its name goes into
/// the list.
[[maybe_unused]] static void listMembers(const CompileRequest &request) {
  [[maybe_unused]] const auto &[inputPath, inputName, linkedInputs, outputPath,
                                emit, target, cpu, furtherCpus, level,
                                boundsChecks, guardsExtraMemories, features,
                                threadCount, maxMemory, relaxedTraps,
                                isDeterministic, isInterruptible, debugInfo,
                                strip, allowMissingImports, config,
                                profilePaths, profile, profileHashes,
                                onProgress, timings, unitCompiler, report] =
      request;
  [[maybe_unused]] const auto &[grants, environment, listeners, streams, argv0,
                                isSealed, inheritsEnvironment, stackByteLength,
                                heapByteLength, hasThreads, maxThreadCount,
                                fuel, profilePath, versions] = config;
}

llvm::StringRef emitName(EmitKind emit) {
  switch (emit) {
  case EmitKind::Executable:
    return "exe";
  case EmitKind::Object:
    return "object";
  case EmitKind::Shared:
    return "shared";
  case EmitKind::Static:
    return "static";
  case EmitKind::LlvmIr:
    return "llvm-ir";
  case EmitKind::LlvmBitcode:
    return "llvm-bc";
  case EmitKind::Assembly:
    return "asm";
  }
  return "";
}

static Value text(llvm::StringRef value) { return llvm::json::fixUTF8(value); }

static Object describeConfig(const translate::Config &config) {
  Array grants, environment, listeners, streams;
  for (const translate::Grant &grant : config.grants)
    grants.push_back(Object{{"host", text(grant.hostPath)},
                            {"guest", text(grant.guestPath)},
                            {"readOnly", grant.isReadOnly}});
  for (llvm::StringRef entry : config.environment)
    environment.push_back(text(entry.split('=').first));
  for (const std::string &address : config.listeners)
    listeners.push_back(text(address));
  for (const std::string &stream : config.streams)
    streams.push_back(text(stream));
  Object object{{"grants", std::move(grants)},
                {"environment", std::move(environment)},
                {"listeners", std::move(listeners)},
                {"streams", std::move(streams)},
                {"inheritsEnvironment", config.inheritsEnvironment},
                {"sealed", config.isSealed},
                {"stackSize", static_cast<int64_t>(config.stackByteLength)},
                {"maxHeap", static_cast<int64_t>(config.heapByteLength)},
                {"maxThreads", static_cast<int64_t>(config.maxThreadCount)}};
  if (config.fuel)
    object["fuel"] = static_cast<int64_t>(*config.fuel);
  if (config.argv0)
    object["argv0"] = text(*config.argv0);
  return object;
}

Object describeOptions(const CompileRequest &request) {
  Object object = describeConfig(request.config);
  object["emit"] = emitName(request.emit);
  object["optLevel"] = optLevelName(request.level);
  object["boundsChecks"] = boundsChecksName(request.boundsChecks);
  object["guardsExtraMemories"] = request.guardsExtraMemories;
  object["relaxedTraps"] = request.relaxedTraps;
  object["deterministic"] = request.isDeterministic;
  object["interruptible"] = request.isInterruptible;
  object["debugInfo"] = request.debugInfo;
  object["strip"] = request.strip;
  object["allowMissingImports"] = request.allowMissingImports;
  if (request.maxMemory)
    object["maxMemory"] = static_cast<int64_t>(*request.maxMemory);
  // Neither is there in a bundle, which has to be rebuilt from the module
  // alone.
  if (!request.config.profilePath.empty())
    object["profileGenerate"] = text(request.config.profilePath);
  if (request.profile)
    object["profileUse"] = Array(request.profileHashes);
  Array features;
  for (size_t index = 0; index < wasm::FeatureCount; ++index)
    if (const auto feature = static_cast<wasm::Feature>(index);
        request.features.has(feature))
      features.push_back(text(wasm::featureFlag(feature)));
  object["wasmFeatures"] = std::move(features);
  return object;
}

static Object describeCpu(const targets::CpuSelection &cpu) {
  return Object{
      {"cpu", cpu.cpu}, {"features", cpu.features}, {"label", text(cpu.label)}};
}

Object describeTarget(const CompileRequest &request) {
  Array cpus;
  cpus.push_back(describeCpu(request.cpu));
  for (const targets::CpuSelection &cpu : request.furtherCpus)
    cpus.push_back(describeCpu(cpu));
  return Object{{"target", request.target->name}, {"cpus", std::move(cpus)}};
}

namespace {

/// Takes members of an object; remembers the first that is missing or wrong.
class MemberReader {
public:
  explicit MemberReader(const Object &object) : object_(object) {}

  bool boolean(llvm::StringRef name) {
    return take(object_.getBoolean(name), name).value_or(false);
  }
  llvm::StringRef string(llvm::StringRef name) {
    return take(object_.getString(name), name).value_or("");
  }
  uint64_t number(llvm::StringRef name) {
    const auto value = take(object_.getInteger(name), name).value_or(0);
    if (value < 0)
      fail(name);
    return static_cast<uint64_t>(value);
  }
  const Array &array(llvm::StringRef name) {
    static const Array Empty;
    const Array *value = object_.getArray(name);
    if (!value)
      fail(name);
    return value ? *value : Empty;
  }
  bool has(llvm::StringRef name) const { return object_.get(name); }
  template <typename T>
  T parsed(std::optional<T> value, llvm::StringRef name, T otherwise) {
    return take(value, name).value_or(otherwise);
  }
  void fail(llvm::StringRef name) {
    if (bad_.empty())
      bad_ = name.str();
  }
  bool finish(std::string &message) const {
    if (!bad_.empty())
      message = "'" + bad_ + "' is missing, or not what this version knows";
    return bad_.empty();
  }

private:
  template <typename T>
  std::optional<T> take(std::optional<T> value, llvm::StringRef name) {
    if (!value)
      fail(name);
    return value;
  }

  const Object &object_;
  std::string bad_;
};

} // namespace

static void readGrants(MemberReader &reader, translate::Config &config) {
  for (const Value &value : reader.array("grants")) {
    const Object *object = value.getAsObject();
    const auto host = object ? object->getString("host") : std::nullopt;
    const auto guest = object ? object->getString("guest") : std::nullopt;
    const auto readOnly =
        object ? object->getBoolean("readOnly") : std::nullopt;
    if (!host || !guest || !readOnly)
      return reader.fail("grants");
    config.grants.push_back({host->str(), guest->str(), *readOnly});
  }
}

static void readStreams(MemberReader &reader, translate::Config &config) {
  for (const Value &value : reader.array("listeners")) {
    const auto address = value.getAsString();
    if (!address || !isListenerAddress(*address))
      return reader.fail("listeners");
    config.listeners.push_back(address->str());
  }
  const Array &streams = reader.array("streams");
  if (streams.size() != config.streams.size())
    return reader.fail("streams");
  for (const auto [value, stream] : llvm::zip(streams, config.streams)) {
    const auto what = value.getAsString();
    if (!what)
      return reader.fail("streams");
    stream = what->str();
  }
}

/// Values for the names, in the order in which they were baked in.
static std::string readEnvironment(MemberReader &reader,
                                   llvm::ArrayRef<std::string> given,
                                   translate::Config &config) {
  for (const Value &value : reader.array("environment")) {
    const auto name = value.getAsString();
    if (!name) {
      reader.fail("environment");
      return "";
    }
    const auto entry = llvm::find_if(given, [&](llvm::StringRef candidate) {
      return candidate.split('=').first == *name;
    });
    if (entry == given.end())
      return ("the value of the variable '" + *name +
              "' is needed: say it with --env")
          .str();
    config.environment.push_back(*entry);
  }
  return "";
}

static void readFeatures(MemberReader &reader, wasm::FeatureSet &features) {
  features = wasm::FeatureSet();
  for (const Value &value : reader.array("wasmFeatures")) {
    const auto name = value.getAsString();
    const auto feature = name ? wasm::featureByFlag(*name) : std::nullopt;
    if (!feature)
      return reader.fail("wasmFeatures");
    features.set(*feature);
  }
}

bool readOptions(const Object &options, llvm::ArrayRef<std::string> environment,
                 CompileRequest &request, std::string &message) {
  MemberReader reader(options);
  std::string ignored;
  request.emit = reader.parsed(parseEmit(reader.string("emit"), ignored),
                               "emit", EmitKind::Executable);
  request.level = reader.parsed(parseOptLevel(reader.string("optLevel")),
                                "optLevel", codegen::OptLevel::O2);
  request.boundsChecks =
      reader.parsed(parseBoundsChecks(reader.string("boundsChecks")),
                    "boundsChecks", translate::BoundsChecks::Guard);
  request.guardsExtraMemories = reader.boolean("guardsExtraMemories");
  request.relaxedTraps = reader.boolean("relaxedTraps");
  request.isDeterministic = reader.boolean("deterministic");
  request.isInterruptible = reader.boolean("interruptible");
  request.debugInfo = reader.boolean("debugInfo");
  request.strip = reader.boolean("strip");
  request.allowMissingImports = reader.boolean("allowMissingImports");
  request.maxMemory.reset();
  if (reader.has("maxMemory"))
    request.maxMemory = reader.number("maxMemory");
  readFeatures(reader, request.features);
  translate::Config config;
  config.inheritsEnvironment = reader.boolean("inheritsEnvironment");
  config.isSealed = reader.boolean("sealed");
  config.stackByteLength = reader.number("stackSize");
  config.heapByteLength = reader.number("maxHeap");
  config.maxThreadCount = reader.number("maxThreads");
  if (reader.has("fuel"))
    config.fuel = reader.number("fuel");
  if (reader.has("argv0"))
    config.argv0 = reader.string("argv0").str();
  readGrants(reader, config);
  readStreams(reader, config);
  message = readEnvironment(reader, environment, config);
  request.config = std::move(config);
  return message.empty() && reader.finish(message);
}

/// Only what selectCpu() could have made: LLVM exits on names that it does not
/// know.
static std::optional<targets::CpuSelection>
readCpu(const targets::TargetSpec &target, const Value &value,
        std::string &message) {
  const Object *object = value.getAsObject();
  const auto cpu = object ? object->getString("cpu") : std::nullopt;
  const auto features = object ? object->getString("features") : std::nullopt;
  const auto label = object ? object->getString("label") : std::nullopt;
  if (!cpu || !features || !label) {
    message = "'cpus' is not what this version knows";
    return std::nullopt;
  }
  if (cpu->empty() || *cpu == "native") {
    message = "'cpus' names no CPU";
    return std::nullopt;
  }
  if (!targets::selectCpu(target, *cpu, *features, message))
    return std::nullopt;
  return targets::CpuSelection{cpu->str(), features->str(), label->str()};
}

bool readTarget(const Object &target, CompileRequest &request,
                std::string &message) {
  MemberReader reader(target);
  request.target = targets::find(reader.string("target"));
  const Array &cpus = reader.array("cpus");
  if (!request.target)
    reader.fail("target");
  if (cpus.empty())
    reader.fail("cpus");
  if (!reader.finish(message))
    return false;
  request.furtherCpus.clear();
  for (auto [index, value] : llvm::enumerate(cpus)) {
    const auto cpu = readCpu(*request.target, value, message);
    if (!cpu)
      return false;
    if (index == 0)
      request.cpu = *cpu;
    else
      request.furtherCpus.push_back(*cpu);
  }
  return true;
}

} // namespace wrought::driver

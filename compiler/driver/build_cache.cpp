#include "driver/build_cache.h"
#include "driver/compiler_identity.h"
#include "driver/request_options.h"
#include "driver/version.h"
#include "support/sha256.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <unistd.h>

namespace wrought::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

using cache::Artifact;

namespace {

/// Hashes fields so that their borders count.
class KeyHasher {
public:
  void add(llvm::ArrayRef<uint8_t> bytes) {
    add(bytes.size());
    hasher_.update(bytes);
  }
  void add(llvm::StringRef text) { add(llvm::arrayRefFromStringRef(text)); }
  void add(uint64_t number) {
    uint8_t bytes[8];
    for (unsigned index = 0; index < 8; ++index)
      bytes[index] = static_cast<uint8_t>(number >> (8 * index));
    hasher_.update(bytes);
  }
  std::string finish() {
    return llvm::toHex(hasher_.final(), /*LowerCase=*/true);
  }

private:
  llvm::BLAKE3 hasher_;
};

} // namespace

std::string userCacheFolder() {
  llvm::SmallString<128> folder;
  if (!path::cache_directory(folder))
    return "";
  path::append(folder, "wrought");
  return std::string(folder);
}

/// Text that JSON cannot hold as it is, and values that it leaves out.
static void addRawText(const CompileRequest &request, KeyHasher &hasher) {
  for (const translate::Grant &grant : request.config.grants) {
    hasher.add(grant.hostPath);
    hasher.add(grant.guestPath);
  }
  for (const std::string &entry : request.config.environment)
    hasher.add(entry);
  for (const std::string &text : request.config.streams)
    hasher.add(text);
  hasher.add(request.config.argv0.value_or(""));
  hasher.add(request.config.profilePath);
  hasher.add(request.cpu.label);
  for (const targets::CpuSelection &cpu : request.furtherCpus)
    hasher.add(cpu.label);
  // What it is called matters to others only.
  if (!request.linkedInputs.empty())
    hasher.add(request.inputName);
  for (const NamedInput &item : request.linkedInputs)
    hasher.add(item.name);
}

std::string cacheKey(const CompileRequest &request,
                     llvm::ArrayRef<std::span<const uint8_t>> modules,
                     llvm::StringRef runtimeContent) {
  KeyHasher hasher;
  hasher.add(versionLine());
  hasher.add(compilerIdentity());
  hasher.add(runtimeContent);
  for (std::span<const uint8_t> module : modules)
    hasher.add(llvm::ArrayRef(module.data(), module.size()));
  for (const llvm::json::Object &part :
       {describeOptions(request), describeTarget(request)})
    hasher.add(llvm::formatv("{0}", llvm::json::Value(llvm::json::Object(part)))
                   .str());
  addRawText(request, hasher);
  return hasher.finish();
}

BuildCache::BuildCache(const CacheOptions &options)
    : options_(options), isUsers_(options.folder.empty()),
      remote_(options.remote) {}

bool BuildCache::open(std::string &message) {
  const std::string folder = isUsers_ ? userCacheFolder() : options_.folder;
  if (folder.empty()) {
    message = "no folder for the cache: set XDG_CACHE_HOME or HOME";
    return false;
  }
  // A cache that was named may be shared, as the umask says.
  return local_.open(folder, isUsers_ ? fs::owner_all : fs::all_all, message);
}

std::optional<std::string> BuildCache::keyOf(const CompileRequest &request,
                                             const Input &input,
                                             Diagnostics &diagnostics) const {
  std::string runtimeContent;
  if (request.emit == EmitKind::Executable) {
    const std::string runtime =
        linker::findRuntimeArchive(*request.target, diagnostics);
    if (runtime.empty())
      return std::nullopt;
    std::string message;
    const auto digest = digestFile(runtime, message);
    if (!digest) {
      diagnostics.error("cannot read '" + runtime + "': " + message);
      return std::nullopt;
    }
    runtimeContent = digest->sha256;
  }
  std::vector<std::span<const uint8_t>> modules = {input.bytes()};
  for (const Input &linked : input.linked)
    modules.push_back(linked.bytes());
  return cacheKey(request, modules, runtimeContent);
}

static void repeatWarnings(const Artifact &artifact, Diagnostics &diagnostics) {
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(artifact.messages)
      .split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (llvm::StringRef line : lines)
    diagnostics.warning({}, line.str());
}

std::optional<Artifact> BuildCache::lookUp(llvm::StringRef key,
                                           Diagnostics &diagnostics) {
  auto artifact = local_.find(key);
  if (!artifact && remote_.isUsable()) {
    artifact = remote_.fetch(key, local_, diagnostics);
    if (artifact)
      local_.trim(options_.byteLimit);
  }
  if (artifact)
    repeatWarnings(*artifact, diagnostics);
  return artifact;
}

/// The warnings as a record keeps them; nullopt when it cannot: they speak of
/// places in the input's file, or are too long.
static std::optional<std::string>
recordWarnings(llvm::ArrayRef<Diagnostic> warnings) {
  std::string lines;
  for (const Diagnostic &warning : warnings) {
    if (!warning.location.file.empty() ||
        warning.message.find('\n') != std::string::npos)
      return std::nullopt;
    lines += warning.message + "\n";
  }
  constexpr size_t Most = cache::RecordBytes / 2;
  if (lines.size() > Most)
    return std::nullopt;
  return lines;
}

std::optional<Artifact> BuildCache::buildInto(llvm::StringRef key,
                                              const CompileRequest &request,
                                              const Input &input,
                                              BuildFunction build,
                                              Diagnostics &diagnostics) {
  const bool isExecutable = request.emit == EmitKind::Executable;
  linker::TemporaryFile file;
  int descriptor = -1;
  std::error_code error =
      local_.createTemporary(isExecutable, file, descriptor);
  if (error) {
    failure_ = "cannot write to the cache: " + error.message();
    return std::nullopt;
  }
  ::close(descriptor);
  CompileRequest own = request;
  own.outputPath = file.name();
  const size_t before = diagnostics.all().size();
  if (!build(own, input))
    return std::nullopt;
  std::string message;
  const auto digest = digestFile(file.name(), message);
  if (!digest) {
    failure_ = "cannot read the cache: " + message;
    return std::nullopt;
  }
  Artifact artifact = {digest->sha256, digest->byteLength, isExecutable, ""};
  const auto warnings =
      recordWarnings(llvm::ArrayRef(diagnostics.all()).drop_front(before));
  artifact.messages = warnings.value_or("");
  error = local_.storeArtifact(file, artifact);
  if (!error && warnings)
    error = local_.storeRecord(key, artifact);
  if (error) {
    failure_ = "cannot write to the cache: " + error.message();
    return std::nullopt;
  }
  local_.trim(options_.byteLimit);
  if (warnings && remote_.isUsable())
    remote_.publish(key, artifact, local_, diagnostics);
  return artifact;
}

std::optional<Artifact> BuildCache::lookUpOrBuild(const CompileRequest &request,
                                                  const Input &input,
                                                  BuildFunction build,
                                                  Diagnostics &diagnostics) {
  const auto key = keyOf(request, input, diagnostics);
  if (!key)
    return std::nullopt;
  auto artifact = lookUp(*key, diagnostics);
  if (artifact &&
      artifact->isExecutable == (request.emit == EmitKind::Executable))
    return artifact;
  return buildInto(*key, request, input, build, diagnostics);
}

std::optional<std::string> BuildCache::obtain(const CompileRequest &request,
                                              const Input &input,
                                              BuildFunction build,
                                              Diagnostics &diagnostics) {
  const auto artifact = lookUpOrBuild(request, input, build, diagnostics);
  if (!failure_.empty())
    diagnostics.error(failure_);
  if (!artifact)
    return std::nullopt;
  return local_.artifactPath(*artifact);
}

/// Whether a build leaves one file. What writes others beside it is not kept.
static bool isOneFile(EmitKind emit) {
  switch (emit) {
  case EmitKind::Executable:
  case EmitKind::Object:
  case EmitKind::LlvmIr:
  case EmitKind::LlvmBitcode:
  case EmitKind::Assembly:
    return true;
  case EmitKind::Shared:
  case EmitKind::Static:
    return false;
  }
  return false;
}

bool BuildCache::buildTo(const CompileRequest &request, const Input &input,
                         BuildFunction build, Diagnostics &diagnostics) {
  if (!isOneFile(request.emit))
    return build(request, input);
  if (!checkOutput(request, diagnostics))
    return false;
  // What is damaged, or was removed meanwhile, is gone the second time.
  for (unsigned attempt = 0; attempt != 2 && failure_.empty(); ++attempt) {
    const auto artifact = lookUpOrBuild(request, input, build, diagnostics);
    if (artifact && local_.copyOut(*artifact, request.outputPath, diagnostics))
      return true;
    if (diagnostics.hasErrors())
      return false;
  }
  diagnostics.warning(
      {}, (failure_.empty() ? "the cache lost what it was given" : failure_) +
              "; building without it");
  return build(request, input);
}

} // namespace wrought::driver

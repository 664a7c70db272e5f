//===- run.cpp - `wrought run`: a cache of programs, and executing one ----===//
//
// The cache is a folder of executables named by hashes. An entry is written
// beside its place and renamed, so that several `run` at once do no harm: they
// write the same bytes.
//
//===----------------------------------------------------------------------===//

#include "driver/run.h"
#include "driver/build_info.h"
#include "driver/version.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace wrought::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

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
  /// A file that is not part of the input, by size and time of change.
  void addFileStamp(const std::string &file) {
    struct stat info{};
    add(file);
    if (::stat(file.c_str(), &info) != 0)
      return;
    add(static_cast<uint64_t>(info.st_size));
    add(static_cast<uint64_t>(info.st_mtim.tv_sec));
    add(static_cast<uint64_t>(info.st_mtim.tv_nsec));
  }
  std::string finish() {
    return llvm::toHex(hasher_.final(), /*LowerCase=*/true);
  }

private:
  llvm::BLAKE3 hasher_;
};

} // namespace

static std::string thisExecutable() {
  return fs::getMainExecutable(nullptr,
                               reinterpret_cast<void *>(&thisExecutable));
}

static void addCpu(const targets::CpuSelection &cpu, KeyHasher &hasher) {
  hasher.add(cpu.cpu);
  hasher.add(cpu.features);
  hasher.add(cpu.label);
}

static void addConfig(const translate::Config &config, KeyHasher &hasher) {
  hasher.add(config.grants.size());
  for (const translate::Grant &grant : config.grants) {
    hasher.add(grant.hostPath);
    hasher.add(grant.guestPath);
    hasher.add(grant.isReadOnly);
  }
  hasher.add(config.environment.size());
  for (const std::string &entry : config.environment)
    hasher.add(entry);
  hasher.add(config.argv0.has_value());
  hasher.add(config.argv0.value_or(""));
  hasher.add(config.isSealed);
  hasher.add(config.inheritsEnvironment);
  hasher.add(config.stackByteLength);
}

std::string cacheKey(const CompileRequest &request,
                     std::span<const uint8_t> module, llvm::StringRef runtime) {
  KeyHasher hasher;
  hasher.add(versionLine());
  hasher.addFileStamp(thisExecutable());
  hasher.addFileStamp(runtime.str());
  hasher.add(llvm::ArrayRef(module.data(), module.size()));
  hasher.add(request.target->name);
  addCpu(request.cpu, hasher);
  hasher.add(request.furtherCpus.size());
  for (const targets::CpuSelection &cpu : request.furtherCpus)
    addCpu(cpu, hasher);
  hasher.add(optLevelName(request.level));
  hasher.add(boundsChecksName(request.boundsChecks));
  hasher.add(request.maxMemory.has_value());
  hasher.add(request.maxMemory.value_or(0));
  for (const bool flag : {request.guardsExtraMemories, request.relaxedTraps,
                          request.isDeterministic, request.debugInfo,
                          request.strip, request.allowMissingImports})
    hasher.add(flag);
  for (size_t index = 0; index < wasm::FeatureCount; ++index)
    hasher.add(request.features.has(static_cast<wasm::Feature>(index)));
  addConfig(request.config, hasher);
  return hasher.finish();
}

std::string cachePath(llvm::StringRef key, Diagnostics &diagnostics) {
  llvm::SmallString<128> file;
  if (!path::cache_directory(file)) {
    diagnostics.error("no folder for the cache: set XDG_CACHE_HOME or HOME");
    return "";
  }
  path::append(file, "wrought", key.take_front(2));
  if (std::error_code error = fs::create_directories(
          file, /*IgnoreExisting=*/true, fs::owner_all)) {
    diagnostics.error(
        ("cannot make the cache '" + file + "': " + error.message()).str());
    return "";
  }
  path::append(file, key);
  return std::string(file);
}

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

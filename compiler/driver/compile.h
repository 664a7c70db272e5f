//===- compile.h - The whole pipeline -------------------------------------===//
#pragma once

#include "codegen/codegen.h"
#include "codegen/profile.h"
#include "linker/link.h"
#include "support/diagnostics.h"
#include "text/wat_parser.h"
#include "translate/translate.h"
#include "validate/module_validator.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace wrought::driver {

/// A module as read from a file, with what it refers to.
struct Input {
  std::unique_ptr<llvm::MemoryBuffer> file;
  /// Set for text modules: the binary made from it.
  std::optional<text::BinaryModule> binary;
  std::string sourceName;
  std::span<const uint8_t> bytes() const;
  /// The modules that are linked with this one, which is the main one.
  std::vector<Input> linked;
};

/// What messages call the input: its path, or "<stdin>" for "-".
std::string displayName(llvm::StringRef path);

/// Reads IN.wasm or IN.wat ("-" is standard input); the content decides which.
std::optional<Input> readInput(llvm::StringRef path, Diagnostics &diagnostics);

/// Seconds by stage, for --print-timings; CPU seconds of all threads. A stage
/// whose name is indented ran side by side with others inside the one above it,
/// and has no wall time of its own.
struct StageTime {
  std::string stage;
  double wallSeconds, cpuSeconds;
};

struct CompileRequest;

/// The request's module, and those that are linked with it. Reports all that
/// cannot be read.
std::optional<Input> readInputs(const CompileRequest &request,
                                Diagnostics &diagnostics);

/// The request's profiles; reports what cannot be read or is damaged.
[[nodiscard]] bool readProfiles(CompileRequest &request,
                                Diagnostics &diagnostics);

/// decode → validate. Locations are in the text for a text module.
std::optional<validate::ValidatedModule>
loadModule(const Input &input, const validate::Options &options,
           Diagnostics &diagnostics, std::vector<StageTime> *timings = nullptr);

struct BuildReport;
struct UnitJob;

enum class EmitKind : uint8_t {
  Executable,
  Object,
  Shared, ///< a loadable object, with its header
  Static, ///< the same as an archive
  LlvmIr,
  LlvmBitcode,
  Assembly
};

/// Whether it is for C hosts: with a header, and any number of instances.
inline bool isLibrary(EmitKind emit) {
  return emit == EmitKind::Shared || emit == EmitKind::Static;
}

/// A module that others import by its name.
struct NamedInput {
  std::string name, path;
};

/// "lib=dir/c.wasm", or "dir/lib.wasm" for the same name.
NamedInput parseNamedInput(llvm::StringRef text);

struct CompileRequest {
  std::string inputPath;
  /// What it is called for the modules that are linked with it.
  std::string inputName;
  std::vector<NamedInput> linkedInputs;
  std::string outputPath;
  EmitKind emit = EmitKind::Executable;
  const targets::TargetSpec *target = nullptr;
  targets::CpuSelection cpu;
  /// Executables only: more versions of the code, for these CPUs. The program
  /// takes the best when it starts.
  std::vector<targets::CpuSelection> furtherCpus;
  codegen::OptLevel level = codegen::OptLevel::O2;
  translate::BoundsChecks boundsChecks = translate::BoundsChecks::Guard;
  /// With Guard: also for memories other than the first.
  bool guardsExtraMemories = true;
  wasm::FeatureSet features = wasm::FeatureSet::defaults();
  unsigned threadCount = 0; ///< 0: one a core
  std::optional<uint64_t> maxMemory;
  bool relaxedTraps = false;
  bool isDeterministic = false;
  /// Of a library: calls can be stopped from outside.
  bool isInterruptible = false;
  bool debugInfo = false;
  bool strip = false;
  bool allowMissingImports = false;
  translate::Config config;
  /// Files that earlier runs wrote, and with readProfiles() what is in them.
  std::vector<std::string> profilePaths;
  std::shared_ptr<const codegen::Profile> profile;
  std::vector<std::string> profileHashes; ///< SHA-256 of each
  /// Called from the compiling threads, one call at a time: units done, units
  /// in all, stage name.
  std::function<void(size_t, size_t, llvm::StringRef)> onProgress;
  std::vector<StageTime> *timings = nullptr;
  /// Set where units are compiled elsewhere: fills in their objects, or returns
  /// false to end the build here.
  std::function<bool(const UnitJob &, std::vector<linker::ObjectBytes> &,
                     Diagnostics &)>
      unitCompiler;
  /// Set for --report.
  BuildReport *report = nullptr;
};

/// Whether the output can be written and is not the input. Reports why not.
[[nodiscard]] bool checkOutput(const CompileRequest &request,
                               Diagnostics &diagnostics);

/// Builds what is asked for: an executable, or with Object the module and its
/// configuration in one object that links against libwrought_rt.a. False after
/// reporting; then no output is left.
[[nodiscard]] bool compile(const CompileRequest &request,
                           Diagnostics &diagnostics);
/// The same for an input that was read already.
[[nodiscard]] bool compile(const CompileRequest &request, const Input &input,
                           Diagnostics &diagnostics);

/// Either of these, with what the user wants to see of it.
using BuildFunction =
    llvm::function_ref<bool(const CompileRequest &request, const Input &input)>;

} // namespace wrought::driver

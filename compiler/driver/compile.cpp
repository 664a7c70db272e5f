//===- compile.cpp - The whole pipeline -----------------------------------===//
//
//   read → decode → validate → merge what is linked → bind imports → plan →
//   translate, optimise, emit (side by side, by partition) → link
//
// What would fail at the end for a reason known at the start (an output that
// cannot be written, a runtime that is not installed) fails before the work.
//
//===----------------------------------------------------------------------===//

#include "driver/compile.h"
#include "driver/build_info.h"
#include "driver/c_header.h"
#include "driver/report.h"
#include "driver/resolve_imports.h"
#include "driver/timing.h"
#include "driver/units.h"
#include "driver/versions.h"
#include "linker/output_file.h"
#include "merge/merge_modules.h"
#include "translate/line_lookup.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <deque>
#include <mutex>

namespace wrought::driver {

static bool isLinked(EmitKind emit) {
  return emit == EmitKind::Executable || emit == EmitKind::Object ||
         isLibrary(emit);
}

static codegen::OutputKind unitOutput(EmitKind emit) {
  switch (emit) {
  case EmitKind::LlvmIr:
    return codegen::OutputKind::LlvmIr;
  case EmitKind::LlvmBitcode:
    return codegen::OutputKind::LlvmBitcode;
  case EmitKind::Assembly:
    return codegen::OutputKind::Assembly;
  case EmitKind::Executable:
  case EmitKind::Object:
  case EmitKind::Shared:
  case EmitKind::Static:
    break;
  }
  return codegen::OutputKind::Object;
}

static unsigned translateLevel(codegen::OptLevel level) {
  switch (level) {
  case codegen::OptLevel::O0:
    return 0;
  case codegen::OptLevel::O1:
    return 1;
  case codegen::OptLevel::O3:
    return 3;
  case codegen::OptLevel::O2:
  case codegen::OptLevel::Os:
  case codegen::OptLevel::Oz:
    break;
  }
  return 2;
}

bool checkOutput(const CompileRequest &request, Diagnostics &diagnostics) {
  const std::string &output = request.outputPath;
  if (!linker::checkWritable(output, diagnostics))
    return false;
  const auto isOutput = [&](const std::string &path) {
    return llvm::sys::fs::equivalent(path, output);
  };
  const bool isInput =
      isOutput(request.inputPath) ||
      llvm::any_of(request.linkedInputs,
                   [&](const NamedInput &item) { return isOutput(item.path); });
  if (!isInput || linker::isWrittenInPlace(output))
    return true;
  diagnostics.error("output '" + output + "' is the input file");
  return false;
}

namespace {

class Compilation {
public:
  Compilation(const CompileRequest &request, Diagnostics &diagnostics)
      : request_(request), diagnostics_(diagnostics) {}

  bool readAndBuild() {
    if (!checkEnd())
      return false;
    std::optional<Input> input;
    {
      StageTimer timer("read", request_.timings);
      input = readInputs(request_, diagnostics_);
    }
    return input && build(*input);
  }

  bool checkAndBuild(const Input &input) { return checkEnd() && build(input); }

private:
  bool checkEnd() {
    if (!checkOutput(request_, diagnostics_))
      return false;
    if (request_.emit != EmitKind::Executable &&
        !request_.furtherCpus.empty()) {
      diagnostics_.error("only an executable can have versions for several "
                         "CPUs");
      return false;
    }
    if (isLibrary() &&
        (request_.profile || !request_.config.profilePath.empty())) {
      diagnostics_.error("profiles are of programs only: --profile-generate "
                         "and --profile-use are not for --emit shared or "
                         "static");
      return false;
    }
    if (!request_.config.profilePath.empty() &&
        request_.emit != EmitKind::Executable) {
      diagnostics_.error("only an executable can write a profile: "
                         "--profile-generate wants --emit exe");
      return false;
    }
    if (request_.isInterruptible && !isLibrary()) {
      diagnostics_.error("only a library can be interrupted: --interruptible "
                         "wants --emit shared or static");
      return false;
    }
    if (isLibrary()) {
      if (linker::isWrittenInPlace(request_.outputPath)) {
        diagnostics_.error("a library has a header beside it: '" +
                           request_.outputPath + "' is no ordinary file");
        return false;
      }
      if (!linker::checkWritable(headerPath(), diagnostics_))
        return false;
      runtime_ = linker::findLibraryArchive(*request_.target, diagnostics_);
    } else if (request_.emit == EmitKind::Executable) {
      runtime_ = linker::findRuntimeArchive(*request_.target, diagnostics_);
    }
    return (request_.emit != EmitKind::Executable && !isLibrary()) ||
           !runtime_.empty();
  }

  bool isLibrary() const { return driver::isLibrary(request_.emit); }

  /// plugin.h for libplugin.so, beside it.
  std::string headerPath() const {
    llvm::SmallString<128> path(
        llvm::sys::path::parent_path(request_.outputPath));
    llvm::sys::path::append(path, libraryName(request_.outputPath) + ".h");
    return std::string(path);
  }

  bool build(const Input &input) {
    validate::Options options;
    options.features = request_.features;
    options.threadCount = request_.threadCount;
    module_ = input.linked.empty()
                  ? loadModule(input, options, diagnostics_, request_.timings)
                  : loadLinked(input, options);
    if (!module_)
      return false;
    if (request_.report)
      request_.report->noteModule(module_->module());
    return makePlans(input) && compileAll() && write();
  }

  /// Loads all, then makes one module of them.
  std::optional<validate::ValidatedModule>
  loadLinked(const Input &main, const validate::Options &options) {
    std::vector<const Input *> inputs = {&main};
    for (const Input &input : main.linked)
      inputs.push_back(&input);
    for (const Input *input : inputs)
      if (auto module =
              loadModule(*input, options, diagnostics_, request_.timings))
        linked_.push_back(std::move(*module));
    if (linked_.size() != inputs.size())
      return std::nullopt;
    StageTimer timer("merge", request_.timings);
    const size_t first = diagnostics_.all().size();
    const bool isMerged = mergeLinked();
    mapToText(main, first);
    if (!isMerged)
      return std::nullopt;
    return std::move(merged_->module);
  }

  bool mergeLinked() {
    std::vector<merge::LinkedModule> modules = {
        {request_.inputName, &linked_.front()}};
    for (auto [item, module] :
         llvm::zip(request_.linkedInputs, llvm::drop_begin(linked_)))
      modules.push_back({item.name, &module});
    const size_t errorCount = diagnostics_.errorCount();
    const merge::Links links = merge::linkModules(modules, diagnostics_);
    if (diagnostics_.errorCount() == errorCount) {
      merged_ = merge::mergeModules(modules, links, diagnostics_);
      return merged_.has_value();
    }
    // All at once: what others would have to provide, too.
    if (!isLibrary())
      for (auto [module, isForeign] : llvm::zip(linked_, links.isForeign))
        reportUnresolved(module.module(), request_.allowMissingImports,
                         isForeign, diagnostics_);
    return false;
  }

  void mapToText(const Input &input, size_t first) {
    if (input.binary)
      text::mapToText(*input.binary, input.sourceName, diagnostics_, first);
    for (const Input &other : input.linked)
      mapToText(other, first);
  }

  bool makePlans(const Input &input) {
    StageTimer timer("plan", request_.timings);
    const size_t first = diagnostics_.all().size();
    const bool isPlanned = bindAndPlan();
    mapToText(input, first);
    return isPlanned;
  }

  bool bindAndPlan() {
    if (isLibrary())
      return planLibrary();
    const bool isProgram = request_.emit != EmitKind::Executable ||
                           (checkStart(module_->module(), diagnostics_) &&
                            checkThreads(module_->module(), diagnostics_));
    auto imports = resolveImports(module_->module(),
                                  request_.allowMissingImports, diagnostics_);
    if (!isProgram || !imports)
      return false;
    versions_ = planVersions(request_, diagnostics_);
    if (request_.report)
      request_.report->versions = versions_;
    for (size_t index = 0; index < versions_.size(); ++index)
      if (!planVersion(index, *imports))
        return false;
    return true;
  }

  bool planLibrary() {
    auto interface = translate::describeCInterface(
        module_->module(),
        translate::cIdentifier(libraryName(request_.outputPath)), diagnostics_);
    if (!interface)
      return false;
    header_ =
        cHeader(module_->module(), *interface,
                {request_.isInterruptible, request_.config.fuel.has_value()});
    versions_ = planVersions(request_, diagnostics_);
    translate::Options options = commonOptions();
    options.isInstancePointer = true;
    options.exportAll = true;
    options.arrayWrappers = true;
    options.cInterface = std::move(*interface);
    options.libraryVersion = versions_.front().version;
    options.libraryFuel =
        request_.config.fuel.value_or(translate::unlimitedFuel);
    plans_.push_back(
        translate::planTranslation(*module_, std::move(options), diagnostics_));
    return plans_.back() != nullptr;
  }

  translate::Options commonOptions() const {
    translate::Options options;
    options.target = request_.target;
    options.boundsChecks = request_.boundsChecks;
    options.guardsExtraMemories = request_.guardsExtraMemories;
    options.optLevel = translateLevel(request_.level);
    options.maxMemory = request_.maxMemory;
    options.heapByteLength = request_.config.heapByteLength;
    options.relaxedTraps = request_.relaxedTraps;
    options.isDeterministic = request_.isDeterministic;
    options.isInterruptible = request_.isInterruptible;
    options.countsFuel = request_.config.fuel.has_value();
    options.debugInfo = request_.debugInfo;
    options.singlePartition = !isLinked(request_.emit);
    return options;
  }

  bool planVersion(size_t index,
                   const std::vector<translate::ImportBinding> &imports) {
    translate::Options options = commonOptions();
    options.imports = imports;
    options.hasThreads = hasThreads(module_->module());
    // A module that is no program is wanted for its exports.
    options.exportAll =
        llvm::none_of(module_->module().exports, [](const wasm::Export &item) {
          return item.name == "_start";
        });
    options.symbolPrefix = versionPrefix(index);
    options.moduleSymbol = versionModule(index);
    if (index != 0)
      options.imageOwnerPrefix = versionPrefix(0);
    // What is to be said of the module, the first version says.
    Diagnostics repeated;
    plans_.push_back(translate::planTranslation(
        *module_, std::move(options), index == 0 ? diagnostics_ : repeated));
    if (repeated.hasErrors())
      diagnostics_.merge(std::move(repeated));
    return plans_.back() != nullptr;
  }

  codegen::TargetOptions targetOptions(size_t version) const {
    return {request_.target, versions_[version].cpu, request_.level};
  }

  codegen::ProfileOptions profileOptions(size_t version) {
    codegen::ProfileOptions options;
    options.counts = !request_.config.profilePath.empty();
    options.symbolPrefix = prefixes_.emplace_back(versionPrefix(version));
    if (request_.profile)
      options.counted = &profiles_.emplace_back(request_.profile->index(
          plans_[version]->functionSymbols(), options.symbolPrefix));
    return options;
  }

  void warnOfMisfits(size_t misfitCount) {
    if (!request_.profile)
      return;
    misfitCount += profiles_.front().absentCount;
    if (misfitCount != 0)
      diagnostics_.warning(
          {}, "the profile does not fit " + std::to_string(misfitCount) +
                  " of the functions that it tells of: the module or options "
                  "of code are others than those that were counted; its "
                  "counts of them are not used");
  }

  bool compileAll() {
    UnitFindings findings;
    const UnitTimes &times = findings.times;
    bool isDone;
    {
      StageTimer timer("compile", request_.timings);
      UnitJob job = {{},
                     unitOutput(request_.emit),
                     request_.threadCount,
                     request_.onProgress};
      for (auto [index, plan] : llvm::enumerate(plans_))
        job.versions.push_back(
            {plan.get(), targetOptions(index), profileOptions(index)});
      isDone = request_.unitCompiler
                   ? request_.unitCompiler(job, outputs_, diagnostics_)
                   : compileUnits(job, outputs_, findings, diagnostics_);
    }
    if (isDone)
      warnOfMisfits(findings.misfitCount);
    if (isDone && request_.report)
      request_.report->noteUnits(outputs_, module_->module());
    if (request_.timings) {
      request_.timings->push_back({"  translate", 0, times.translate});
      request_.timings->push_back({"  optimize", 0, times.optimize});
      request_.timings->push_back({"  emit", 0, times.emit});
    }
    return isDone;
  }

  bool write() {
    if (isLibrary())
      return emitExtras() && link() && writeHeader();
    if (isLinked(request_.emit))
      return emitExtras() && link();
    StageTimer timer("write", request_.timings);
    return linker::writeFile(request_.outputPath, outputs_.front(),
                             diagnostics_);
  }

  bool writeHeader() {
    if (linker::writeFile(headerPath(), {header_.data(), header_.size()},
                          diagnostics_))
      return true;
    // Neither without the other.
    llvm::sys::fs::remove(request_.outputPath);
    return false;
  }

  /// The configuration and what inspect shows, as objects behind the others.
  bool emitExtras() {
    const auto machine = codegen::createTargetMachine(targetOptions(0));
    llvm::LLVMContext context;
    collectLlvmDiagnostics(context, diagnostics_);
    translate::Config config = request_.config;
    config.versions.clear();
    config.hasThreads = hasThreads(module_->module());
    for (const CodeVersion &code : versions_)
      config.versions.push_back(code.version);
    std::vector<std::unique_ptr<llvm::Module>> modules;
    if (!isLibrary()) {
      modules.push_back(
          translate::emitConfig(config, *request_.target, context));
      if (!request_.strip)
        translate::linkLineLookup(*modules.back());
    }
    modules.push_back(
        emitBuildInfo(buildInfo(request_, versions_, module_->module()),
                      *request_.target, context));
    for (const auto &module : modules) {
      if (!codegen::emit(*module, *machine, codegen::OutputKind::Object,
                         outputs_.emplace_back(), diagnostics_))
        return false;
    }
    return !diagnostics_.hasErrors();
  }

  bool link() {
    StageTimer timer("link", request_.timings);
    if (request_.onProgress)
      request_.onProgress(outputs_.size(), outputs_.size(), "link");
    linker::LinkRequest link;
    link.target = request_.target;
    link.output = request_.outputPath;
    link.strip = request_.strip;
    for (const linker::ObjectBytes &object : outputs_)
      link.objects.push_back(&object);
    if (request_.emit == EmitKind::Object)
      link.kind = linker::LinkKind::Relocatable;
    else
      link.files.push_back(runtime_);
    if (request_.emit == EmitKind::Shared) {
      link.kind = linker::LinkKind::Shared;
      link.name = llvm::sys::path::filename(request_.outputPath).str();
    } else if (request_.emit == EmitKind::Static) {
      link.kind = linker::LinkKind::StaticLibrary;
      link.name = libraryName(request_.outputPath) + ".o";
    }
    return linker::link(link, diagnostics_);
  }

  const CompileRequest &request_;
  Diagnostics &diagnostics_;
  std::string runtime_, header_;
  std::vector<validate::ValidatedModule> linked_;
  std::optional<merge::MergedModule> merged_; ///< of the linked ones
  std::optional<validate::ValidatedModule> module_;
  std::vector<CodeVersion> versions_;
  std::vector<std::unique_ptr<translate::Plan>> plans_; ///< by version
  std::deque<std::string> prefixes_;                    ///< by version
  std::deque<codegen::IndexedProfile> profiles_; ///< the same, if there is one
  std::vector<linker::ObjectBytes> outputs_;
};

} // namespace

static void initializeOnce() {
  static std::once_flag initialized;
  std::call_once(initialized, codegen::initialize);
}

bool compile(const CompileRequest &request, Diagnostics &diagnostics) {
  initializeOnce();
  return Compilation(request, diagnostics).readAndBuild();
}

bool compile(const CompileRequest &request, const Input &input,
             Diagnostics &diagnostics) {
  initializeOnce();
  return Compilation(request, diagnostics).checkAndBuild(input);
}

} // namespace wrought::driver

#include "driver/options.h"
#include "driver/plan_file.h"
#include "driver/units.h"
#include "driver/versions.h"
#include "linker/output_file.h"

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/thread.h"

namespace wrought::driver {

namespace {

class UnitSteps {
public:
  UnitSteps(const UnitStepRequest &step, PlanFile plan,
            Diagnostics &diagnostics)
      : step_(step), plan_(std::move(plan)), diagnostics_(diagnostics) {}

  bool run() {
    if (!readRequest())
      return false;
    for (const size_t unit : step_.units)
      if (unit >= plan_.units.size()) {
        diagnostics_.error("the plan has no unit " + std::to_string(unit));
        return false;
      }
    switch (step_.step) {
    case UnitStep::Translate:
      return translate();
    case UnitStep::Optimize:
    case UnitStep::Emit:
      return transformAll();
    case UnitStep::Link:
      return link();
    }
    return false;
  }

private:
  /// The plan's words say what is built, as the command line did.
  bool readRequest() {
    std::vector<std::string> words = {"build", plan_.path("module.wasm"), "-o",
                                      plan_.path("out/" + plan_.outputName)};
    llvm::append_range(words, plan_.words);
    ParsedCommandLine parsed = parseCommandLine(words);
    if (!parsed.options) {
      diagnostics_.error("cannot use the plan: " + parsed.message);
      return false;
    }
    request_ = std::move(parsed.options->request);
    request_.threadCount = 1; // the plan's runner decides what is parallel
    return true;
  }

  bool matches(const UnitJob &job, Diagnostics &diagnostics) const {
    std::vector<PlanFile::Unit> units;
    for (auto [version, code] : llvm::enumerate(job.versions))
      for (size_t part = 0; part < code.plan->partitionCount(); ++part)
        units.push_back({version, part, code.plan->partitionWeight(part)});
    if (units == plan_.units)
      return true;
    diagnostics.error("this is not the module that the plan was made for");
    return false;
  }

  bool translate() {
    bool isDone = false;
    request_.outputPath = "-";
    request_.unitCompiler = [&](const UnitJob &job,
                                std::vector<linker::ObjectBytes> &,
                                Diagnostics &diagnostics) {
      isDone = matches(job, diagnostics);
      for (const size_t number : step_.units) {
        if (!isDone)
          break;
        const PlanFile::Unit &unit = plan_.units[number];
        llvm::LLVMContext context;
        collectLlvmDiagnostics(context, diagnostics);
        const auto module =
            job.versions[unit.version].plan->translate(unit.partition, context);
        isDone = writeUnit(plan_, plan_.unitPath(number, ".translated"),
                           *module, diagnostics) &&
                 !diagnostics.hasErrors();
      }
      return false;
    };
    return compile(request_, diagnostics_) || isDone;
  }

  bool transformAll() {
    codegen::initialize();
    Diagnostics repeated; // the plan has said it
    const std::vector<CodeVersion> versions = planVersions(request_, repeated);
    for (const size_t number : step_.units) {
      const size_t version = plan_.units[number].version;
      if (version >= versions.size()) {
        diagnostics_.error("cannot use the plan: unit " +
                           std::to_string(number) + " is of no version");
        return false;
      }
      if (!transform(number,
                     {request_.target, versions[version].cpu, request_.level}))
        return false;
    }
    return true;
  }

  bool transform(size_t number, const codegen::TargetOptions &target) {
    const bool isOptimizing = step_.step == UnitStep::Optimize;
    llvm::LLVMContext context;
    collectLlvmDiagnostics(context, diagnostics_);
    const auto module = readUnit(
        plan_,
        plan_.unitPath(number, isOptimizing ? ".translated" : ".optimized"),
        context, diagnostics_);
    if (!module)
      return false;
    const auto machine = codegen::createTargetMachine(target);
    if (isOptimizing) {
      codegen::optimize(*module, *machine, target.level);
      return writeUnit(plan_, plan_.unitPath(number, ".optimized"), *module,
                       diagnostics_) &&
             !diagnostics_.hasErrors();
    }
    linker::ObjectBytes object;
    return codegen::emit(*module, *machine, codegen::OutputKind::Object, object,
                         diagnostics_) &&
           !diagnostics_.hasErrors() &&
           linker::writeFile(plan_.unitPath(number, ".o"), object,
                             diagnostics_);
  }

  bool link() {
    const std::string folder = plan_.path("out");
    if (std::error_code error = llvm::sys::fs::create_directories(folder)) {
      linker::reportUnwritable(folder, error, diagnostics_);
      return false;
    }
    request_.unitCompiler = [&](const UnitJob &job,
                                std::vector<linker::ObjectBytes> &outputs,
                                Diagnostics &diagnostics) {
      if (!matches(job, diagnostics))
        return false;
      outputs.clear();
      for (size_t number = 0; number < plan_.units.size(); ++number)
        if (!readObject(number, outputs.emplace_back(), diagnostics))
          return false;
      return true;
    };
    return compile(request_, diagnostics_);
  }

  bool readObject(size_t number, linker::ObjectBytes &bytes,
                  Diagnostics &diagnostics) const {
    const std::string path = plan_.unitPath(number, ".o");
    const auto file = llvm::MemoryBuffer::getFile(
        path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (std::error_code error = file.getError()) {
      diagnostics.error("cannot read '" + path + "': " + error.message());
      return false;
    }
    llvm::append_range(bytes, (*file)->getBuffer());
    return true;
  }

  const UnitStepRequest &step_;
  PlanFile plan_;
  Diagnostics &diagnostics_;
  CompileRequest request_;
};

} // namespace

bool runUnitStep(const UnitStepRequest &request, Diagnostics &diagnostics) {
  auto plan = PlanFile::read(request.planFile, diagnostics);
  if (!plan)
    return false;
  Diagnostics own;
  bool isDone = false;
  llvm::thread worker(std::optional<unsigned>(UnitStackByteLength), [&] {
    isDone = UnitSteps(request, std::move(*plan), own).run();
  });
  worker.join();
  // What there is to say of a plan that works was said when it was made.
  if (!isDone || own.hasErrors())
    diagnostics.merge(std::move(own));
  return isDone;
}

} // namespace wrought::driver

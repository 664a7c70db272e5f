#include "driver/units.h"
#include "driver/timing.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Threading.h"

#include <atomic>
#include <mutex>
#include <numeric>
#include <pthread.h>

namespace wrought::driver {

unsigned defaultThreadCount() {
  return llvm::hardware_concurrency().compute_thread_count();
}

static void collect(const llvm::DiagnosticInfo *info, void *sink) {
  if (info->getSeverity() != llvm::DS_Error)
    return;
  std::string message;
  llvm::raw_string_ostream out(message);
  llvm::DiagnosticPrinterRawOStream printer(out);
  info->print(printer);
  static_cast<Diagnostics *>(sink)->error("code generation: " + message);
}

void collectLlvmDiagnostics(llvm::LLVMContext &context,
                            Diagnostics &diagnostics) {
  context.setDiagnosticHandlerCallBack(collect, &diagnostics);
}

namespace {

class UnitCompiler {
public:
  UnitCompiler(const UnitJob &job, std::vector<linker::ObjectBytes> &outputs)
      : job_(job), outputs_(outputs) {
    for (auto [version, code] : llvm::enumerate(job.versions))
      for (size_t part = 0; part < code.plan->partitionCount(); ++part)
        units_.push_back({version, part, code.plan->partitionWeight(part)});
    diagnostics_.resize(units_.size());
    outputs_.clear();
    outputs_.resize(units_.size());
    order_.resize(units_.size());
    std::iota(order_.begin(), order_.end(), size_t{0});
    llvm::sort(order_, [&](size_t a, size_t b) {
      return std::pair(units_[b].weight, a) < std::pair(units_[a].weight, b);
    });
  }

  /// Where no thread can be had (a limit on address space), this one works.
  void run() {
    const unsigned wanted =
        job_.threadCount ? job_.threadCount : defaultThreadCount();
    std::vector<pthread_t> threads(std::min<size_t>(wanted, order_.size()));
    size_t started = 0;
    while (started < threads.size() && startThread(threads[started]))
      ++started;
    if (started == 0)
      work();
    for (size_t index = 0; index < started; ++index)
      pthread_join(threads[index], nullptr);
  }

  bool mergeDiagnostics(Diagnostics &diagnostics) {
    for (Diagnostics &unit : diagnostics_)
      diagnostics.merge(std::move(unit));
    return !hasFailed_;
  }

  UnitFindings findings;

private:
  struct Unit {
    size_t version, partition;
    uint64_t weight;
  };
  using Machines = std::vector<codegen::TargetMachinePtr>;

  bool startThread(pthread_t &thread) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, UnitStackByteLength);
    const int error = pthread_create(
        &thread, &attributes,
        [](void *self) -> void * {
          static_cast<UnitCompiler *>(self)->work();
          return nullptr;
        },
        this);
    pthread_attr_destroy(&attributes);
    return error == 0;
  }

  void work() {
    Machines machines(job_.versions.size());
    for (size_t next; (next = next_++) < order_.size() && !hasFailed_;) {
      auto &machine = machines[units_[order_[next]].version];
      if (!machine)
        machine = codegen::createTargetMachine(
            job_.versions[units_[order_[next]].version].target);
      if (!compileUnit(order_[next], *machine))
        hasFailed_ = true;
    }
  }

  bool compileUnit(size_t index, llvm::TargetMachine &machine) {
    const Unit &unit = units_[index];
    const UnitVersion &code = job_.versions[unit.version];
    Diagnostics &diagnostics = diagnostics_[index];
    llvm::LLVMContext context;
    collectLlvmDiagnostics(context, diagnostics);
    const double start = threadCpuSeconds();
    const auto module = code.plan->translate(unit.partition, context);
    const double translated = threadCpuSeconds();
    const size_t misfitCount =
        codegen::optimize(*module, machine, code.target.level, code.profile);
    const double optimized = threadCpuSeconds();
    const bool isEmitted = codegen::emit(*module, machine, job_.output,
                                         outputs_[index], diagnostics);
    const double emitted = threadCpuSeconds();
    finish({translated - start, optimized - translated, emitted - optimized},
           unit.version == 0 ? misfitCount : 0);
    return isEmitted && !diagnostics.hasErrors();
  }

  void finish(UnitTimes unit, size_t misfitCount) {
    std::lock_guard lock(mutex_);
    findings.times.translate += unit.translate;
    findings.times.optimize += unit.optimize;
    findings.times.emit += unit.emit;
    findings.misfitCount += misfitCount;
    ++done_;
    if (job_.onProgress)
      job_.onProgress(done_, order_.size(), "compile");
  }

  const UnitJob &job_;
  std::vector<linker::ObjectBytes> &outputs_;
  std::vector<Unit> units_;              ///< as the outputs
  std::vector<size_t> order_;            ///< of units, heaviest first
  std::vector<Diagnostics> diagnostics_; ///< by unit
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> hasFailed_ = false;
  std::mutex mutex_;
  size_t done_ = 0;
};

} // namespace

bool compileUnits(const UnitJob &job, std::vector<linker::ObjectBytes> &outputs,
                  UnitFindings &findings, Diagnostics &diagnostics) {
  UnitCompiler compiler(job, outputs);
  if (job.onProgress)
    job.onProgress(0, outputs.size(), "compile");
  compiler.run();
  findings = compiler.findings;
  return compiler.mergeDiagnostics(diagnostics);
}

} // namespace wrought::driver

#include "driver/timing.h"

#include "llvm/Support/Format.h"

#include <ctime>
#include <sys/resource.h>

namespace wrought::driver {

static double clockSeconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_nsec) * 1e-9;
}

double processCpuSeconds() { return clockSeconds(CLOCK_PROCESS_CPUTIME_ID); }
double threadCpuSeconds() { return clockSeconds(CLOCK_THREAD_CPUTIME_ID); }

uint64_t peakMemoryBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) << 10;
}

StageTimer::StageTimer(const char *stage, std::vector<StageTime> *timings)
    : stage_(stage), timings_(timings),
      wallStart_(std::chrono::steady_clock::now()),
      cpuStart_(processCpuSeconds()) {}

StageTimer::~StageTimer() {
  if (!timings_)
    return;
  const std::chrono::duration<double> wall =
      std::chrono::steady_clock::now() - wallStart_;
  timings_->push_back({stage_, wall.count(), processCpuSeconds() - cpuStart_});
}

static void printRow(llvm::StringRef stage, double wall, double cpu,
                     llvm::raw_ostream &out) {
  out << llvm::left_justify(stage, 14);
  if (stage.starts_with(" "))
    out << llvm::right_justify("", 10);
  else
    out << llvm::format("%10.3f", wall);
  out << llvm::format("%10.3f\n", cpu);
}

void printTimings(const std::vector<StageTime> &timings,
                  llvm::raw_ostream &out) {
  out << "stage           wall s     CPU s\n";
  double wall = 0, cpu = 0;
  for (const StageTime &time : timings) {
    printRow(time.stage, time.wallSeconds, time.cpuSeconds, out);
    if (llvm::StringRef(time.stage).starts_with(" "))
      continue;
    wall += time.wallSeconds;
    cpu += time.cpuSeconds;
  }
  printRow("total", wall, cpu, out);
  out << llvm::format("peak memory   %6.1f MiB\n",
                      static_cast<double>(peakMemoryBytes()) / (1 << 20));
}

} // namespace wrought::driver

//===- timing.h - Where the time of a build goes --------------------------===//
#pragma once

#include "driver/compile.h"

namespace wrought::driver {

/// CPU seconds of the process so far, all threads.
double processCpuSeconds();
/// CPU seconds of the calling thread so far.
double threadCpuSeconds();
/// The most that the process had in memory so far.
uint64_t peakMemoryBytes();

/// Adds a row to `timings` (which may be null) when it goes out of scope.
class StageTimer {
public:
  StageTimer(const char *stage, std::vector<StageTime> *timings);
  ~StageTimer();
  StageTimer(const StageTimer &) = delete;
  StageTimer &operator=(const StageTimer &) = delete;

private:
  const char *stage_;
  std::vector<StageTime> *timings_;
  std::chrono::steady_clock::time_point wallStart_;
  double cpuStart_;
};

/// Writes the table that --print-timings asks for, with peak memory.
void printTimings(const std::vector<StageTime> &timings,
                  llvm::raw_ostream &out);

} // namespace wrought::driver

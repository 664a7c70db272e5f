//===- cpu_check.cpp - Choosing the version that this CPU can run ---------===//
//
// The rows of abi/cpu_features.def are tables without pointers, so that they
// cost no relocation in programs that ask for nothing; and nothing is asked of
// the CPU until a version requires something.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "core/message.h"
#include "core/process.h"
#include "cpu_features.h"
#include "os/linux/system.h"

#define CPU_FEATURE(target, bit, name, how) CPU_FEATURE_##target(bit, name, how)

namespace wrought {

namespace {

// As a shell says of a program that died by SIGILL.
constexpr int unsuitableCpuExitStatus = 132;

using namespace arch;

struct Row {
  uint8_t bit;
  CpuNeed need;
};

constexpr Row rows[] = {
#define OWN_CPU_FEATURE(bit, name, how) {bit, CpuNeed how},
#include "abi/cpu_features.def"
#undef OWN_CPU_FEATURE
};

#define CPU_FEATURE(target, bit, name, how) CPU_FEATURE_##target(bit, name, how)
/// The names of the rows, each with its NUL.
constexpr char names[] =
#define OWN_CPU_FEATURE(bit, name, how) name "\0"
#include "abi/cpu_features.def"
    ;

uint64_t presentFeatures() {
  const CpuFacts facts(process.cpuCapabilities);
  uint64_t present = 0;
  for (const Row &row : rows)
    if (facts.has(row.need))
      present |= uint64_t{1} << row.bit;
  return present;
}

/// The first name of each feature, separated by commas.
void listFeatures(Message &message, uint64_t features) {
  const char *separator = "";
  const char *name = names;
  for (const Row &row : rows) {
    const uint64_t feature = uint64_t{1} << row.bit;
    if ((features & feature) != 0) {
      message.text(separator).text(name);
      separator = ", ";
      features &= ~feature;
    }
    name += boundedLength(name, sizeof names) + 1;
  }
}

[[noreturn]] void failForLackOf(const abi::Version &version,
                                uint64_t features) {
  Message message;
  message.text("wrought: error: this program needs a CPU with ");
  listFeatures(message, features);
  auto *cpu = static_cast<const char *>(version.cpu);
  if (cpu != nullptr && *cpu != '\0')
    message.text(" (built for ").text(cpu).text(")");
  message.text(", which this machine lacks\n");
  message.flush();
  sys::exit_group(unsuitableCpuExitStatus);
}

} // namespace

} // namespace wrought

using namespace wrought;

extern "C" abi::Module *wrought_choose_version(const abi::Config *program) {
  const abi::Config &config = *program;
  auto *versions = static_cast<const abi::Version *>(config.versions);
  uint64_t present = 0, missing = 0;
  bool isKnown = false;
  for (uint64_t index = 0; index < config.versionCount; ++index) {
    const abi::Version &version = versions[index];
    if (version.requiredFeatures != 0 && !isKnown) {
      present = presentFeatures();
      isKnown = true;
    }
    missing = version.requiredFeatures & ~present;
    if (missing == 0)
      return static_cast<abi::Module *>(version.module);
  }
  if (config.versionCount == 0)
    return nullptr;
  // The last version asks for least.
  failForLackOf(versions[config.versionCount - 1], missing);
}

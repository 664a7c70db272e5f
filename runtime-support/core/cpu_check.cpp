//===- cpu_check.cpp - Choosing the version that this CPU can run ---------===//
//
// Nothing is asked of the CPU until a version requires something.
//
//===----------------------------------------------------------------------===//
#include "abi/runtime.h"
#include "core/cpu_presence.h"
#include "core/message.h"
#include "core/process.h"
#include "os/linux/system.h"

namespace wrought {

namespace {

// As a shell says of a program that died by SIGILL.
constexpr int unsuitableCpuExitStatus = 132;

void put(void *message, const char *text) {
  static_cast<Message *>(message)->text(text);
}

[[noreturn]] void failForLackOf(const abi::Version &version,
                                uint64_t features) {
  Message message;
  message.text("wrought: error: this program needs a CPU with ");
  listCpuFeatures(features, put, &message);
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
      present = presentCpuFeatures(process.cpuCapabilities);
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

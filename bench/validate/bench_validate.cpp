//===- bench_validate.cpp - Milliseconds to decode and validate -----------===//
//
// bench_validate MODULE RUNS [THREADS]: prints the milliseconds of each run on
// a line, decoding included and reading the file left out, as Node's
// WebAssembly.validate does it. The peak memory goes to standard error.
//
//===----------------------------------------------------------------------===//
#include "decode/module_decoder.h"
#include "validate/module_validator.h"

#include "llvm/Support/MemoryBuffer.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <sys/resource.h>

using namespace wrought;

static bool validateOnce(std::span<const uint8_t> bytes, const char *name,
                         unsigned threadCount) {
  Diagnostics diagnostics;
  auto module = decode::decodeModule(bytes, name, diagnostics);
  if (module) {
    validate::Options options;
    options.threadCount = threadCount;
    if (validate::validateModule(std::move(*module), options, diagnostics))
      return true;
  }
  for (const Diagnostic &diagnostic : diagnostics.all())
    render(diagnostic, DiagnosticStyle::Text, false, llvm::errs());
  return false;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: bench_validate MODULE RUNS [THREADS]\n");
    return 2;
  }
  auto file = llvm::MemoryBuffer::getFile(argv[1]);
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", argv[1]);
    return 1;
  }
  const std::span<const uint8_t> bytes(
      reinterpret_cast<const uint8_t *>((*file)->getBufferStart()),
      (*file)->getBufferSize());
  const unsigned threadCount = argc > 3 ? std::atoi(argv[3]) : 0;
  // Fault the file in, so that the first run does not pay for it.
  unsigned sum = 0;
  for (size_t i = 0; i < bytes.size(); i += 4096)
    sum += bytes[i];
  volatile unsigned sink = sum;
  static_cast<void>(sink);

  for (int run = std::atoi(argv[2]); run > 0; --run) {
    const auto start = std::chrono::steady_clock::now();
    if (!validateOnce(bytes, argv[1], threadCount))
      return 1;
    const std::chrono::duration<double, std::milli> time =
        std::chrono::steady_clock::now() - start;
    std::printf("%.3f\n", time.count());
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::fprintf(stderr, "%.1f MiB\n", usage.ru_maxrss / 1024.0);
}

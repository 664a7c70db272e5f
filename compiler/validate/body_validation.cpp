//===- body_validation.cpp - All function bodies, in parallel -------------===//
//
// Functions are cut into chunks by the module alone; threads take chunks as
// they come, and results are put together in the order of chunks. So the
// outcome is the same with any number of threads.
//
//===----------------------------------------------------------------------===//
#include "validate/body_validation.h"

#include "validate/function_validator.h"

#include <atomic>
#include <thread>

namespace wrought::validate {

using namespace wasm;

namespace {

/// Enough work that taking a chunk costs nothing, little enough that threads
/// finish together.
constexpr uint64_t ChunkBytes = 64 * 1024;
constexpr uint32_t ChunkFunctions = 4096;

struct Chunk {
  uint32_t begin, end;
  FeatureUses uses;
  Diagnostics diagnostics;
};

std::vector<Chunk> cut(const Module &module, const FeatureSet &features) {
  std::vector<Chunk> chunks;
  const auto end = static_cast<uint32_t>(module.functions.size());
  for (uint32_t first = module.importedFunctionCount; first != end;) {
    uint64_t bytes = 0;
    uint32_t last = first;
    while (last != end && bytes < ChunkBytes && last - first < ChunkFunctions)
      bytes += module.functions[last++].body.size();
    chunks.push_back({first, last, FeatureUses(features), {}});
    first = last;
  }
  return chunks;
}

void validateChunk(const Module &module, FunctionValidator &validator,
                   std::vector<FunctionFacts> &facts, Chunk &chunk) {
  validator.featureUses().clear();
  for (uint32_t i = chunk.begin; i != chunk.end; ++i) {
    const FunctionIndex index(i);
    if (validator.checkBody(index)) [[likely]] {
      facts[i] = validator.facts();
      continue;
    }
    chunk.diagnostics.error(locationIn(module, validator.errorOffset(), index),
                            validator.message());
    if (chunk.diagnostics.errorCount() > MaxReportedErrors)
      break;
  }
  chunk.uses = validator.featureUses();
}

unsigned workersFor(size_t chunkCount, unsigned threadCount) {
  if (threadCount == 0)
    threadCount = std::max(1u, std::thread::hardware_concurrency());
  return static_cast<unsigned>(std::min<size_t>(chunkCount, threadCount));
}

void report(Diagnostics &&found, Diagnostics &diagnostics) {
  for (Diagnostic &diagnostic : found.all()) {
    if (diagnostics.errorCount() == MaxReportedErrors) {
      diagnostics.note(std::move(diagnostic.location),
                       "too many errors: this one and further are not shown");
      return;
    }
    diagnostics.error(std::move(diagnostic.location),
                      std::move(diagnostic.message));
  }
}

} // namespace

Location locationIn(const Module &module, uint64_t byteOffset,
                    std::optional<FunctionIndex> function) {
  Location location;
  location.file = module.sourceName;
  location.byteOffset = byteOffset;
  if (function) {
    location.functionIndex = function->value;
    location.functionName = std::string(module.functionName(*function));
  }
  return location;
}

void validateBodies(const Module &module, const ModuleContext &context,
                    unsigned threadCount, std::vector<FunctionFacts> &facts,
                    FeatureUses &uses, Diagnostics &diagnostics) {
  std::vector<Chunk> chunks = cut(module, context.features);
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    FunctionValidator validator(module, context);
    for (size_t i; (i = next.fetch_add(1)) < chunks.size();)
      validateChunk(module, validator, facts, chunks[i]);
  };

  std::vector<std::thread> helpers;
  for (unsigned i = workersFor(chunks.size(), threadCount); i > 1; --i)
    helpers.emplace_back(work);
  work();
  for (std::thread &helper : helpers)
    helper.join();

  Diagnostics found;
  for (Chunk &chunk : chunks) {
    uses.merge(chunk.uses);
    found.merge(std::move(chunk.diagnostics));
  }
  report(std::move(found), diagnostics);
}

} // namespace wrought::validate

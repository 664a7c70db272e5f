//===- cpu_presence.cpp - Features of abi/cpu_features.def that are there -===//
//
// The rows of abi/cpu_features.def are tables without pointers, so that they
// cost no relocation in programs that ask for nothing.
//
//===----------------------------------------------------------------------===//
#include "core/cpu_presence.h"
#include "core/message.h"
#include "cpu_features.h"

#define CPU_FEATURE(target, bit, name, how) CPU_FEATURE_##target(bit, name, how)

namespace wrought {

namespace {

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

} // namespace

uint64_t presentCpuFeatures(const uint64_t *capabilities) {
  const CpuFacts facts(capabilities);
  uint64_t present = 0;
  for (const Row &row : rows)
    if (facts.has(row.need))
      present |= uint64_t{1} << row.bit;
  return present;
}

void listCpuFeatures(uint64_t features, void (*put)(void *to, const char *text),
                     void *to) {
  const char *separator = "";
  const char *name = names;
  for (const Row &row : rows) {
    const uint64_t feature = uint64_t{1} << row.bit;
    if ((features & feature) != 0) {
      put(to, separator);
      put(to, name);
      separator = ", ";
      features &= ~feature;
    }
    name += boundedLength(name, sizeof names) + 1;
  }
}

} // namespace wrought

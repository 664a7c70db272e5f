//===- cpu_presence.h - Features of abi/cpu_features.def that are there ---===//
#pragma once

#include <stdint.h>

namespace wrought {

/// Bits of abi/cpu_features.def. Takes AT_HWCAP and AT_HWCAP2.
uint64_t presentCpuFeatures(const uint64_t *capabilities);

/// The first name of each feature, separated by commas, in pieces.
void listCpuFeatures(uint64_t features, void (*put)(void *to, const char *text),
                     void *to);

} // namespace wrought

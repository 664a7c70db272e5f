//===- write_bundle.h - Files to a bundle ---------------------------------===//
#pragma once

#include "bundle/manifest.h"
#include "support/diagnostics.h"

#include "llvm/ADT/ArrayRef.h"

namespace wrought::bundle {

constexpr int DefaultCompressionLevel = 12;

struct BundleRequest {
  std::string output;
  Manifest manifest;
  std::string manifestText;
  std::vector<uint8_t> signature; ///< empty: none
  std::vector<std::string> files; ///< that hold the manifest's parts, in order
  int level = DefaultCompressionLevel;
  unsigned threadCount = 1;
};

/// False after reporting; then the output is as it was.
[[nodiscard]] bool writeBundle(const BundleRequest &request,
                               Diagnostics &diagnostics);

} // namespace wrought::bundle

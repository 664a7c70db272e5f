//===- package_options.h - Flags of pack, unpack, verify, rebuild-check ---===//
#pragma once

#include "driver/compile.h"

namespace wrought::driver {

enum class PackageFormat : uint8_t { Bundle, OciLayout };

/// A file of the user's, and what it is called in the bundle.
struct ExtraFile {
  std::string file, name;
};

struct PackageOptions {
  /// pack: one for each target, in the user's order. Outputs are pack's.
  std::vector<CompileRequest> requests;
  PackageFormat format = PackageFormat::Bundle;
  std::string name, version;
  std::string tag;    ///< of an image
  /// pack: file or folder; unpack: folder; keygen: private key.
  std::string output;
  bool includesModule = false;
  std::vector<ExtraFile> extraFiles;
  int compressionLevel = 0;
  std::string signingKey; ///< pack: empty for no signature
  std::string publicKey;  ///< unpack, verify: empty for not looking at it
  /// pack: files for the bill of materials and the provenance; empty for none.
  std::string billOfMaterials, provenance;
  std::string bundle; ///< unpack, verify, rebuild-check: what is read
  std::vector<const targets::TargetSpec *> targets; ///< unpack: empty is all
};

/// NAME of a bundle, which is part of its files' names. Empty, or what is wrong
/// with it.
std::string packageNameProblem(llvm::StringRef name);

/// FILE[=NAME].
std::optional<ExtraFile> parseExtraFile(llvm::StringRef text,
                                        std::string &message);

/// "TARGET=VALUE" among `texts`, or a single VALUE where there is one target
/// only; empty when the target has none.
std::optional<std::string> valueForTarget(llvm::ArrayRef<std::string> texts,
                                          const targets::TargetSpec &target,
                                          bool isOnlyTarget,
                                          std::string &message);

} // namespace wrought::driver

//===- manifest.h - What a bundle says of itself --------------------------===//
//
// JSON in one canonical form: members sorted, two blanks of indentation. Another
// form of the same values is refused, so that no two readers can see different
// things in one signed manifest.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <vector>

namespace wrought::bundle {

enum class PartKind : uint8_t { Executable, Object, Module, File };

/// A file in the bundle.
struct Part {
  std::string path; ///< in the archive
  PartKind kind = PartKind::File;
  std::string target; ///< empty for what is for all of them
  uint64_t byteLength = 0;
  std::string sha256;
};

struct Manifest {
  /// All members but "format", "formatVersion" and "parts".
  llvm::json::Object fields;
  /// Sorted by path.
  std::vector<Part> parts;
};

constexpr llvm::StringLiteral ManifestPath = "manifest.json";
constexpr llvm::StringLiteral SignaturePath = "manifest.sig";

llvm::StringRef kindName(PartKind kind);
/// 0755 or 0644.
unsigned fileMode(PartKind kind);

/// What is wrong with a part's path; empty when nothing is.
std::string pathProblem(llvm::StringRef path);

/// The same value with its parts, in order.
llvm::json::Value toJson(const Manifest &manifest);
/// The canonical text. Nullopt with a message when it breaks a limit, as
/// parseManifest would.
std::optional<std::string> writeManifest(const Manifest &manifest,
                                         std::string &message);
/// Hostile input. Nullopt with a message.
std::optional<Manifest> parseManifest(llvm::StringRef text,
                                      std::string &message);

} // namespace wrought::bundle

//===- local_cache.h - Artifacts in a folder ------------------------------===//
//
//   ac/<2 digits>/<key>      record: what the compilation with this key made
//   cas/<2 digits>/<sha256>  the artifact, named by its content
//   tmp/                     what is being written
//
// as Bazel's disk cache has them. A file comes into being by a rename, after
// its content has reached the disk, so that whoever looks sees all of it or
// nothing, also after a crash. The time of change of a file is when it was last
// used; the one that was not used for the longest goes first. Any number of
// processes may use a cache at once.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "cache/action_result.h"
#include "linker/output_file.h"

#include "llvm/Support/Chrono.h"

namespace wrought::cache {

/// Default bound.
constexpr uint64_t ByteLimit = uint64_t{1} << 30;

class LocalCache {
public:
  /// Makes the folder, with this mode where it is new. False with a message
  /// when it cannot be used.
  [[nodiscard]] bool open(llvm::StringRef folder, unsigned mode,
                          std::string &message);
  bool isOpen() const { return !folder_.empty(); }

  /// What the compilation with this key made, if its artifact is there as
  /// well: notes that both are being used.
  std::optional<Artifact> find(llvm::StringRef key) const;
  std::string artifactPath(const Artifact &artifact) const;
  /// Copies the artifact to `output`, checking its content on the way. False
  /// when it is gone or damaged; a damaged one is removed.
  [[nodiscard]] bool copyOut(const Artifact &artifact,
                             const std::string &output,
                             Diagnostics &diagnostics) const;

  /// A file for an artifact that is being made; its folder is the cache's.
  std::error_code createTemporary(bool isExecutable,
                                  linker::TemporaryFile &file,
                                  int &descriptor) const;
  /// Moves the file into the cache.
  std::error_code storeArtifact(linker::TemporaryFile &file,
                                const Artifact &artifact) const;
  /// What the compilation with this key made is found from now on.
  std::error_code storeRecord(llvm::StringRef key,
                              const Artifact &artifact) const;

  /// Removes files, the least recently used first, until the cache holds at
  /// most `byteLimit`. Those used within a minute before `now` stay, and
  /// temporary files within an hour.
  void trim(uint64_t byteLimit, llvm::sys::TimePoint<> now =
                                    std::chrono::system_clock::now()) const;

private:
  std::string path(llvm::StringRef kind, llvm::StringRef name) const;

  std::string folder_;
};

} // namespace wrought::cache

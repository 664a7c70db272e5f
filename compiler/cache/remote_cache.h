//===- remote_cache.h - Artifacts on a server -----------------------------===//
//
// Bazel's protocol over HTTP, which nginx with dav, bazel-remote and others
// serve: <url>/ac/<key> holds the record, <url>/cas/<sha256> the artifact.
// Nothing that a server does makes a build fail: the first trouble is warned of
// and ends the use of the server for this process.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "cache/http_client.h"
#include "cache/local_cache.h"

namespace wrought::cache {

struct RemoteOptions {
  std::string url; ///< empty: none
  bool isReadOnly = false;
  unsigned timeoutSeconds = 60;
};

class RemoteCache {
public:
  explicit RemoteCache(const RemoteOptions &options);

  bool isUsable() const { return isUsable_; }
  /// Brings what the compilation with this key made into `local`. Nullopt when
  /// the server does not have it, or has something else.
  std::optional<Artifact> fetch(llvm::StringRef key, const LocalCache &local,
                                Diagnostics &diagnostics);
  /// Gives an artifact in `local` to the server.
  void publish(llvm::StringRef key, const Artifact &artifact,
               const LocalCache &local, Diagnostics &diagnostics);

private:
  std::string address(llvm::StringRef kind, llvm::StringRef name) const;
  void giveUp(const std::string &what, Diagnostics &diagnostics);
  bool fetchArtifact(const Artifact &artifact, int descriptor,
                     Diagnostics &diagnostics);
  bool accept(const HttpResponse &response, const char *what,
              Diagnostics &diagnostics);

  const RemoteOptions options_;
  HttpClient client_;
  bool isUsable_;
};

/// The address without a user's name and password, for messages.
std::string displayUrl(llvm::StringRef url);

} // namespace wrought::cache

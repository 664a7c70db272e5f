//===- build_cache.h - Compilations that were done before -----------------===//
#pragma once

#include "cache/remote_cache.h"
#include "driver/compile.h"

namespace wrought::driver {

struct CacheOptions {
  std::string folder; ///< empty: none for build and pack, the user's for run
  uint64_t byteLimit = cache::ByteLimit;
  cache::RemoteOptions remote;
};

/// Where a user's cache is. Empty when there can be none.
std::string userCacheFolder();

/// Hash of everything that the output's bytes depend on: the module, the
/// options, the runtime and this compiler. The same on every machine.
std::string cacheKey(const CompileRequest &request,
                     llvm::ArrayRef<std::span<const uint8_t>> modules,
                     llvm::StringRef runtimeContent);

class BuildCache {
public:
  explicit BuildCache(const CacheOptions &options);

  /// False with a message when the folder cannot be used.
  [[nodiscard]] bool open(std::string &message);

  /// Where the output of the request is in the cache, after building it unless
  /// it was there. Nullopt after reporting.
  std::optional<std::string> obtain(const CompileRequest &request,
                                    const Input &input, BuildFunction build,
                                    Diagnostics &diagnostics);
  /// The same, and a copy of it at request.outputPath.
  [[nodiscard]] bool buildTo(const CompileRequest &request, const Input &input,
                             BuildFunction build, Diagnostics &diagnostics);

private:
  std::optional<std::string> keyOf(const CompileRequest &request,
                                   const Input &input,
                                   Diagnostics &diagnostics) const;
  std::optional<cache::Artifact> lookUp(llvm::StringRef key,
                                        Diagnostics &diagnostics);
  std::optional<cache::Artifact> lookUpOrBuild(const CompileRequest &request,
                                               const Input &input,
                                               BuildFunction build,
                                               Diagnostics &diagnostics);
  std::optional<cache::Artifact>
  buildInto(llvm::StringRef key, const CompileRequest &request,
            const Input &input, BuildFunction build, Diagnostics &diagnostics);

  const CacheOptions options_;
  const bool isUsers_;
  cache::LocalCache local_;
  cache::RemoteCache remote_;
  /// Why the cache cannot be written, which need not be the build's affair.
  std::string failure_;
};

} // namespace wrought::driver

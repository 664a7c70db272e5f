#include "cache/remote_cache.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SHA256.h"

namespace wrought::cache {

/// No artifact is larger; a server that says otherwise is not believed.
static constexpr uint64_t ArtifactBytes = uint64_t{4} << 30;

RemoteCache::RemoteCache(const RemoteOptions &options)
    : options_(options), client_(options.timeoutSeconds),
      isUsable_(!options.url.empty()) {}

std::string displayUrl(llvm::StringRef url) {
  const size_t scheme = url.find("://");
  if (scheme == llvm::StringRef::npos)
    return url.str();
  const size_t begin = scheme + 3;
  const size_t at = url.substr(begin).take_until([](char c) {
                         return c == '/';
                       }).rfind('@');
  if (at == llvm::StringRef::npos)
    return url.str();
  return (url.take_front(begin) + url.substr(begin + at + 1)).str();
}

std::string RemoteCache::address(llvm::StringRef kind,
                                 llvm::StringRef name) const {
  return (llvm::StringRef(options_.url).rtrim('/') + "/" + kind + "/" + name)
      .str();
}

void RemoteCache::giveUp(const std::string &what, Diagnostics &diagnostics) {
  isUsable_ = false;
  diagnostics.warning({}, "remote cache " + displayUrl(options_.url) + ": " +
                              what + "; going on without it");
}

/// Whether the server did what it was asked to.
bool RemoteCache::accept(const HttpResponse &response, const char *what,
                         Diagnostics &diagnostics) {
  if (response.status >= 200 && response.status < 300)
    return true;
  giveUp(response.status == 0
             ? response.problem
             : llvm::formatv("status {0} for {1}", response.status, what).str(),
         diagnostics);
  return false;
}

std::optional<Artifact> RemoteCache::fetch(llvm::StringRef key,
                                           const LocalCache &local,
                                           Diagnostics &diagnostics) {
  std::string record;
  const HttpResponse response =
      client_.get(address("ac", key), [&](llvm::StringRef bytes) {
        record += bytes;
        return record.size() <= RecordBytes;
      });
  if (response.status == 404)
    return std::nullopt;
  if (record.size() > RecordBytes) {
    giveUp("a record that is too long", diagnostics);
    return std::nullopt;
  }
  if (!accept(response, "a record", diagnostics))
    return std::nullopt;
  const auto artifact = decodeRecord(record);
  if (!artifact || artifact->byteLength > ArtifactBytes) {
    giveUp("a record that is none of ours", diagnostics);
    return std::nullopt;
  }
  linker::TemporaryFile file;
  int descriptor = -1;
  std::error_code error = local.createTemporary(
      artifact->isExecutable, file, descriptor);
  if (!error) {
    if (!fetchArtifact(*artifact, descriptor, diagnostics))
      return std::nullopt;
    error = local.storeArtifact(file, *artifact);
  }
  if (!error)
    error = local.storeRecord(key, *artifact);
  if (!error)
    return artifact;
  diagnostics.warning({}, "cannot keep what the remote cache has: " +
                              error.message());
  return std::nullopt;
}

/// Takes what the record names, and nothing else. Closes the descriptor.
bool RemoteCache::fetchArtifact(const Artifact &artifact, int descriptor,
                                Diagnostics &diagnostics) {
  llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
  llvm::SHA256 hasher;
  uint64_t byteLength = 0;
  const HttpResponse response = client_.get(
      address("cas", artifact.sha256), [&](llvm::StringRef bytes) {
        byteLength += bytes.size();
        if (byteLength > artifact.byteLength)
          return false;
        hasher.update(bytes);
        out << bytes;
        return !out.has_error();
      });
  out.close();
  const std::error_code error = out.error();
  out.clear_error();
  if (error) {
    diagnostics.warning({}, "cannot keep what the remote cache has: " +
                                error.message());
    return false;
  }
  if (byteLength > artifact.byteLength) {
    giveUp("an artifact longer than its record says", diagnostics);
    return false;
  }
  if (response.status == 404) // evicted; the record is not, yet
    return false;
  if (!accept(response, "an artifact", diagnostics))
    return false;
  if (byteLength == artifact.byteLength &&
      llvm::toHex(hasher.final(), /*LowerCase=*/true) == artifact.sha256)
    return true;
  giveUp("an artifact that is not what its record says", diagnostics);
  return false;
}

void RemoteCache::publish(llvm::StringRef key, const Artifact &artifact,
                          const LocalCache &local, Diagnostics &diagnostics) {
  if (options_.isReadOnly)
    return;
  // The artifact first: some servers refuse records of what they do not have.
  const std::string place = address("cas", artifact.sha256);
  const HttpResponse there = client_.head(place);
  if (there.status != 404 && !accept(there, "asking", diagnostics))
    return;
  if (there.status == 404 &&
      !accept(client_.putFile(place, local.artifactPath(artifact)),
              "storing an artifact", diagnostics))
    return;
  accept(client_.put(address("ac", key), encodeRecord(artifact)),
         "storing a record", diagnostics);
}

} // namespace wrought::cache

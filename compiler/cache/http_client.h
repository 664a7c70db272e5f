//===- http_client.h - HTTP requests, by libcurl --------------------------===//
//
// libcurl is loaded when the first request is made. Linked, it would bring some
// thirty libraries into every start of the compiler, and into every
// installation, for those few who have a remote cache.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <memory>
#include <string>

namespace wrought::cache {

struct HttpResponse {
  long status = 0; ///< 0: no response; then `problem` says why
  std::string problem;
};

/// Takes bytes as they come; false ends the transfer.
using BodySink = llvm::function_ref<bool(llvm::StringRef)>;

class HttpClient {
public:
  /// A request ends after so many seconds, whatever the server does, and after
  /// a few without progress.
  explicit HttpClient(unsigned timeoutSeconds);
  ~HttpClient();
  HttpClient(const HttpClient &) = delete;
  HttpClient &operator=(const HttpClient &) = delete;

  /// The body goes to `sink` for a status of 200 only.
  HttpResponse get(const std::string &url, BodySink sink);
  HttpResponse head(const std::string &url);
  HttpResponse put(const std::string &url, llvm::StringRef body);
  HttpResponse putFile(const std::string &url, const std::string &file);

private:
  class Library;
  struct Transfer;
  HttpResponse perform(const std::string &url, Transfer &transfer);

  const unsigned timeoutSeconds_;
  std::unique_ptr<Library> library_;
};

} // namespace wrought::cache

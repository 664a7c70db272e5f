#include "cache/http_client.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <curl/curl.h>
#include <dlfcn.h>
#include <sys/stat.h>

namespace wrought::cache {

/// A server that is silent for so long is given up.
static constexpr long StallSeconds = 5;
static constexpr long StallBytesPerSecond = 64;

/// The functions of libcurl, whichever of its builds is there: their interfaces
/// are one.
class HttpClient::Library {
public:
  Library() {
    for (const char *name : {"libcurl.so.4", "libcurl-gnutls.so.4"})
      if (!handle_)
        handle_ = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle_)
      return;
    load(globalInit, "curl_global_init");
    load(easyInit, "curl_easy_init");
    load(easySetopt, "curl_easy_setopt");
    load(easyPerform, "curl_easy_perform");
    load(easyGetinfo, "curl_easy_getinfo");
    load(easyStrerror, "curl_easy_strerror");
    load(easyReset, "curl_easy_reset");
    load(easyCleanup, "curl_easy_cleanup");
    load(slistAppend, "curl_slist_append");
    load(slistFreeAll, "curl_slist_free_all");
    if (isWhole_ && globalInit(CURL_GLOBAL_ALL) == CURLE_OK)
      easy = easyInit();
  }
  ~Library() {
    if (easy)
      easyCleanup(easy);
    // The library stays: some of what it loads cannot be unloaded.
  }

  CURL *easy = nullptr; ///< null when libcurl cannot be used
  decltype(&::curl_global_init) globalInit;
  decltype(&::curl_easy_init) easyInit;
  decltype(&::curl_easy_setopt) easySetopt;
  decltype(&::curl_easy_perform) easyPerform;
  decltype(&::curl_easy_getinfo) easyGetinfo;
  decltype(&::curl_easy_strerror) easyStrerror;
  decltype(&::curl_easy_reset) easyReset;
  decltype(&::curl_easy_cleanup) easyCleanup;
  decltype(&::curl_slist_append) slistAppend;
  decltype(&::curl_slist_free_all) slistFreeAll;

private:
  template <typename Function>
  void load(Function &function, const char *name) {
    function = reinterpret_cast<Function>(::dlsym(handle_, name));
    isWhole_ &= function != nullptr;
  }

  void *handle_ = nullptr;
  bool isWhole_ = true;
};

/// What one request sends and receives.
struct HttpClient::Transfer {
  enum class Method { Get, Head, Put };
  explicit Transfer(Method method) : method(method) {}

  const Method method;
  BodySink *sink = nullptr;
  llvm::StringRef body; ///< to send, unless there is a file
  std::FILE *file = nullptr;
  curl_off_t byteLength = 0;
  Library *library = nullptr;

  bool isWanted() const {
    long status = 0;
    library->easyGetinfo(library->easy, CURLINFO_RESPONSE_CODE, &status);
    return status == 200;
  }

  static size_t receive(char *bytes, size_t size, size_t count, void *self) {
    auto &transfer = *static_cast<Transfer *>(self);
    const size_t length = size * count;
    if (!transfer.sink || !transfer.isWanted())
      return length; // an error page
    return (*transfer.sink)({bytes, length}) ? length : 0;
  }

  static size_t send(char *bytes, size_t size, size_t count, void *self) {
    auto &transfer = *static_cast<Transfer *>(self);
    if (transfer.file)
      return std::fread(bytes, 1, size * count, transfer.file);
    const llvm::StringRef now = transfer.body.take_front(size * count);
    std::copy(now.begin(), now.end(), bytes);
    transfer.body = transfer.body.drop_front(now.size());
    return now.size();
  }
};

namespace {

/// A server that closes a connection must not end the compiler.
class IgnorePipeSignal {
public:
  IgnorePipeSignal() {
    struct sigaction ignore{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &before_);
  }
  ~IgnorePipeSignal() { ::sigaction(SIGPIPE, &before_, nullptr); }
  IgnorePipeSignal(const IgnorePipeSignal &) = delete;

private:
  struct sigaction before_{};
};

} // namespace

HttpClient::HttpClient(unsigned timeoutSeconds)
    : timeoutSeconds_(timeoutSeconds) {}

HttpClient::~HttpClient() = default;

HttpResponse HttpClient::perform(const std::string &url, Transfer &transfer) {
  const IgnorePipeSignal ignore;
  if (!library_)
    library_ = std::make_unique<Library>();
  Library &curl = *library_;
  if (!curl.easy)
    return {0, "libcurl.so.4 is not there (Debian's package libcurl4)"};
  transfer.library = &curl;
  const auto set = [&](CURLoption option, auto value) {
    curl.easySetopt(curl.easy, option, value);
  };
  char detail[CURL_ERROR_SIZE] = "";
  curl.easyReset(curl.easy); // connections stay open
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_ERRORBUFFER, detail);
  set(CURLOPT_USERAGENT, "wrought");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
  set(CURLOPT_TIMEOUT, static_cast<long>(timeoutSeconds_));
  const long patience = std::min<long>(StallSeconds, timeoutSeconds_);
  set(CURLOPT_CONNECTTIMEOUT, patience);
  set(CURLOPT_LOW_SPEED_LIMIT, StallBytesPerSecond);
  set(CURLOPT_LOW_SPEED_TIME, patience);
  set(CURLOPT_WRITEFUNCTION, &Transfer::receive);
  set(CURLOPT_WRITEDATA, static_cast<void *>(&transfer));
  // Servers that wait for "100 Continue" are slow; none needs it.
  curl_slist *headers = curl.slistAppend(nullptr, "Expect:");
  headers = curl.slistAppend(headers, "Content-Type: application/octet-stream");
  set(CURLOPT_HTTPHEADER, headers);
  if (transfer.method == Transfer::Method::Head)
    set(CURLOPT_NOBODY, 1L);
  if (transfer.method == Transfer::Method::Put) {
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, transfer.byteLength);
    set(CURLOPT_READFUNCTION, &Transfer::send);
    set(CURLOPT_READDATA, static_cast<void *>(&transfer));
  }
  HttpResponse response;
  const CURLcode code = curl.easyPerform(curl.easy);
  if (code == CURLE_OK)
    curl.easyGetinfo(curl.easy, CURLINFO_RESPONSE_CODE, &response.status);
  else
    response.problem = *detail ? detail : curl.easyStrerror(code);
  curl.slistFreeAll(headers);
  return response;
}

HttpResponse HttpClient::get(const std::string &url, BodySink sink) {
  Transfer transfer(Transfer::Method::Get);
  transfer.sink = &sink;
  return perform(url, transfer);
}

HttpResponse HttpClient::head(const std::string &url) {
  Transfer transfer(Transfer::Method::Head);
  return perform(url, transfer);
}

HttpResponse HttpClient::put(const std::string &url, llvm::StringRef body) {
  Transfer transfer(Transfer::Method::Put);
  transfer.body = body;
  transfer.byteLength = static_cast<curl_off_t>(body.size());
  return perform(url, transfer);
}

HttpResponse HttpClient::putFile(const std::string &url,
                                 const std::string &file) {
  Transfer transfer(Transfer::Method::Put);
  transfer.file = std::fopen(file.c_str(), "rbe");
  struct stat info{};
  if (!transfer.file || ::fstat(fileno(transfer.file), &info) != 0)
    return {0, "the artifact is gone"};
  transfer.byteLength = info.st_size;
  const HttpResponse response = perform(url, transfer);
  std::fclose(transfer.file);
  return response;
}

} // namespace wrought::cache

#include "bundle/oci_layout.h"
#include "bundle/archive.h"
#include "bundle/gzip_writer.h"
#include "linker/output_file.h"
#include "support/sha256.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

#include <unistd.h>

namespace wrought::bundle {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

static constexpr llvm::StringLiteral IndexType =
    "application/vnd.oci.image.index.v1+json";
static constexpr llvm::StringLiteral ManifestType =
    "application/vnd.oci.image.manifest.v1+json";
static constexpr llvm::StringLiteral ConfigType =
    "application/vnd.oci.image.config.v1+json";
static constexpr llvm::StringLiteral LayerType =
    "application/vnd.oci.image.layer.v1.tar+gzip";
/// Equal images need one time.
static constexpr llvm::StringLiteral Time = "1970-01-01T00:00:00Z";
static constexpr llvm::StringLiteral LayoutFile = "oci-layout";

static bool isEmptyFolder(const std::string &folder) {
  std::error_code error;
  const fs::directory_iterator first(folder, error), end;
  return !error && first == end;
}

static bool isLayout(const std::string &folder) {
  return fs::exists(folder + "/" + LayoutFile);
}

bool checkOciOutput(const std::string &output, Diagnostics &diagnostics) {
  fs::file_status status;
  if (!fs::status(output, status)) {
    if (!fs::is_directory(status))
      linker::reportUnwritable(
          output, make_error_code(std::errc::not_a_directory), diagnostics);
    else if (!isEmptyFolder(output) && !isLayout(output))
      diagnostics.error("cannot write '" + output +
                        "': the folder holds something else than an OCI image "
                        "layout");
    else
      return true;
    return false;
  }
  // A file beside the folder could be written exactly where the folder can.
  return linker::checkWritable(output, diagnostics);
}

std::string ociTag(llvm::StringRef text) {
  constexpr size_t Longest = 128;
  std::string tag = text.take_front(Longest).str();
  for (char &c : tag)
    if (!llvm::isAlnum(c) && c != '.' && c != '-' && c != '_')
      c = '_';
  if (!tag.empty() && (tag[0] == '.' || tag[0] == '-'))
    tag[0] = '_';
  return tag;
}

namespace {

/// A folder beside the output that takes its place when it is whole.
class StagedFolder {
public:
  explicit StagedFolder(const std::string &output)
      : output_(path::remove_leading_dotslash(
                    llvm::StringRef(output).rtrim('/'))
                    .str()) {
    if (output_.empty())
      output_ = output;
    name_ = llvm::formatv("{0}.{1:x-8}.tmp", output_,
                          llvm::sys::Process::GetRandomNumber());
  }
  ~StagedFolder() {
    if (isMade_)
      fs::remove_directories(name_);
  }
  StagedFolder(const StagedFolder &) = delete;

  std::error_code create() {
    const std::error_code error =
        fs::create_directory(name_, /*IgnoreExisting=*/false);
    isMade_ = !error;
    return error;
  }
  const std::string &name() const { return name_; }

  std::error_code commit() {
    const bool replaces = isLayout(output_);
    const std::string old = name_ + ".old";
    if (replaces)
      if (std::error_code error = fs::rename(output_, old))
        return error;
    if (std::error_code error = fs::rename(name_, output_)) {
      if (replaces)
        fs::rename(old, output_);
      return error;
    }
    isMade_ = false;
    return replaces ? fs::remove_directories(old) : std::error_code();
  }

private:
  std::string output_, name_;
  bool isMade_ = false;
};

class LayoutWriter {
public:
  LayoutWriter(const OciRequest &request, const std::string &folder,
               Diagnostics &diagnostics)
      : request_(request), folder_(folder), blobs_(folder + "/blobs/sha256/"),
        diagnostics_(diagnostics) {}

  std::optional<std::string> run() {
    if (std::error_code error = fs::create_directories(blobs_)) {
      linker::reportUnwritable(blobs_, error, diagnostics_);
      return std::nullopt;
    }
    Array manifests;
    for (const OciImage &image : request_.images) {
      auto manifest = writeImage(image);
      if (!manifest)
        return std::nullopt;
      manifests.push_back(std::move(*manifest));
    }
    auto index = writeBlob(IndexType,
                           Object{{"schemaVersion", 2},
                                  {"mediaType", IndexType},
                                  {"manifests", std::move(manifests)},
                                  {"annotations", labels()}});
    if (!index)
      return std::nullopt;
    llvm::StringRef digest = *index->getString("digest");
    digest.consume_front("sha256:");
    std::string sha256 = digest.str();
    (*index)["annotations"] =
        Object{{"org.opencontainers.image.ref.name", request_.tag}};
    if (!writeJson(folder_ + "/index.json",
                   Object{{"schemaVersion", 2},
                          {"mediaType", IndexType},
                          {"manifests", Array{std::move(*index)}}}) ||
        !writeJson(folder_ + "/" + LayoutFile.str(),
                   Object{{"imageLayoutVersion", "1.0.0"}}))
      return std::nullopt;
    return sha256;
  }

private:
  Object labels() const {
    Object object;
    for (const auto &[name, value] : request_.labels)
      object[name] = llvm::json::fixUTF8(value);
    return object;
  }

  bool writeText(const std::string &file, llvm::StringRef text) {
    return linker::writeFile(file, {text.data(), text.size()}, diagnostics_);
  }
  bool writeJson(const std::string &file, Value value) {
    return writeText(file, llvm::formatv("{0}", value).str());
  }

  static Object descriptor(llvm::StringRef mediaType, const std::string &sha256,
                           uint64_t byteLength) {
    return Object{{"mediaType", mediaType},
                  {"digest", "sha256:" + sha256},
                  {"size", static_cast<int64_t>(byteLength)}};
  }

  /// The blob's descriptor.
  std::optional<Object> writeBlob(llvm::StringRef mediaType, Value value) {
    const std::string text = llvm::formatv("{0}", value).str();
    const std::string sha256 = sha256Hex(text);
    if (!writeText(blobs_ + sha256, text))
      return std::nullopt;
    return descriptor(mediaType, sha256, text.size());
  }

  /// The manifest's descriptor, with the platform.
  std::optional<Object> writeImage(const OciImage &image) {
    std::string diffId;
    auto layer = writeLayer(image, diffId);
    if (!layer)
      return std::nullopt;
    Object config{
        {"architecture", image.architecture},
        {"os", "linux"},
        {"created", Time},
        {"config", Object{{"Entrypoint", Array{"/" + request_.name}},
                          {"WorkingDir", "/"},
                          {"Labels", labels()}}},
        {"rootfs", Object{{"type", "layers"},
                          {"diff_ids", Array{"sha256:" + diffId}}}},
        {"history",
         Array{Object{{"created", Time}, {"created_by", "wrought pack"}}}}};
    Object platform{{"architecture", image.architecture}, {"os", "linux"}};
    if (!image.variant.empty()) {
      config["variant"] = image.variant;
      platform["variant"] = image.variant;
    }
    auto configBlob = writeBlob(ConfigType, std::move(config));
    if (!configBlob)
      return std::nullopt;
    auto manifest = writeBlob(ManifestType,
                              Object{{"schemaVersion", 2},
                                     {"mediaType", ManifestType},
                                     {"config", std::move(*configBlob)},
                                     {"layers", Array{std::move(*layer)}},
                                     {"annotations", labels()}});
    if (manifest)
      (*manifest)["platform"] = std::move(platform);
    return manifest;
  }

  std::optional<Object> writeLayer(const OciImage &image, std::string &diffId) {
    linker::TemporaryFile file;
    int descriptorNumber = -1;
    if (std::error_code error =
            file.create(blobs_ + "layer", ".tmp",
                        fs::all_read | fs::all_write, descriptorNumber)) {
      linker::reportUnwritable(blobs_, error, diagnostics_);
      return std::nullopt;
    }
    llvm::raw_fd_ostream out(descriptorNumber, /*shouldClose=*/true);
    GzipWriter gzip(out);
    std::string problem = writeArchive(image.program, gzip);
    out.close();
    std::error_code error = out.error();
    out.clear_error();
    if (!problem.empty()) {
      diagnostics_.error("cannot pack '" + request_.output + "': " + problem);
      return std::nullopt;
    }
    const std::string sha256 = gzip.packedSha256();
    if (!error)
      error = file.renameTo(blobs_ + sha256);
    if (error) {
      linker::reportUnwritable(blobs_ + sha256, error, diagnostics_);
      return std::nullopt;
    }
    diffId = gzip.plainSha256();
    return descriptor(LayerType, sha256, gzip.packedByteLength());
  }

  std::string writeArchive(const std::string &program, GzipWriter &gzip) {
    auto file = fs::openNativeFileForRead(program);
    if (!file)
      return llvm::toString(file.takeError());
    fs::file_status status;
    if (std::error_code error = fs::status(*file, status)) {
      fs::closeFile(*file);
      return error.message();
    }
    const uint64_t byteLength = status.getSize();
    const TarHeader header = tarHeader(request_.name, byteLength, 0755);
    gzip.write({header.data(), header.size()});
    std::vector<char> chunk(size_t{1} << 18);
    uint64_t left = byteLength;
    std::string problem;
    while (left != 0 && problem.empty()) {
      auto count = fs::readNativeFile(
          *file, llvm::MutableArrayRef(chunk).take_front(left));
      if (!count)
        problem = llvm::toString(count.takeError());
      else if (*count == 0)
        problem = "the file changed while it was packed";
      else
        gzip.write({chunk.data(), *count});
      left -= problem.empty() ? *count : 0;
    }
    fs::closeFile(*file);
    gzip.write(std::string(tarPadding(byteLength) + TarEndBytes, '\0'));
    if (!gzip.finish() && problem.empty())
      problem = "zlib: out of memory";
    return problem;
  }

  const OciRequest &request_;
  const std::string &folder_;
  const std::string blobs_;
  Diagnostics &diagnostics_;
};

} // namespace

std::optional<std::string> writeOciLayout(const OciRequest &request,
                                          Diagnostics &diagnostics) {
  StagedFolder folder(request.output);
  std::error_code error = folder.create();
  std::optional<std::string> sha256;
  if (!error) {
    sha256 = LayoutWriter(request, folder.name(), diagnostics).run();
    if (!sha256)
      return std::nullopt;
    error = folder.commit();
  }
  if (!error)
    return sha256;
  linker::reportUnwritable(request.output, error, diagnostics);
  return std::nullopt;
}

} // namespace wrought::bundle

#include "driver/pack.h"
#include "bundle/oci_layout.h"
#include "bundle/signing.h"
#include "bundle/write_bundle.h"
#include "driver/inspect.h"
#include "driver/request_options.h"
#include "driver/supply_chain.h"
#include "driver/version.h"
#include "driver/versions.h"
#include "linker/output_file.h"
#include "support/sha256.h"
#include "targets/oci_platform.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <deque>
#include <unistd.h>

namespace wrought::driver {

namespace fs = llvm::sys::fs;

using bundle::PartKind;
using llvm::json::Array;
using llvm::json::Object;

namespace {

/// A part and the file that holds it.
struct PartFile {
  bundle::Part part;
  std::string file;
};

/// The target, its CPUs, and what the versions of the code ask of a machine.
Object describeCode(const CompileRequest &request) {
  Object object = describeTarget(request);
  Array versions;
  Diagnostics repeated; // building said it
  for (const CodeVersion &code : planVersions(request, repeated))
    versions.push_back(Object{
        {"cpu", llvm::json::fixUTF8(code.version.cpu)},
        {"requires", Array(targets::featureNames(
                         *request.target, code.version.requiredFeatures))}});
  object["versions"] = std::move(versions);
  return object;
}

class Packing {
public:
  Packing(const PackageOptions &options, BuildFunction build,
          Diagnostics &diagnostics)
      : options_(options), build_(build), diagnostics_(diagnostics) {}

  bool run() {
    if (!checkOutput() || !readSigningKey())
      return false;
    const CompileRequest &first = options_.requests.front();
    auto input = readInput(first.inputPath, diagnostics_);
    if (!input || !addExtraFiles())
      return false;
    input_ = std::move(*input);
    return buildAll() && addModule() && makeManifest() && addRuntimes() &&
           (isImage() ? writeImage() : writeBundle()) && writeDocuments();
  }

private:
  bool isImage() const { return options_.format == PackageFormat::OciLayout; }

  bool checkOutput() {
    for (const std::string &file :
         {options_.billOfMaterials, options_.provenance})
      if (!file.empty() && !linker::checkWritable(file, diagnostics_))
        return false;
    return isImage() ? bundle::checkOciOutput(options_.output, diagnostics_)
                     : linker::checkWritable(options_.output, diagnostics_);
  }

  bool readSigningKey() {
    if (options_.signingKey.empty())
      return true;
    auto key = bundle::readPrivateKey(options_.signingKey, diagnostics_);
    if (key)
      key_.emplace(std::move(*key));
    return key_.has_value();
  }

  bool buildAll() {
    for (const CompileRequest &request : options_.requests) {
      CompileRequest own = request;
      const bool isExecutable = request.emit == EmitKind::Executable;
      own.outputPath = temporaryName();
      if (own.outputPath.empty() || !build_(own, input_))
        return false;
      const std::string folder =
          (isExecutable ? "bin/" : "obj/") + request.target->name.str() + "/";
      const std::string name = options_.name + (isExecutable ? "" : ".o");
      if (!add(folder + name, own.outputPath,
               isExecutable ? PartKind::Executable : PartKind::Object,
               request.target->name))
        return false;
    }
    return true;
  }

  bool addExtraFiles() {
    for (const ExtraFile &extra : options_.extraFiles)
      if (!add("files/" + extra.name, extra.file, PartKind::File, ""))
        return false;
    return true;
  }

  bool addModule() {
    if (!options_.includesModule)
      return true;
    const std::string file = temporaryName();
    const auto bytes = input_.bytes();
    return !file.empty() &&
           linker::writeFile(
               file,
               {reinterpret_cast<const char *>(bytes.data()), bytes.size()},
               diagnostics_) &&
           add("module/" + options_.name + ".wasm", file, PartKind::Module, "");
  }

  bool add(std::string path, const std::string &file, PartKind kind,
           llvm::StringRef target) {
    std::string message;
    const auto digest = digestFile(file, message);
    if (!digest) {
      diagnostics_.error("cannot read '" + file + "': " + message);
      return false;
    }
    parts_.push_back({{std::move(path), kind, target.str(), digest->byteLength,
                       digest->sha256},
                      file});
    return true;
  }

  /// Of a file that is gone when this is.
  std::string temporaryName() {
    int descriptor = -1;
    linker::TemporaryFile &file = temporaries_.emplace_back();
    if (std::error_code error = file.create(linker::temporaryPrefix(), "",
                                            fs::owner_all, descriptor)) {
      diagnostics_.error("cannot make a temporary file: " + error.message());
      return "";
    }
    ::close(descriptor);
    return file.name();
  }

  bool makeManifest() {
    validate::Options options;
    options.features = options_.requests.front().features;
    options.threadCount = options_.requests.front().threadCount;
    const auto module = loadModule(input_, options, diagnostics_);
    if (!module)
      return false;
    facts_.producers = readProducers(module->module());
    Array targets;
    for (const CompileRequest &request : options_.requests)
      targets.push_back(describeCode(request));
    manifest_.fields =
        Object{{"name", options_.name},
               {"version", options_.version},
               {"compiler", Object{{"name", "wrought"},
                                   {"version", version()},
                                   {"llvm", LLVM_VERSION_STRING}}},
               {"module", describeForPackage(*module)},
               {"options", describeOptions(options_.requests.front())},
               {"targets", std::move(targets)}};
    llvm::sort(parts_, [](const PartFile &a, const PartFile &b) {
      return a.part.path < b.part.path;
    });
    for (const PartFile &file : parts_)
      manifest_.parts.push_back(file.part);
    std::string message;
    auto text = writeManifest(manifest_, message);
    if (!text) {
      diagnostics_.error("cannot pack '" + options_.output + "': " + message);
      return false;
    }
    manifestText_ = std::move(*text);
    return true;
  }

  bool writeImage() {
    bundle::OciRequest request;
    request.output = options_.output;
    request.name = options_.name;
    request.tag = bundle::ociTag(options_.tag);
    const Object *module = manifest_.fields.getObject("module");
    request.labels = {
        {"org.opencontainers.image.title", options_.name},
        {"org.opencontainers.image.version", options_.version},
        {"wrought.module.sha256", module->getString("sha256")->str()},
        {"wrought.version", version()}};
    for (const CompileRequest &target : options_.requests) {
      const auto platform = targets::ociPlatform(*target.target);
      const auto part = llvm::find_if(parts_, [&](const PartFile &file) {
        return file.part.target == target.target->name;
      });
      request.images.push_back(
          {platform.architecture.str(), platform.variant.str(), part->file});
    }
    const auto sha256 = writeOciLayout(request, diagnostics_);
    if (!sha256)
      return false;
    facts_.outputs = {{options_.name + ":" + request.tag, *sha256}};
    return true;
  }

  bool writeBundle() {
    bundle::BundleRequest request;
    request.output = options_.output;
    request.manifest = manifest_;
    request.manifestText = std::move(manifestText_);
    if (key_) {
      const bundle::Signature signature = key_->sign(request.manifestText);
      request.signature.assign(signature.begin(), signature.end());
    }
    for (const PartFile &file : parts_)
      request.files.push_back(file.file);
    request.level = options_.compressionLevel;
    request.threadCount = options_.requests.front().threadCount;
    return bundle::writeBundle(request, diagnostics_);
  }

  bool wantsDocuments() const {
    return !options_.billOfMaterials.empty() || !options_.provenance.empty();
  }

  bool addRuntimes() {
    for (const CompileRequest &request : options_.requests) {
      if (!wantsDocuments() || request.emit != EmitKind::Executable)
        continue;
      const std::string file =
          linker::findRuntimeArchive(*request.target, diagnostics_);
      std::string message;
      const auto digest = digestFile(file, message);
      if (!digest) {
        diagnostics_.error("cannot read '" + file + "': " + message);
        return false;
      }
      facts_.runtimes.push_back({request.target->name.str(), digest->sha256});
    }
    return true;
  }

  bool writeDocuments() {
    if (!wantsDocuments())
      return true;
    facts_.manifest = &manifest_;
    if (!isImage() && !linker::isWrittenInPlace(options_.output)) {
      std::string message;
      const auto digest = digestFile(options_.output, message);
      if (!digest) {
        diagnostics_.error("cannot read '" + options_.output + "': " + message);
        return false;
      }
      facts_.outputs = {
          {llvm::sys::path::filename(options_.output).str(), digest->sha256}};
    }
    llvm::json::Value statement = provenance(facts_);
    if (key_)
      statement = signedEnvelope(statement, *key_);
    return writeDocument(options_.billOfMaterials, billOfMaterials(facts_)) &&
           writeDocument(options_.provenance, statement);
  }

  bool writeDocument(const std::string &file, const llvm::json::Value &value) {
    if (file.empty())
      return true;
    const std::string text = llvm::formatv("{0:2}\n", value).str();
    return linker::writeFile(file, {text.data(), text.size()}, diagnostics_);
  }

  const PackageOptions &options_;
  BuildFunction build_;
  Diagnostics &diagnostics_;
  Input input_;
  std::optional<bundle::PrivateKey> key_;
  std::deque<linker::TemporaryFile> temporaries_;
  std::vector<PartFile> parts_;
  bundle::Manifest manifest_;
  std::string manifestText_;
  PackageFacts facts_;
};

} // namespace

bool pack(const PackageOptions &options, BuildFunction build,
          Diagnostics &diagnostics) {
  return Packing(options, build, diagnostics).run();
}

} // namespace wrought::driver

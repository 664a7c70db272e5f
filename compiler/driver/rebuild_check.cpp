#include "driver/rebuild_check.h"
#include "driver/request_options.h"
#include "driver/unpack.h"
#include "driver/version.h"
#include "linker/output_file.h"
#include "support/sha256.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"

#include <unistd.h>

namespace wrought::driver {

namespace fs = llvm::sys::fs;

using llvm::json::Object;

namespace {

class RebuildCheck {
public:
  RebuildCheck(const bundle::Reader &reader, const CompileRequest &request,
               BuildFunction build, Diagnostics &diagnostics)
      : reader_(reader), request_(request), build_(build),
        diagnostics_(diagnostics) {}

  bool run() {
    const auto input = readInput(request_.inputPath, diagnostics_);
    if (!input || !checkModule(*input) || !readShared())
      return false;
    warnOfAnotherCompiler();
    const llvm::json::Array *targets =
        reader_.manifest().fields.getArray("targets");
    if (!targets)
      return fail("the manifest lists no targets");
    for (const llvm::json::Value &target : *targets)
      if (!target.getAsObject())
        return fail("the manifest lists no targets");
      else if (!check(*target.getAsObject(), *input))
        return false;
    for (const std::string &difference : differences_)
      fail(difference);
    return differences_.empty();
  }

private:
  bool fail(std::string message) {
    Location location;
    location.file = reader_.path();
    diagnostics_.error(std::move(location), std::move(message));
    return false;
  }

  llvm::StringRef field(llvm::StringRef object, llvm::StringRef member) const {
    const Object *found = reader_.manifest().fields.getObject(object);
    return found ? found->getString(member).value_or("") : "";
  }

  bool checkModule(const Input &input) {
    const auto bytes = input.bytes();
    const std::string own =
        sha256Hex(llvm::ArrayRef(bytes.data(), bytes.size()));
    if (field("module", "sha256") == own)
      return true;
    return fail("built from another module than '" + input.sourceName +
                "', which has the SHA-256 " + own);
  }

  void warnOfAnotherCompiler() {
    const llvm::StringRef wrought = field("compiler", "version"),
                          llvmVersion = field("compiler", "llvm");
    if (wrought == version() && llvmVersion == LLVM_VERSION_STRING)
      return;
    Location location;
    location.file = reader_.path();
    diagnostics_.warning(location, ("packed by wrought " + wrought + " (LLVM " +
                                    llvmVersion + "), this is " + versionLine())
                                       .str());
  }

  /// What holds for every target.
  bool readShared() {
    const std::vector<std::string> given = request_.config.environment;
    const Object *options = reader_.manifest().fields.getObject("options");
    std::string message;
    if (!options)
      return fail("the manifest has no options");
    return readOptions(*options, given, request_, message) ||
           fail("the manifest's options: " + message);
  }

  bool check(const Object &target, const Input &input) {
    CompileRequest request = request_;
    std::string message;
    if (!readTarget(target, request, message))
      return fail("the manifest's targets: " + message);
    const auto part =
        llvm::find_if(reader_.manifest().parts, [&](const bundle::Part &part) {
          return part.target == request.target->name;
        });
    if (part == reader_.manifest().parts.end())
      return fail(("nothing for the target " + request.target->name).str());
    return compare(*part, std::move(request), input);
  }

  bool compare(const bundle::Part &part, CompileRequest request,
               const Input &input) {
    linker::TemporaryFile file;
    int descriptor = -1;
    if (std::error_code error = file.create(linker::temporaryPrefix(), "",
                                            fs::owner_all, descriptor)) {
      diagnostics_.error("cannot make a temporary file: " + error.message());
      return false;
    }
    ::close(descriptor);
    request.outputPath = file.name();
    if (!build_(request, input))
      return false;
    std::string message;
    const auto digest = digestFile(file.name(), message);
    if (!digest)
      return fail(message);
    // Said when all are built: one run tells the whole.
    if (digest->sha256 != part.sha256)
      differences_.push_back(part.path +
                             ": building it again gives other "
                             "bytes, with the SHA-256 " +
                             digest->sha256);
    return true;
  }

  const bundle::Reader &reader_;
  CompileRequest request_;
  BuildFunction build_;
  Diagnostics &diagnostics_;
  std::vector<std::string> differences_;
};

} // namespace

bool rebuildCheck(const PackageOptions &options, const CompileRequest &request,
                  BuildFunction build, Diagnostics &diagnostics) {
  const auto reader = openTrusted(options, diagnostics);
  return reader && reader->verify(diagnostics) &&
         RebuildCheck(*reader, request, build, diagnostics).run();
}

} // namespace wrought::driver

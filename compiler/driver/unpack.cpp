#include "driver/unpack.h"
#include "bundle/signing.h"
#include "linker/output_file.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <deque>
#include <optional>

namespace wrought::driver {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

namespace {

/// Files of a bundle that become visible together, when all of them are whole.
class Unpacking final : public bundle::PartSink {
public:
  Unpacking(const bundle::Reader &reader, llvm::StringRef folder,
            Diagnostics &diagnostics)
      : reader_(reader), folder_(folder), diagnostics_(diagnostics) {}

  ~Unpacking() {
    if (out_) {
      out_->close();
      out_->clear_error(); // whatever it was, the file goes
    }
    // The files first; then folders that were made and are empty again.
    files_.clear();
    for (const std::string &folder : llvm::reverse(folders_))
      fs::remove(folder);
  }

  bool begin(size_t index) override {
    const bundle::Part &part = reader_.manifest().parts[index];
    llvm::SmallString<256> target(folder_);
    path::append(target, part.path);
    if (!makeFolders(path::parent_path(target)))
      return false;
    File &file = files_.emplace_back();
    file.target = target.str().str();
    int descriptor = -1;
    const std::error_code error =
        fs::is_directory(target)
            ? make_error_code(std::errc::is_a_directory)
            : file.temporary.create(target, ".tmp", fileMode(part.kind) | 0222,
                                    descriptor);
    if (error)
      return fail(target, error);
    out_.emplace(descriptor, /*shouldClose=*/true);
    return true;
  }

  bool take(llvm::StringRef bytes) override {
    *out_ << bytes;
    return !out_->has_error() || end();
  }

  bool end() override {
    out_->close();
    const std::error_code error = out_->error();
    out_->clear_error();
    out_.reset();
    return !error || fail(files_.back().target, error);
  }

  bool commit() {
    for (File &file : files_)
      if (std::error_code error = file.temporary.renameTo(file.target))
        return fail(file.target, error);
    folders_.clear();
    return true;
  }

private:
  struct File {
    linker::TemporaryFile temporary;
    std::string target;
  };

  bool makeFolders(llvm::StringRef folder) {
    if (folder.empty() || fs::is_directory(folder))
      return true;
    if (!makeFolders(path::parent_path(folder)))
      return false;
    if (std::error_code error =
            fs::create_directory(folder, /*IgnoreExisting=*/false))
      return fail(folder, error);
    folders_.push_back(folder.str());
    return true;
  }

  bool fail(llvm::StringRef target, std::error_code error) {
    linker::reportUnwritable(target, error, diagnostics_);
    return false;
  }

  const bundle::Reader &reader_;
  const std::string folder_;
  Diagnostics &diagnostics_;
  std::deque<File> files_;
  std::optional<llvm::raw_fd_ostream> out_; ///< of files_.back()
  std::vector<std::string> folders_;        ///< that were not there before
};

} // namespace

static bool isWanted(const bundle::Part &part, const PackageOptions &options) {
  return options.targets.empty() ||
         llvm::any_of(options.targets, [&](const targets::TargetSpec *target) {
           return part.target == target->name;
         });
}

/// Each target that was asked for must be there.
static bool checkTargets(const bundle::Reader &reader,
                         const PackageOptions &options,
                         Diagnostics &diagnostics) {
  const size_t before = diagnostics.errorCount();
  for (const targets::TargetSpec *target : options.targets)
    if (llvm::none_of(reader.manifest().parts, [&](const bundle::Part &part) {
          return part.target == target->name;
        }))
      diagnostics.error(
          ("'" + reader.path() + "' has nothing for the target " + target->name)
              .str());
  return diagnostics.errorCount() == before;
}

std::optional<bundle::Reader> openTrusted(const PackageOptions &options,
                                          Diagnostics &diagnostics) {
  auto reader = bundle::Reader::open(options.bundle, diagnostics);
  if (!reader || options.publicKey.empty())
    return reader;
  const auto key = bundle::readPublicKey(options.publicKey, diagnostics);
  if (!key)
    return std::nullopt;
  if (bundle::isSignedBy(*key, reader->manifestText(), reader->signature()))
    return reader;
  Location location;
  location.file = reader->path();
  diagnostics.error(location, reader->signature().empty()
                                  ? "the bundle is not signed"
                                  : "the signature is not of the key '" +
                                        options.publicKey +
                                        "', or the manifest was changed");
  return std::nullopt;
}

bool unpack(const PackageOptions &options, Diagnostics &diagnostics) {
  const auto reader = openTrusted(options, diagnostics);
  if (!reader || !checkTargets(*reader, options, diagnostics))
    return false;
  llvm::SmallVector<size_t> wanted;
  for (auto [index, part] : llvm::enumerate(reader->manifest().parts))
    if (isWanted(part, options))
      wanted.push_back(index);
  Unpacking unpacking(*reader, options.output, diagnostics);
  return reader->extract(wanted, unpacking, diagnostics) && unpacking.commit();
}

bool verify(const PackageOptions &options, Diagnostics &diagnostics) {
  const auto reader = openTrusted(options, diagnostics);
  return reader && reader->verify(diagnostics);
}

} // namespace wrought::driver

#include "cache/local_cache.h"
#include "support/sha256.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wrought::cache {

namespace fs = llvm::sys::fs;

/// Between finding an artifact and executing it, nobody may remove it.
static constexpr std::chrono::minutes Grace(1);
/// What is older was left by a process that died.
static constexpr std::chrono::hours TemporaryGrace(1);

static constexpr llvm::StringLiteral Folders[] = {"ac", "cas", "tmp"};

static std::error_code lastError() { return {errno, std::generic_category()}; }

bool LocalCache::open(llvm::StringRef folder, unsigned mode,
                      std::string &message) {
  const auto perms = static_cast<fs::perms>(mode);
  std::error_code error;
  for (llvm::StringRef name : Folders) {
    const std::string path = (folder + "/" + name).str();
    if (!error)
      error = fs::create_directories(path, /*IgnoreExisting=*/true, perms);
    if (!error && !fs::is_directory(path))
      error = make_error_code(std::errc::not_a_directory);
  }
  if (error) {
    message =
        ("cannot make the cache '" + folder + "': " + error.message()).str();
    return false;
  }
  folder_ = folder.str();
  return true;
}

std::string LocalCache::path(llvm::StringRef kind, llvm::StringRef name) const {
  return (folder_ + "/" + kind + "/" + name.take_front(2) + "/" + name).str();
}

std::string LocalCache::artifactPath(const Artifact &artifact) const {
  return path("cas", artifact.sha256);
}

/// Notes that the file is in use.
static bool touch(const std::string &file) {
  return ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0) == 0;
}

/// Whether a file looks like the artifact; notes that it is in use.
static bool isThere(const std::string &file, const Artifact &artifact) {
  fs::file_status status;
  return !fs::status(file, status) && fs::is_regular_file(status) &&
         status.getSize() == artifact.byteLength &&
         fs::can_execute(file) == artifact.isExecutable && touch(file);
}

static std::optional<std::string> readSmallFile(const std::string &file) {
  auto opened = fs::openNativeFileForRead(file);
  if (!opened) {
    llvm::consumeError(opened.takeError());
    return std::nullopt;
  }
  std::string bytes(RecordBytes + 1, '\0');
  size_t length = 0;
  while (length != bytes.size()) {
    auto count = fs::readNativeFile(
        *opened,
        llvm::MutableArrayRef(bytes.data(), bytes.size()).drop_front(length));
    if (!count)
      llvm::consumeError(count.takeError());
    if (!count || *count == 0)
      break;
    length += *count;
  }
  fs::closeFile(*opened);
  bytes.resize(length);
  return bytes;
}

std::optional<Artifact> LocalCache::find(llvm::StringRef key) const {
  const std::string record = path("ac", key);
  const auto bytes = readSmallFile(record);
  const auto artifact = bytes ? decodeRecord(*bytes) : std::nullopt;
  if (!artifact)
    return std::nullopt;
  if (!isThere(artifactPath(*artifact), *artifact) || !touch(record))
    return std::nullopt;
  return artifact;
}

namespace {

/// An open file, closed when this goes.
class Descriptor {
public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  Descriptor(const Descriptor &) = delete;
  operator int() const { return number_; }

private:
  int number_;
};

} // namespace

/// Copies all bytes and says what they are; a reason on failure.
static std::error_code copyAndHash(int from, llvm::raw_ostream &to,
                                   std::string &sha256) {
  llvm::SHA256 hasher;
  std::vector<char> chunk(size_t{1} << 18);
  for (;;) {
    const ssize_t count = ::read(from, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return lastError();
    if (count == 0)
      break;
    const llvm::StringRef bytes(chunk.data(), static_cast<size_t>(count));
    hasher.update(bytes);
    to << bytes;
  }
  sha256 = llvm::toHex(hasher.final(), /*LowerCase=*/true);
  return {};
}

static std::error_code closeStream(llvm::raw_fd_ostream &out) {
  out.close();
  const std::error_code error = out.error();
  out.clear_error();
  return error;
}

static unsigned modeOf(bool isExecutable) {
  const unsigned mode = fs::all_read | fs::all_write;
  return isExecutable ? mode | fs::all_exe : mode;
}

bool LocalCache::copyOut(const Artifact &artifact, const std::string &output,
                         Diagnostics &diagnostics) const {
  const std::string source = artifactPath(artifact);
  const Descriptor from(::open(source.c_str(), O_RDONLY | O_CLOEXEC));
  if (from < 0)
    return false;
  std::string sha256;
  if (linker::isWrittenInPlace(output)) {
    // Nothing can be taken back there, so all of it is looked at first.
    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream buffer(bytes);
    if (copyAndHash(from, buffer, sha256) || sha256 != artifact.sha256) {
      fs::remove(source);
      return false;
    }
    return linker::writeFile(output, bytes, diagnostics);
  }
  linker::TemporaryFile file;
  int descriptor = -1;
  if (std::error_code error = file.create(
          output, ".tmp", modeOf(artifact.isExecutable), descriptor)) {
    linker::reportUnwritable(output, error, diagnostics);
    return false;
  }
  llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
  const std::error_code readError = copyAndHash(from, out, sha256);
  std::error_code error = closeStream(out);
  if (!error && (readError || sha256 != artifact.sha256)) {
    fs::remove(source);
    return false;
  }
  if (!error)
    error = file.renameTo(output);
  if (error)
    linker::reportUnwritable(output, error, diagnostics);
  return !error;
}

std::error_code LocalCache::createTemporary(bool isExecutable,
                                            linker::TemporaryFile &file,
                                            int &descriptor) const {
  return file.create(folder_ + "/tmp/new", "", modeOf(isExecutable),
                     descriptor);
}

static std::error_code makeFolderOf(const std::string &file) {
  return fs::create_directories(llvm::sys::path::parent_path(file));
}

/// Moves a file to its place after it has reached the disk.
static std::error_code moveIn(linker::TemporaryFile &file,
                              const std::string &target) {
  {
    const Descriptor opened(::open(file.name().c_str(), O_RDONLY | O_CLOEXEC));
    if (opened < 0 || ::fsync(opened) != 0)
      return lastError();
  }
  if (std::error_code error = makeFolderOf(target))
    return error;
  return file.renameTo(target);
}

std::error_code LocalCache::storeArtifact(linker::TemporaryFile &file,
                                          const Artifact &artifact) const {
  const std::string target = artifactPath(artifact);
  // An equal one may be running: it stays.
  return isThere(target, artifact) ? std::error_code() : moveIn(file, target);
}

std::error_code LocalCache::storeRecord(llvm::StringRef key,
                                        const Artifact &artifact) const {
  linker::TemporaryFile record;
  int descriptor = -1;
  if (std::error_code error = createTemporary(false, record, descriptor))
    return error;
  llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
  out << encodeRecord(artifact);
  if (std::error_code error = closeStream(out))
    return error;
  return moveIn(record, path("ac", key));
}

namespace {

struct Entry {
  std::string path;
  uint64_t byteLength;
  llvm::sys::TimePoint<> used;
};

} // namespace

static void listEntries(const std::string &folder,
                        std::vector<Entry> &entries) {
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error, /*follow_symlinks=*/false);
  for (const fs::recursive_directory_iterator end{}; it != end && !error;
       it.increment(error)) {
    const auto status = it->status(); // gone already, if it fails
    if (status && status->type() == fs::file_type::regular_file)
      entries.push_back(
          {it->path(), status->getSize(), status->getLastModificationTime()});
  }
}

/// Unless somebody used it since it was listed.
static bool removeEntry(const Entry &entry) {
  fs::file_status status;
  return !fs::status(entry.path, status, /*follow=*/false) &&
         status.getLastModificationTime() == entry.used &&
         !fs::remove(entry.path);
}

void LocalCache::trim(uint64_t byteLimit, llvm::sys::TimePoint<> now) const {
  std::vector<Entry> leftOver;
  listEntries(folder_ + "/tmp", leftOver);
  for (const Entry &entry : leftOver)
    if (entry.used < now - TemporaryGrace)
      removeEntry(entry);
  std::vector<Entry> entries;
  listEntries(folder_ + "/ac", entries);
  listEntries(folder_ + "/cas", entries);
  uint64_t total = 0;
  for (const Entry &entry : entries)
    total += entry.byteLength;
  llvm::sort(entries, [](const Entry &a, const Entry &b) {
    return a.used != b.used ? a.used < b.used : a.path < b.path;
  });
  for (const Entry &entry : entries) {
    if (total <= byteLimit || entry.used > now - Grace)
      return;
    if (removeEntry(entry))
      total -= entry.byteLength;
  }
}

} // namespace wrought::cache

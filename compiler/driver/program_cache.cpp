#include "driver/program_cache.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"

#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace wrought::driver {

namespace fs = llvm::sys::fs;

/// Between taking a program and executing it, nobody may remove it.
static constexpr std::chrono::minutes Grace(1);

namespace {

struct Entry {
  std::string path;
  uint64_t byteLength;
  llvm::sys::TimePoint<> used;
};

} // namespace

bool takeFromCache(llvm::StringRef program) {
  return fs::can_execute(program) &&
         ::utimensat(AT_FDCWD, program.str().c_str(), nullptr, 0) == 0;
}

static std::vector<Entry> listEntries(llvm::StringRef folder) {
  std::vector<Entry> entries;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error, /*follow_symlinks=*/false);
  for (const fs::recursive_directory_iterator end{}; it != end && !error;
       it.increment(error)) {
    const auto status = it->status(); // gone already, if it fails
    if (status && status->type() == fs::file_type::regular_file)
      entries.push_back(
          {it->path(), status->getSize(), status->getLastModificationTime()});
  }
  return entries;
}

/// Unless somebody took it since it was listed.
static bool removeEntry(const Entry &entry) {
  fs::file_status status;
  return !fs::status(entry.path, status, /*follow=*/false) &&
         status.getLastModificationTime() == entry.used &&
         !fs::remove(entry.path);
}

void trimCache(llvm::StringRef folder, uint64_t byteLimit,
               llvm::sys::TimePoint<> now) {
  std::vector<Entry> entries = listEntries(folder);
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

} // namespace wrought::driver

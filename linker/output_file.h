//===- output_file.h - Files written whole or not at all ------------------===//
//
// An output is made beside its place and renamed, so that whoever looks finds
// the old file or the whole new one. Devices and pipes are written to in place.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "support/diagnostics.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Twine.h"

#include <string>
#include <system_error>

namespace wrought::linker {

/// A file that is gone when this is, also when a signal ends the process.
class TemporaryFile {
public:
  TemporaryFile() = default;
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;
  ~TemporaryFile();

  /// Creates and opens `<prefix>.<random digits><suffix>`. The umask applies to
  /// `mode`.
  std::error_code create(llvm::StringRef prefix, llvm::StringRef suffix,
                         unsigned mode, int &descriptor);
  /// The file stays, under another name.
  std::error_code renameTo(const std::string &target);
  const std::string &name() const { return name_; }

private:
  std::string name_;
};

/// Prefix for files in the folder for temporary files.
std::string temporaryPrefix();

/// Whether `path` is standard output ("-"), a device, a pipe or a socket.
bool isWrittenInPlace(llvm::StringRef path);

/// Whether writeFile() could succeed; reports why not.
[[nodiscard]] bool checkWritable(llvm::StringRef path,
                                 Diagnostics &diagnostics);

/// Writes `bytes` to `path` (mode 0666 less the umask, when it is new).
[[nodiscard]] bool writeFile(llvm::StringRef path, llvm::ArrayRef<char> bytes,
                             Diagnostics &diagnostics);

void reportUnwritable(llvm::StringRef path, std::error_code error,
                      Diagnostics &diagnostics);

} // namespace wrought::linker

#include "linker/output_file.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"

#include <cerrno>
#include <unistd.h>

namespace wrought::linker {

namespace fs = llvm::sys::fs;
namespace path = llvm::sys::path;

TemporaryFile::~TemporaryFile() {
  if (name_.empty())
    return;
  fs::remove(name_);
  llvm::sys::DontRemoveFileOnSignal(name_);
}

std::error_code TemporaryFile::create(llvm::StringRef prefix,
                                      llvm::StringRef suffix, unsigned mode,
                                      int &descriptor) {
  std::error_code error;
  for (unsigned attempt = 0; attempt != 100; ++attempt) {
    const unsigned number = llvm::sys::Process::GetRandomNumber();
    const std::string name =
        llvm::formatv("{0}.{1:x-8}{2}", prefix, number, suffix).str();
    error = fs::openFileForWrite(name, descriptor, fs::CD_CreateNew,
                                 fs::OF_None, mode);
    if (error == std::errc::file_exists)
      continue;
    if (error)
      return error;
    name_ = name;
    llvm::sys::RemoveFileOnSignal(name_);
    return {};
  }
  return error;
}

std::error_code TemporaryFile::renameTo(const std::string &target) {
  if (std::error_code error = fs::rename(name_, target))
    return error;
  llvm::sys::DontRemoveFileOnSignal(name_);
  name_.clear();
  return {};
}

std::string temporaryPrefix() {
  llvm::SmallString<128> prefix;
  path::system_temp_directory(/*ErasedOnReboot=*/true, prefix);
  path::append(prefix, "wrought");
  return std::string(prefix);
}

bool isWrittenInPlace(llvm::StringRef path) {
  fs::file_status status;
  if (path == "-")
    return true;
  return !fs::status(path, status) && fs::exists(status) &&
         !fs::is_regular_file(status);
}

void reportUnwritable(llvm::StringRef path, std::error_code error,
                      Diagnostics &diagnostics) {
  diagnostics.error(("cannot write '" + path + "': " + error.message()).str());
}

static std::error_code accessError(const std::string &path, int mode) {
  if (::access(path.c_str(), mode) == 0)
    return {};
  return {errno, std::generic_category()};
}

static std::error_code writeProblem(llvm::StringRef path) {
  if (path.empty())
    return std::make_error_code(std::errc::no_such_file_or_directory);
  if (fs::is_directory(path))
    return std::make_error_code(std::errc::is_a_directory);
  if (isWrittenInPlace(path))
    return path == "-" ? std::error_code() : accessError(path.str(), W_OK);
  const llvm::StringRef folder = path::parent_path(path);
  const std::string parent = folder.empty() ? "." : folder.str();
  if (std::error_code error = accessError(parent, F_OK))
    return error;
  if (!fs::is_directory(parent))
    return std::make_error_code(std::errc::not_a_directory);
  return accessError(parent, W_OK | X_OK);
}

bool checkWritable(llvm::StringRef path, Diagnostics &diagnostics) {
  const std::error_code error = writeProblem(path);
  if (error)
    reportUnwritable(path, error, diagnostics);
  return !error;
}

static std::error_code writeAndClose(llvm::raw_fd_ostream &out,
                                     llvm::ArrayRef<char> bytes) {
  out.write(bytes.data(), bytes.size());
  out.close();
  const std::error_code error = out.error();
  out.clear_error();
  return error;
}

static std::error_code writeInPlace(llvm::StringRef path,
                                    llvm::ArrayRef<char> bytes) {
  std::error_code error;
  llvm::raw_fd_ostream out(path, error, fs::OF_None);
  return error ? error : writeAndClose(out, bytes);
}

static std::error_code replace(llvm::StringRef path,
                               llvm::ArrayRef<char> bytes) {
  TemporaryFile file;
  int descriptor = -1;
  if (std::error_code error =
          file.create(path, ".tmp", fs::all_read | fs::all_write, descriptor))
    return error;
  llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
  if (std::error_code error = writeAndClose(out, bytes))
    return error;
  return file.renameTo(path.str());
}

bool writeFile(llvm::StringRef path, llvm::ArrayRef<char> bytes,
               Diagnostics &diagnostics) {
  const std::error_code error =
      isWrittenInPlace(path) ? writeInPlace(path, bytes) : replace(path, bytes);
  if (error)
    reportUnwritable(path, error, diagnostics);
  return !error;
}

} // namespace wrought::linker

#include "linker/link.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/Object/ELFTypes.h"
#include "llvm/Support/FileSystem.h"

#include <cerrno>
#include <unistd.h>

namespace wrought::linker {

namespace fs = llvm::sys::fs;
using Elf = llvm::object::ELF64LE;

static std::error_code readAt(int file, uint64_t offset, void *bytes,
                              size_t length) {
  const ssize_t count =
      ::pread(file, bytes, length, static_cast<off_t>(offset));
  if (count == static_cast<ssize_t>(length))
    return {};
  return {count < 0 ? errno : EIO, std::generic_category()};
}

static std::error_code writeAt(int file, uint64_t offset, const void *bytes,
                               size_t length) {
  const ssize_t count =
      ::pwrite(file, bytes, length, static_cast<off_t>(offset));
  if (count == static_cast<ssize_t>(length))
    return {};
  return {count < 0 ? errno : EIO, std::generic_category()};
}

static std::error_code hideIn(int file) {
  Elf::Ehdr header;
  if (std::error_code error = readAt(file, 0, &header, sizeof header))
    return error;
  for (unsigned index = 0; index != header.e_phnum; ++index) {
    Elf::Phdr segment;
    const uint64_t offset = header.e_phoff + index * sizeof segment;
    if (std::error_code error = readAt(file, offset, &segment, sizeof segment))
      return error;
    if (segment.p_type != llvm::ELF::PT_DYNAMIC)
      continue;
    segment = {};
    segment.p_type = llvm::ELF::PT_NULL;
    return writeAt(file, offset, &segment, sizeof segment);
  }
  return {};
}

std::error_code hideDynamicSection(llvm::StringRef path) {
  int file = -1;
  if (std::error_code error = fs::openFileForReadWrite(
          path, file, fs::CD_OpenExisting, fs::OF_None))
    return error;
  const llvm::scope_exit close([&] { ::close(file); });
  return hideIn(file);
}

} // namespace wrought::linker

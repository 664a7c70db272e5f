//===- executable_file.cpp - The program's own file -----------------------===//
#include "core/executable_file.h"

#include "core/elf.h"
#include "core/process.h"
#include "os/linux/system.h"

namespace wrought {

namespace {

bool isInside(uint64_t offset, uint64_t count, uint64_t length) {
  return offset <= length && count <= length - offset;
}

Bytes slice(Bytes file, uint64_t offset, uint64_t byteLength) {
  if (!isInside(offset, byteLength, file.byteLength))
    return {};
  return {file.begin + offset, byteLength};
}

/// Whether a NUL-terminated name stands at `offset` of the table.
bool hasName(Bytes table, uint64_t offset, const char *name) {
  for (; offset < table.byteLength; ++offset, ++name) {
    if (table.begin[offset] != static_cast<uint8_t>(*name))
      return false;
    if (*name == '\0')
      return true;
  }
  return false;
}

Bytes mapFile(const char *path) {
  long fd = sys::openat(sys::atFdcwd, path, sys::oRdonly | sys::oCloexec, 0);
  if (sys::isError(fd))
    return {};
  sys::FileStatus status;
  long address = -sys::eInval;
  if (!sys::isError(sys::fstat(static_cast<int>(fd), &status)) &&
      status.byteLength != 0)
    address = sys::mmap(nullptr, status.byteLength, sys::protRead,
                        sys::mapPrivate, static_cast<int>(fd), 0);
  (void)sys::close(static_cast<int>(fd));
  if (sys::isError(address))
    return {};
  return {reinterpret_cast<const uint8_t *>(address), status.byteLength};
}

} // namespace

Bytes findSection(Bytes file, const char *name) {
  if (file.byteLength < sizeof(elf::FileHeader))
    return {};
  // Section headers may lie at any offset: copies, not casts.
  elf::FileHeader header;
  __builtin_memcpy(&header, file.begin, sizeof header);
  auto readHeader = [&](uint64_t index, elf::SectionHeader &out) {
    if (header.sectionHeaderOffset > file.byteLength)
      return false;
    Bytes bytes = slice(file, header.sectionHeaderOffset + index * sizeof out,
                        sizeof out);
    if (bytes.begin != nullptr)
      __builtin_memcpy(&out, bytes.begin, sizeof out);
    return bytes.begin != nullptr;
  };
  elf::SectionHeader names, section;
  if (header.sectionHeaderByteLength != sizeof section ||
      !readHeader(header.sectionNamesIndex, names))
    return {};
  Bytes nameTable = slice(file, names.offset, names.byteLength);
  for (uint64_t index = 1; index < header.sectionHeaderCount; ++index) {
    if (!readHeader(index, section))
      return {};
    if (hasName(nameTable, section.name, name) &&
        section.type != elf::shtNobits &&
        (section.flags & elf::shfCompressed) == 0)
      return slice(file, section.offset, section.byteLength);
  }
  return {};
}

Bytes findOwnSection(const char *name) {
  Bytes file = mapFile("/proc/self/exe");
  // Without /proc, the path as given to execve.
  if (file.begin == nullptr && process.executablePath != nullptr)
    file = mapFile(process.executablePath);
  return findSection(file, name);
}

} // namespace wrought

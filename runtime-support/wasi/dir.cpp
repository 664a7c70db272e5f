//===- dir.cpp - fd_readdir -----------------------------------------------===//
//
// Cookies are the kernel's own directory offsets, so that no state is kept and
// a cookie stays good as long as the file system keeps it.
//
//===----------------------------------------------------------------------===//
#include "wasi/descriptor_table.h"
#include "wasi/errno.h"
#include "wasi/memory.h"
#include "wasi/text.h"

namespace wrought::wasi {

namespace {

constexpr size_t hostByteLength = 4096;

FileType entryType(uint8_t type) {
  switch (type) {
  case sys::dtReg:
    return FileType::RegularFile;
  case sys::dtDir:
    return FileType::Directory;
  case sys::dtLnk:
    return FileType::SymbolicLink;
  case sys::dtChr:
    return FileType::CharacterDevice;
  case sys::dtBlk:
    return FileType::BlockDevice;
  case sys::dtSock:
    return FileType::SocketStream;
  default:
    return FileType::Unknown;
  }
}

/// The guest's buffer, filled from the start and cut at the end.
class Output {
public:
  Output(uint8_t *bytes, uint32_t length) : bytes_(bytes), length_(length) {}

  uint32_t used() const { return used_; }
  bool isFull() const { return used_ == length_; }

  void add(const sys::DirectoryEntry &entry) {
    auto nameLength = static_cast<uint32_t>(lengthOf(entry.name));
    uint8_t header[dirent::byteLength] = {};
    store<uint64_t>(header + dirent::next,
                    static_cast<uint64_t>(entry.nextOffset));
    // 0 would tell wasi-libc that there is none.
    store<uint64_t>(header + dirent::ino, entry.inode ? entry.inode : 1);
    store<uint32_t>(header + dirent::namlen, nameLength);
    store<FileType>(header + dirent::type, entryType(entry.type));
    put(header, sizeof header);
    put(entry.name, nameLength);
  }

private:
  void put(const void *bytes, uint32_t count) {
    if (count > length_ - used_)
      count = length_ - used_;
    __builtin_memcpy(bytes_ + used_, bytes, count);
    used_ += count;
  }

  uint8_t *bytes_;
  uint32_t length_;
  uint32_t used_ = 0;
};

} // namespace

Errno wrought_wasi_fd_readdir(uint32_t fd, uint32_t buffer, uint32_t length,
                              uint64_t cookie, uint32_t usedPointer) {
  Errno error;
  Descriptor *descriptor = descriptors.find(fd, rights::fdReaddir, error);
  if (descriptor == nullptr)
    return error;
  GuestMemory memory;
  uint8_t *bytes = memory.at(buffer, length);
  Out<uint32_t> used(memory, usedPointer);
  if (bytes == nullptr || !used.isValid())
    return Errno::Fault;
  long result = sys::lseek(descriptor->hostFd, static_cast<int64_t>(cookie),
                           sys::seekSet);
  if (result < 0)
    return errnoOf(result);
  Output output(bytes, length);
  alignas(sys::DirectoryEntry) char host[hostByteLength];
  while (!output.isFull()) {
    result = sys::getdents64(descriptor->hostFd, host, sizeof host);
    if (result < 0)
      return errnoOf(result);
    if (result == 0)
      break;
    for (long offset = 0; offset < result && !output.isFull();) {
      auto *entry =
          reinterpret_cast<const sys::DirectoryEntry *>(host + offset);
      output.add(*entry);
      offset += entry->recordByteLength;
    }
  }
  used.set(output.used());
  return Errno::Success;
}

} // namespace wrought::wasi

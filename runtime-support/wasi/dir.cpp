//===- dir.cpp - fd_readdir -----------------------------------------------===//
//
// Cookies are the kernel's own directory offsets, so that a cookie stays good
// as long as the file system keeps it. What was read ahead serves calls that go
// on from one of its entries; from the start, everything is read anew.
//
//===----------------------------------------------------------------------===//
#include "model/guest.h"
#include "wasi/descriptor_table.h"
#include "wasi/errno.h"
#include "wasi/memory.h"
#include "wasi/text.h"

WASI_USES(wrought_wasi_open_grants);

namespace wrought::wasi {

namespace {

constexpr size_t smallByteLength = 4096;

/// The guest's buffer, filled from the start and cut at the end.
class Output {
public:
  Output(uint8_t *bytes, uint32_t length) : bytes_(bytes), length_(length) {}

  uint32_t used() const { return used_; }
  bool isFull() const { return used_ == length_; }

  void add(const sys::DirectoryEntry &entry) {
    auto nameLength = static_cast<uint32_t>(lengthOf(entry.name));
    if (length_ - used_ >= dirent::byteLength + nameLength) [[likely]] {
      putHeader(bytes_ + used_, entry, nameLength);
      __builtin_memcpy(bytes_ + used_ + dirent::byteLength, entry.name,
                       nameLength);
      used_ += dirent::byteLength + nameLength;
      return;
    }
    uint8_t header[dirent::byteLength];
    putHeader(header, entry, nameLength);
    put(header, sizeof header);
    put(entry.name, nameLength);
  }

private:
  static void putHeader(uint8_t *out, const sys::DirectoryEntry &entry,
                        uint32_t nameLength) {
    store<uint64_t>(out + dirent::next,
                    static_cast<uint64_t>(entry.nextOffset));
    // 0 would tell wasi-libc that there is none.
    store<uint64_t>(out + dirent::ino, entry.inode ? entry.inode : 1);
    store<uint32_t>(out + dirent::namlen, nameLength);
    store<uint32_t>(out + dirent::type,
                    static_cast<uint32_t>(fileTypes[entry.type & 15]));
  }
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

/// Entries in the order of the kernel's, from a cookie on.
class Entries {
public:
  Entries(State &state, Descriptor &descriptor, int64_t cookie)
      : hostFd_(descriptor.hostFd), cookie_(cookie) {
    if (descriptor.buffer == nullptr)
      descriptor.buffer = state.descriptors.takeBuffer();
    buffer_ = descriptor.buffer;
    if (buffer_ != nullptr && cookie == 0)
      buffer_->length = 0;
    if (buffer_ != nullptr)
      at_ = find();
  }

  /// Null at the end or on an error.
  const sys::DirectoryEntry *next(long &result) {
    if (buffer_ == nullptr ? at_ == smallLength_ : at_ == buffer_->length) {
      result = buffer_ == nullptr ? fillSmall() : fill();
      if (result <= 0)
        return nullptr;
    }
    char *bytes = buffer_ == nullptr ? small_ : buffer_->bytes;
    auto *entry = reinterpret_cast<const sys::DirectoryEntry *>(bytes + at_);
    if (buffer_ != nullptr) {
      buffer_->hint = at_;
      buffer_->hintCookie = cookie_;
    }
    at_ += entry->recordByteLength;
    cookie_ = entry->nextOffset;
    return entry;
  }

private:
  const sys::DirectoryEntry &entryAt(uint32_t offset) const {
    return *reinterpret_cast<const sys::DirectoryEntry *>(buffer_->bytes +
                                                          offset);
  }

  /// Where in the buffer the entry is that the cookie means; its end if
  /// nowhere.
  uint32_t find() const {
    // The entry that was cut off, or the one after the last.
    uint32_t hint = buffer_->hint, length = buffer_->length;
    if (hint < length && buffer_->hintCookie == cookie_)
      return hint;
    if (hint < length && entryAt(hint).nextOffset == cookie_)
      return hint + entryAt(hint).recordByteLength;
    int64_t cookie = buffer_->firstCookie;
    uint32_t offset = 0;
    while (offset != length && cookie != cookie_) {
      cookie = entryAt(offset).nextOffset;
      offset += entryAt(offset).recordByteLength;
    }
    return offset;
  }

  long fill() {
    bool isThere =
        buffer_->isKernelCookieKnown && buffer_->kernelCookie == cookie_;
    buffer_->length = buffer_->hint = at_ = 0;
    buffer_->isKernelCookieKnown = false;
    long result = isThere ? 0 : sys::lseek(hostFd_, cookie_, sys::seekSet);
    if (result >= 0)
      result = sys::getdents64(hostFd_, buffer_->bytes, sizeof buffer_->bytes);
    if (result < 0)
      return result;
    buffer_->firstCookie = buffer_->kernelCookie = cookie_;
    buffer_->isKernelCookieKnown = true;
    buffer_->length = static_cast<uint32_t>(result);
    for (uint32_t offset = 0; offset != buffer_->length;
         offset += entryAt(offset).recordByteLength)
      buffer_->kernelCookie = entryAt(offset).nextOffset;
    return result;
  }

  long fillSmall() {
    at_ = smallLength_ = 0;
    long result = sys::lseek(hostFd_, cookie_, sys::seekSet);
    if (result >= 0)
      result = sys::getdents64(hostFd_, small_, sizeof small_);
    if (result > 0)
      smallLength_ = static_cast<uint32_t>(result);
    return result;
  }

  int hostFd_;
  int64_t cookie_;
  DirectoryBuffer *buffer_;
  uint32_t at_ = 0;
  /// In place of a buffer.
  uint32_t smallLength_ = 0;
  alignas(sys::DirectoryEntry) char small_[smallByteLength];
};

} // namespace

Errno WASI_CALL(fd_readdir, uint32_t fd, uint32_t buffer, uint32_t length,
                uint64_t cookie, uint32_t usedPointer) {
  Errno error;
  Use descriptor = state.descriptors.find(fd, rights::fdReaddir, error);
  if (!descriptor)
    return error;
  GuestMemory memory(state);
  uint8_t *bytes = memory.at(buffer, length);
  Out<uint32_t> used(memory, usedPointer);
  if (bytes == nullptr || !used.isValid())
    return Errno::Fault;
  if (cookie > INT64_MAX)
    return Errno::Inval;
  Output output(bytes, length);
  Holding hold(state.directoryLock, state.descriptors.isThreaded());
  Entries entries(state, *descriptor, static_cast<int64_t>(cookie));
  long result = 0;
  while (!output.isFull()) {
    const sys::DirectoryEntry *entry = entries.next(result);
    if (entry == nullptr)
      break;
    output.add(*entry);
  }
  // What was found before an error is worth having.
  if (result < 0 && output.used() == 0)
    return errnoOf(result);
  used.set(output.used());
  return Errno::Success;
}

} // namespace wrought::wasi

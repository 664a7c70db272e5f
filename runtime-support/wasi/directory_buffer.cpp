//===- directory_buffer.cpp - Entries read ahead --------------------------===//
#include "wasi/directory_buffer.h"

#include "model/guest.h"
#include "os/linux/system.h"

namespace wrought::wasi {

static_assert(sizeof(DirectoryBuffer) <= 32768);

DirectoryBuffer *DescriptorTable::takeBuffer() {
  Holding hold(lock_, isThreaded_);
  DirectoryBuffer *buffer = freeBuffers_;
  if (buffer != nullptr) {
    freeBuffers_ = buffer->nextFree;
  } else {
    if (bufferCount_ == maxBufferCount)
      return nullptr;
    long mapped = sys::mmap(nullptr, sizeof(DirectoryBuffer),
                            sys::protRead | sys::protWrite,
                            sys::mapPrivate | sys::mapAnonymous, -1, 0);
    if (sys::isError(mapped))
      return nullptr;
    ++bufferCount_;
    buffer = reinterpret_cast<DirectoryBuffer *>(mapped);
  }
  buffer->length = buffer->hint = 0;
  buffer->isKernelCookieKnown = false;
  return buffer;
}

} // namespace wrought::wasi

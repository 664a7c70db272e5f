//===- read.cpp - fd_read, fd_pread ---------------------------------------===//
#include "wasi/transfer.h"

WASI_USES(wrought_wasi_open_grants);

namespace wrought::wasi {

Errno WASI_CALL(fd_read, uint32_t fd, uint32_t vectors, uint32_t count,
                uint32_t result) {
  return transfer<false>(
      state, fd, rights::fdRead, vectors, count, result,
      [](Descriptor &descriptor, sys::IoVector *chunk, int length, uint64_t) {
        return length == 1 ? sys::read(descriptor.hostFd, chunk[0].base,
                                       chunk[0].length)
                           : sys::readv(descriptor.hostFd, chunk, length);
      });
}

Errno WASI_CALL(fd_pread, uint32_t fd, uint32_t vectors, uint32_t count,
                uint64_t offset, uint32_t result) {
  auto call = [=](Descriptor &descriptor, sys::IoVector *chunk, int length,
                  uint64_t) {
    auto at = static_cast<int64_t>(offset);
    return length == 1 ? sys::pread(descriptor.hostFd, chunk[0].base,
                                    chunk[0].length, at)
                       : sys::preadv(descriptor.hostFd, chunk, length, at);
  };
  return transfer<false>(state, fd, rights::fdRead | rights::fdSeek, vectors,
                         count, result, call);
}

} // namespace wrought::wasi

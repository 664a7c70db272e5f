//===- read.cpp - fd_read, fd_pread ---------------------------------------===//
#include "wasi/transfer.h"

// See grants.h.
__asm__(".globl wrought_wasi_open_grants");

namespace wrought::wasi {

Errno wrought_wasi_fd_read(uint32_t fd, uint32_t vectors, uint32_t count,
                           uint32_t result) {
  return transfer<false>(
      fd, rights::fdRead, vectors, count, result,
      [](int hostFd, sys::IoVector *chunk, int length, uint64_t) {
        return length == 1 ? sys::read(hostFd, chunk[0].base, chunk[0].length)
                           : sys::readv(hostFd, chunk, length);
      });
}

Errno wrought_wasi_fd_pread(uint32_t fd, uint32_t vectors, uint32_t count,
                            uint64_t offset, uint32_t result) {
  auto call = [=](int hostFd, sys::IoVector *chunk, int length, uint64_t) {
    auto at = static_cast<int64_t>(offset);
    return length == 1 ? sys::pread(hostFd, chunk[0].base, chunk[0].length, at)
                       : sys::preadv(hostFd, chunk, length, at);
  };
  return transfer<false>(fd, rights::fdRead | rights::fdSeek, vectors, count,
                         result, call);
}

} // namespace wrought::wasi

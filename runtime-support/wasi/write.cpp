//===- write.cpp - fd_write, fd_pwrite ------------------------------------===//
#include "wasi/transfer.h"

namespace wrought::wasi {

Errno wrought_wasi_fd_write(uint32_t fd, uint32_t vectors, uint32_t count,
                            uint32_t result) {
  return transfer<true>(
      fd, rights::fdWrite, vectors, count, result,
      [](int hostFd, sys::IoVector *chunk, int length, uint64_t) {
        return length == 1 ? sys::write(hostFd, chunk[0].base, chunk[0].length)
                           : sys::writev(hostFd, chunk, length);
      });
}

Errno wrought_wasi_fd_pwrite(uint32_t fd, uint32_t vectors, uint32_t count,
                             uint64_t offset, uint32_t result) {
  auto call = [=](int hostFd, sys::IoVector *chunk, int length, uint64_t done) {
    auto at = static_cast<int64_t>(offset + done);
    return length == 1 ? sys::pwrite(hostFd, chunk[0].base, chunk[0].length, at)
                       : sys::pwritev(hostFd, chunk, length, at);
  };
  return transfer<true>(fd, rights::fdWrite | rights::fdSeek, vectors, count,
                        result, call);
}

} // namespace wrought::wasi

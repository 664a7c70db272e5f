//===- write.cpp - fd_write, fd_pwrite ------------------------------------===//
#include "wasi/transfer.h"

namespace wrought::wasi {

Errno WASI_CALL(fd_write, uint32_t fd, uint32_t vectors, uint32_t count,
                uint32_t result) {
  return transfer<true>(
      state, fd, rights::fdWrite, vectors, count, result,
      [&](Descriptor &descriptor, sys::IoVector *chunk, int length, uint64_t) {
        SignalGuard guard(state, descriptor);
        return length == 1 ? sys::write(descriptor.hostFd, chunk[0].base,
                                        chunk[0].length)
                           : sys::writev(descriptor.hostFd, chunk, length);
      });
}

Errno WASI_CALL(fd_pwrite, uint32_t fd, uint32_t vectors, uint32_t count,
                uint64_t offset, uint32_t result) {
  auto call = [&](Descriptor &descriptor, sys::IoVector *chunk, int length,
                  uint64_t done) {
    auto at = static_cast<int64_t>(offset + done);
    SignalGuard guard(state, descriptor);
    return length == 1 ? sys::pwrite(descriptor.hostFd, chunk[0].base,
                                     chunk[0].length, at)
                       : sys::pwritev(descriptor.hostFd, chunk, length, at);
  };
  return transfer<true>(state, fd, rights::fdWrite | rights::fdSeek, vectors,
                        count, result, call);
}

} // namespace wrought::wasi

//===- random.cpp - random_get --------------------------------------------===//
#include "wasi/errno.h"
#include "wasi/memory.h"

namespace wrought::wasi {

Errno WASI_CALL(random_get, uint32_t buffer, uint32_t length) {
  uint8_t *bytes = GuestMemory(state).at(buffer, length);
  if (bytes == nullptr)
    return Errno::Fault;
  for (uint64_t done = 0; done != length;) {
    long result = sys::getrandom(bytes + done, length - done, 0);
    if (result == -sys::eIntr)
      continue;
    if (result < 0)
      return errnoOf(result);
    done += static_cast<uint64_t>(result);
  }
  return Errno::Success;
}

} // namespace wrought::wasi

//===- prestat.cpp - What directories were granted ------------------------===//
#include "model/guest.h"
#include "wasi/memory.h"
#include "wasi/text.h"

WASI_USES(wrought_wasi_open_grants);

namespace wrought::wasi {

Errno WASI_CALL(fd_prestat_get, uint32_t fd, uint32_t result) {
  Use descriptor = state.descriptors.find(fd);
  if (!descriptor || descriptor->preopenName == nullptr)
    return Errno::Badf;
  uint8_t *out = GuestMemory(state).at(result, prestat::byteLength);
  if (out == nullptr)
    return Errno::Fault;
  // The tag 0 is that of directories, the only one there is.
  __builtin_memset(out, 0, prestat::byteLength);
  store<uint32_t>(out + prestat::nameLength,
                  static_cast<uint32_t>(lengthOf(descriptor->preopenName)));
  return Errno::Success;
}

Errno WASI_CALL(fd_prestat_dir_name, uint32_t fd, uint32_t buffer,
                uint32_t length) {
  Use descriptor = state.descriptors.find(fd);
  if (!descriptor || descriptor->preopenName == nullptr)
    return Errno::Badf;
  uint8_t *out = GuestMemory(state).at(buffer, length);
  if (out == nullptr)
    return Errno::Fault;
  size_t nameLength = lengthOf(descriptor->preopenName);
  if (length < nameLength)
    return Errno::Nametoolong;
  __builtin_memcpy(out, descriptor->preopenName, nameLength);
  return Errno::Success;
}

} // namespace wrought::wasi

//===- proc.cpp - proc_exit, proc_raise in a library ----------------------===//
#include "model/guest.h"
#include "wasi/preview1.h"

namespace wrought::wasi {

/// Returns: the caller finds the failure, as after a function of the host's.
void WASI_CALL(proc_exit, uint32_t status) {
  const Guest &guest = state.host.guest;
  guest.exit(*guest.instance, status);
}

/// A signal would be the host's.
Errno WASI_CALL(proc_raise, uint32_t) { return Errno::Nosys; }

} // namespace wrought::wasi

//===- accept.cpp - sock_accept -------------------------------------------===//
//
// There is no call that makes a socket: a program listens where it was told to,
// when it was built or started, or on what a service manager hands it.
//
//===----------------------------------------------------------------------===//
#include "model/guest.h"
#include "wasi/errno.h"
#include "wasi/memory.h"
#include "wasi/sock.h"

WASI_USES(wrought_wasi_open_grants);
WASI_USES(wrought_wasi_open_listeners);

namespace wrought::wasi {

Errno WASI_CALL(sock_accept, uint32_t fd, uint32_t flags,
                uint32_t resultPointer) {
  if ((flags & ~fdflagNonblock) != 0)
    return Errno::Inval;
  Errno error;
  Use descriptor = findSocket(state, fd, rights::sockAccept, error);
  if (!descriptor)
    return error;
  Out<uint32_t> out(GuestMemory(state), resultPointer);
  if (!out.isValid())
    return Errno::Fault;
  int hostFlags =
      sys::sockCloexec | (flags & fdflagNonblock ? sys::sockNonblock : 0);
  long hostFd = sys::accept4(descriptor->hostFd, nullptr, nullptr, hostFlags);
  if (hostFd < 0)
    return errnoOf(hostFd);
  Descriptor accepted;
  accepted.hostFd = static_cast<int>(hostFd);
  accepted.isIdentified = true;
  accepted.type = FileType::SocketStream;
  accepted.flags = flags;
  accepted.rightsBase = rights::socket & ~rights::sockAccept;
  uint32_t number;
  error = state.descriptors.insert(accepted, number);
  if (error == Errno::Success)
    out.set(number);
  return error;
}

} // namespace wrought::wasi

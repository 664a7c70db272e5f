//===- accept.cpp - Sockets that listen, and sock_accept ------------------===//
//
// There is no call that makes a socket: a program listens where it was told to,
// when it was built or started, or on what a service manager hands it.
//
//===----------------------------------------------------------------------===//
#include "wasi/address.h"
#include "wasi/errno.h"
#include "wasi/memory.h"
#include "wasi/sock.h"
#include "wasi/state.h"
#include "wasi/text.h"

// See grants.h.
__asm__(".globl wrought_wasi_open_grants");

namespace wrought::wasi {

namespace {

constexpr int backlog = 1024;

long listenOn(const char *text) {
  Address address;
  if (!parseAddress(text, address))
    return -sys::eInval;
  long fd = sys::socket(address.family(), sys::sockStream | sys::sockCloexec);
  if (fd < 0)
    return fd;
  auto hostFd = static_cast<int>(fd);
  // A server that is started again does not wait for old connections to fade.
  sys::setsockopt(hostFd, sys::solSocket, sys::soReuseaddr, 1);
  long result = sys::bind(hostFd, address.bytes, address.byteLength);
  if (result >= 0)
    result = sys::listen(hostFd, backlog);
  if (result >= 0)
    return hostFd;
  sys::close(hostFd);
  return result;
}

void openListener(DescriptorTable &table, const char *text) {
  Descriptor descriptor;
  descriptor.hostFd = static_cast<int>(listenOn(text));
  descriptor.isInherited = true;
  insertGranted(table, descriptor, "socket", text);
}

/// sd_listen_fds(3): LISTEN_FDS sockets from 3 on, if they are meant for us.
void takeListenFds(DescriptorTable &table) {
  constexpr int maxCount = 1024, maxPid = 1 << 22;
  const char *pid = environmentVariable("LISTEN_PID");
  const char *count = environmentVariable("LISTEN_FDS");
  if (pid == nullptr || count == nullptr || !mayAddGrants() ||
      decimal(pid, maxPid) != sys::getpid())
    return;
  int socketCount = decimal(count, maxCount);
  for (int index = 0; index < socketCount; ++index)
    openSocket(table, 3 + index);
}

} // namespace

Errno wrought_wasi_sock_accept(uint32_t fd, uint32_t flags,
                               uint32_t resultPointer) {
  if ((flags & ~fdflagNonblock) != 0)
    return Errno::Inval;
  Errno error;
  Use descriptor = findSocket(fd, rights::sockAccept, error);
  if (!descriptor)
    return error;
  Out<uint32_t> out(GuestMemory(), resultPointer);
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
  error = state().descriptors.insert(accepted, number);
  if (error == Errno::Success)
    out.set(number);
  return error;
}

} // namespace wrought::wasi

extern "C" void
wrought_wasi_open_listeners(wrought::wasi::DescriptorTable &table) {
  using namespace wrought::wasi;
  auto *listeners = static_cast<const char *const *>(wrought_config.listeners);
  for (uint64_t index = 0; index != wrought_config.listenerCount; ++index)
    openListener(table, listeners[index]);
  ClauseList list = environmentGrants();
  for (size_t index = 0; index != list.count; ++index)
    if (list.clauses[index].kind == Clause::Kind::Listener)
      openListener(table, list.clauses[index].text);
  takeListenFds(table);
}

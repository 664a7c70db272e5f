//===- listen.cpp - Sockets that listen -----------------------------------===//
//
// Linked in with sock_accept.
//
//===----------------------------------------------------------------------===//
#include "model/guest.h"
#include "wasi/address.h"
#include "wasi/errno.h"
#include "wasi/program/grants.h"
#include "wasi/text.h"

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

//===- sock.cpp - Calls on connected sockets ------------------------------===//
//
// Those that were handed over and those that were accepted.
//
//===----------------------------------------------------------------------===//
#include "wasi/sock.h"

#include "model/guest.h"
#include "wasi/errno.h"
#include "wasi/memory.h"

WASI_USES(wrought_wasi_open_grants);

namespace wrought::wasi {

Use findSocket(State &state, uint32_t fd, uint64_t right, Errno &error) {
  DescriptorTable &table = state.descriptors;
  Use descriptor = table.find(fd);
  error = Errno::Badf;
  if (!descriptor)
    return descriptor;
  table.identify(*descriptor);
  if (descriptor->type == FileType::SocketStream ||
      descriptor->type == FileType::SocketDgram)
    return table.find(fd, right, error);
  error = Errno::Notsock;
  return Use();
}

namespace {

/// What recvmsg and sendmsg have in common. Only the first 128 buffers that are
/// not empty take part.
class Exchange {
public:
  Exchange(State &state, uint32_t fd, uint64_t right, uint32_t vectorsPointer,
           uint32_t vectorCount) {
    descriptor_ = findSocket(state, fd, right, error_);
    if (!descriptor_)
      return;
    GuestVectors vectors(GuestMemory(state), vectorsPointer, vectorCount);
    uint64_t byteLength;
    int count = vectors.isValid() ? vectors.fill(chunk_, byteLength) : -1;
    if (count < 0)
      error_ = Errno::Fault;
    else
      message_ = {nullptr, 0, chunk_, static_cast<size_t>(count),
                  nullptr, 0, 0};
  }
  Exchange(const Exchange &) = delete;
  Exchange &operator=(const Exchange &) = delete;

  Errno error() const { return error_; }
  int hostFd() const { return descriptor_->hostFd; }
  sys::MessageHeader &message() { return message_; }

private:
  Errno error_ = Errno::Success;
  Use descriptor_;
  GuestVectors::Chunk chunk_;
  sys::MessageHeader message_ = {};
};

} // namespace

Errno WASI_CALL(sock_recv, uint32_t fd, uint32_t vectors, uint32_t count,
                uint32_t flags, uint32_t lengthPointer, uint32_t flagsPointer) {
  if ((flags & ~(riflagPeek | riflagWaitall)) != 0)
    return Errno::Inval;
  Exchange exchange(state, fd, rights::fdRead, vectors, count);
  if (exchange.error() != Errno::Success)
    return exchange.error();
  GuestMemory memory(state);
  Out<uint32_t> length(memory, lengthPointer);
  Out<uint16_t> outFlags(memory, flagsPointer);
  if (!length.isValid() || !outFlags.isValid())
    return Errno::Fault;
  int hostFlags = (flags & riflagPeek ? sys::msgPeek : 0) |
                  (flags & riflagWaitall ? sys::msgWaitall : 0);
  long result = sys::recvmsg(exchange.hostFd(), &exchange.message(), hostFlags);
  if (result < 0)
    return errnoOf(result);
  length.set(static_cast<uint32_t>(result));
  bool isTruncated = (exchange.message().flags & sys::msgTrunc) != 0;
  outFlags.set(isTruncated ? roflagTruncated : 0);
  return Errno::Success;
}

Errno WASI_CALL(sock_send, uint32_t fd, uint32_t vectors, uint32_t count,
                uint32_t flags, uint32_t lengthPointer) {
  // WASI defines none yet.
  if (flags != 0)
    return Errno::Inval;
  Exchange exchange(state, fd, rights::fdWrite, vectors, count);
  if (exchange.error() != Errno::Success)
    return exchange.error();
  Out<uint32_t> length(GuestMemory(state), lengthPointer);
  if (!length.isValid())
    return Errno::Fault;
  long result =
      sys::sendmsg(exchange.hostFd(), &exchange.message(), sys::msgNosignal);
  if (result < 0)
    return errnoOf(result);
  length.set(static_cast<uint32_t>(result));
  return Errno::Success;
}

Errno WASI_CALL(sock_shutdown, uint32_t fd, uint32_t how) {
  if (how == 0 || (how & ~(sdflagRd | sdflagWr)) != 0)
    return Errno::Inval;
  Errno error;
  Use descriptor = findSocket(state, fd, rights::sockShutdown, error);
  if (!descriptor)
    return error;
  // RD, WR and both are 1, 2 and 3 here, 0, 1 and 2 on Linux.
  return errnoOf(sys::shutdown(descriptor->hostFd, static_cast<int>(how) - 1));
}

} // namespace wrought::wasi

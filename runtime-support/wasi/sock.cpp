//===- sock.cpp - Calls on sockets ----------------------------------------===//
//
// On inherited ones (a standard stream, or a "socket=" grant) and those that
// these accept.
//
//===----------------------------------------------------------------------===//
#include "wasi/descriptor_table.h"
#include "wasi/errno.h"
#include "wasi/memory.h"

namespace wrought::wasi {

namespace {

/// For calls on sockets only.
Descriptor *findSocket(uint32_t fd, uint64_t right, Errno &error) {
  if (Descriptor *descriptor = descriptors.find(fd)) {
    identify(*descriptor);
    if (descriptor->type == FileType::SocketStream ||
        descriptor->type == FileType::SocketDgram)
      return descriptors.find(fd, right, error);
    error = Errno::Notsock;
    return nullptr;
  }
  error = Errno::Badf;
  return nullptr;
}

/// What recvmsg and sendmsg have in common. Only the first 128 buffers that are
/// not empty take part.
class Exchange {
public:
  Exchange(uint32_t fd, uint64_t right, uint32_t vectorsPointer,
           uint32_t vectorCount) {
    Descriptor *descriptor = findSocket(fd, right, error_);
    if (descriptor == nullptr)
      return;
    hostFd_ = descriptor->hostFd;
    GuestVectors vectors(GuestMemory(), vectorsPointer, vectorCount);
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
  int hostFd() const { return hostFd_; }
  sys::MessageHeader &message() { return message_; }

private:
  Errno error_ = Errno::Success;
  int hostFd_ = -1;
  GuestVectors::Chunk chunk_;
  sys::MessageHeader message_ = {};
};

} // namespace

Errno wrought_wasi_sock_accept(uint32_t fd, uint32_t flags,
                               uint32_t resultPointer) {
  if ((flags & ~fdflagNonblock) != 0)
    return Errno::Inval;
  Errno error;
  Descriptor *descriptor = findSocket(fd, rights::sockAccept, error);
  if (descriptor == nullptr)
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
  error = descriptors.insert(accepted, number);
  if (error == Errno::Success)
    out.set(number);
  return error;
}

Errno wrought_wasi_sock_recv(uint32_t fd, uint32_t vectors, uint32_t count,
                             uint32_t flags, uint32_t lengthPointer,
                             uint32_t flagsPointer) {
  if ((flags & ~(riflagPeek | riflagWaitall)) != 0)
    return Errno::Inval;
  Exchange exchange(fd, rights::fdRead, vectors, count);
  if (exchange.error() != Errno::Success)
    return exchange.error();
  GuestMemory memory;
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

Errno wrought_wasi_sock_send(uint32_t fd, uint32_t vectors, uint32_t count,
                             uint32_t flags, uint32_t lengthPointer) {
  // WASI defines none yet.
  if (flags != 0)
    return Errno::Inval;
  Exchange exchange(fd, rights::fdWrite, vectors, count);
  if (exchange.error() != Errno::Success)
    return exchange.error();
  Out<uint32_t> length(GuestMemory(), lengthPointer);
  if (!length.isValid())
    return Errno::Fault;
  long result =
      sys::sendmsg(exchange.hostFd(), &exchange.message(), sys::msgNosignal);
  if (result < 0)
    return errnoOf(result);
  length.set(static_cast<uint32_t>(result));
  return Errno::Success;
}

Errno wrought_wasi_sock_shutdown(uint32_t fd, uint32_t how) {
  if (how == 0 || (how & ~(sdflagRd | sdflagWr)) != 0)
    return Errno::Inval;
  Errno error;
  Descriptor *descriptor = findSocket(fd, rights::sockShutdown, error);
  if (descriptor == nullptr)
    return error;
  // RD, WR and both are 1, 2 and 3 here, 0, 1 and 2 on Linux.
  return errnoOf(sys::shutdown(descriptor->hostFd, static_cast<int>(how) - 1));
}

} // namespace wrought::wasi

//===- signal_guard.cpp - Writing without signals -------------------------===//
//
// The kernel sends SIGPIPE and SIGXFSZ to the thread that writes, before the
// call returns: they are blocked meanwhile, and taken away when they have come.
//
//===----------------------------------------------------------------------===//
#include "model/guest.h"
#include "os/linux/system.h"

namespace wrought::wasi {

static constexpr uint64_t guarded =
    uint64_t{1} << (sys::sigPipe - 1) | uint64_t{1} << (sys::sigXfsz - 1);

/// Whether the host may not write files of any size.
static bool isFileSizeLimited(Host &host) {
  using FileSize = Host::FileSize;
  if (host.fileSize == FileSize::Unknown) {
    sys::ResourceLimit limit = {};
    const bool isUnlimited =
        sys::prlimit(sys::rlimitFsize, nullptr, &limit) >= 0 &&
        limit.current == UINT64_MAX;
    host.fileSize = isUnlimited ? FileSize::Unlimited : FileSize::Limited;
  }
  return host.fileSize == FileSize::Limited;
}

SignalGuard::SignalGuard(State &state, Descriptor &descriptor) {
  state.descriptors.identify(descriptor);
  const FileType type = descriptor.type;
  // What has no name in WASI is a FIFO or another thing that may be a pipe.
  isBlocking_ =
      type == FileType::Unknown || type == FileType::SocketStream ||
      type == FileType::SocketDgram ||
      (type == FileType::RegularFile && isFileSizeLimited(state.host));
  if (!isBlocking_)
    return;
  blockedBefore_ = pendingBefore_ = 0;
  (void)sys::rt_sigprocmask(sys::sigBlock, &guarded, &blockedBefore_);
  (void)sys::rt_sigpending(&pendingBefore_);
}

void SignalGuard::end() {
  const uint64_t wanted = guarded & ~pendingBefore_;
  const sys::TimeSpec now = {0, 0};
  if (wanted != 0)
    while (sys::rt_sigtimedwait(&wanted, &now) == -sys::eIntr) {
    }
  (void)sys::rt_sigprocmask(sys::sigSetmask, &blockedBefore_, nullptr);
}

} // namespace wrought::wasi

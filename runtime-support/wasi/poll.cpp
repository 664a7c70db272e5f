//===- poll.cpp - poll_oneoff ---------------------------------------------===//
//
// One ppoll waits for all: descriptors in its array, clocks as its timeout.
//
//===----------------------------------------------------------------------===//
#include "wasi/clock.h"
#include "wasi/descriptor_table.h"
#include "wasi/errno.h"
#include "wasi/memory.h"

namespace wrought::wasi {

namespace {

constexpr uint32_t maxSubscriptionCount = 65536;
constexpr uint32_t stackCount = 64;

/// Both clocks at one moment.
struct Moment {
  uint64_t realtime = now(sys::clockRealtime);
  uint64_t monotonic = now(sys::clockMonotonic);

  static uint64_t now(int clock) {
    sys::TimeSpec time = {};
    sys::clock_gettime(clock, &time);
    return nanoseconds(time.seconds, static_cast<uint64_t>(time.nanoseconds));
  }
};

/// A subscription to a clock. Relative ones count on the monotonic clock, which
/// nobody sets.
struct ClockWait {
  Errno error = Errno::Success;
  bool isOnRealtime = false;
  uint64_t deadline = 0;

  ClockWait(const uint8_t *subscription, const Moment &start) {
    auto clock = load<uint32_t>(subscription + subscription::clockId);
    auto flags = load<uint16_t>(subscription + subscription::clockFlags);
    deadline = load<uint64_t>(subscription + subscription::clockTimeout);
    if (clock > sys::clockThreadCpu || (flags & ~subclockAbstime) != 0)
      error = Errno::Inval;
    else if (clock > sys::clockMonotonic)
      error = Errno::Notsup;
    if ((flags & subclockAbstime) != 0)
      isOnRealtime = clock == sys::clockRealtime;
    else if (__builtin_add_overflow(deadline, start.monotonic, &deadline))
      deadline = UINT64_MAX;
  }

  /// Nanoseconds to go; 0 when there is something to report.
  uint64_t remaining(const Moment &now) const {
    uint64_t time = isOnRealtime ? now.realtime : now.monotonic;
    return error != Errno::Success || time >= deadline ? 0 : deadline - time;
  }
};

/// The calls of one poll_oneoff. The host's array has an element for each
/// subscription; those that ppoll must not look at have a negative descriptor.
class Poll {
public:
  Poll(const uint8_t *subscriptions, uint32_t count, sys::PollFd *fds)
      : subscriptions_(subscriptions), count_(count), fds_(fds) {}

  Errno prepare() {
    for (uint32_t index = 0; index != count_; ++index) {
      fds_[index] = {-1, 0, 0};
      auto tag = load<uint8_t>(at(index) + subscription::tag);
      if (tag > static_cast<uint8_t>(EventType::FdWrite))
        return Errno::Inval;
      if (tag == static_cast<uint8_t>(EventType::Clock))
        continue;
      auto fd = load<uint32_t>(at(index) + subscription::fd);
      Descriptor *descriptor = descriptors.find(fd);
      hasBadDescriptor_ |= descriptor == nullptr;
      if (descriptor == nullptr)
        continue;
      hasDescriptor_ = true;
      fds_[index].fd = descriptor->hostFd;
      fds_[index].events = tag == static_cast<uint8_t>(EventType::FdRead)
                               ? sys::pollIn
                               : sys::pollOut;
    }
    return Errno::Success;
  }

  /// Waits for at least one event; returns the number written.
  Errno wait(uint8_t *events, uint32_t &eventCount) {
    for (eventCount = 0; eventCount == 0;) {
      uint64_t timeout = nextTimeout();
      sys::TimeSpec time = timeSpec(timeout);
      long result = sys::ppoll(fds_, hasDescriptor_ ? count_ : 0,
                               timeout == UINT64_MAX ? nullptr : &time);
      if (result == -sys::eIntr)
        continue;
      if (result < 0)
        return errnoOf(result);
      eventCount = report(events);
    }
    return Errno::Success;
  }

private:
  const uint8_t *at(uint32_t index) const {
    return subscriptions_ + uint64_t{index} * subscription::byteLength;
  }

  bool isClock(uint32_t index) const {
    return load<uint8_t>(at(index) + subscription::tag) ==
           static_cast<uint8_t>(EventType::Clock);
  }

  uint64_t nextTimeout() const {
    if (hasBadDescriptor_)
      return 0;
    Moment now;
    uint64_t least = UINT64_MAX;
    for (uint32_t index = 0; index != count_; ++index) {
      if (!isClock(index))
        continue;
      uint64_t remaining = ClockWait(at(index), start_).remaining(now);
      least = remaining < least ? remaining : least;
    }
    return least;
  }

  uint32_t report(uint8_t *events) const {
    Moment now;
    uint32_t eventCount = 0;
    for (uint32_t index = 0; index != count_; ++index) {
      uint8_t event[event::byteLength] = {};
      bool happened = isClock(index) ? reportClock(index, now, event)
                                     : reportDescriptor(index, event);
      if (!happened)
        continue;
      store<uint64_t>(event + event::userdata,
                      load<uint64_t>(at(index) + subscription::userdata));
      store<uint8_t>(event + event::type,
                     load<uint8_t>(at(index) + subscription::tag));
      __builtin_memcpy(events + uint64_t{eventCount++} * sizeof event, event,
                       sizeof event);
    }
    return eventCount;
  }

  bool reportClock(uint32_t index, const Moment &now, uint8_t *event) const {
    ClockWait wait(at(index), start_);
    setError(event, wait.error);
    return wait.remaining(now) == 0;
  }

  bool reportDescriptor(uint32_t index, uint8_t *event) const {
    const sys::PollFd &poll = fds_[index];
    if (poll.fd < 0 || (poll.revents & sys::pollNval) != 0) {
      setError(event, Errno::Badf);
      return true;
    }
    if (poll.revents == 0)
      return false;
    bool isHangup = (poll.revents & (sys::pollHup | sys::pollErr)) != 0;
    store<uint16_t>(event + event::flags, isHangup ? eventHangup : 0);
    store<uint64_t>(event + event::nbytes, readyByteLength(poll));
    return true;
  }

  /// What can be read at once. How much can be written nobody says; that it is
  /// a byte at least is sure.
  static uint64_t readyByteLength(const sys::PollFd &poll) {
    if ((poll.revents & sys::pollOut) != 0)
      return 1;
    int available = 0;
    long result = sys::ioctl(poll.fd, sys::fionread, &available);
    return result < 0 || available < 0 ? 0 : static_cast<uint64_t>(available);
  }

  static void setError(uint8_t *event, Errno error) {
    store<uint16_t>(event + event::error, static_cast<uint16_t>(error));
  }

  const uint8_t *subscriptions_;
  uint32_t count_;
  sys::PollFd *fds_;
  Moment start_;
  bool hasDescriptor_ = false;
  bool hasBadDescriptor_ = false;
};

Errno run(const uint8_t *subscriptions, uint32_t count, sys::PollFd *fds,
          uint8_t *events, Out<uint32_t> &out) {
  Poll poll(subscriptions, count, fds);
  Errno error = poll.prepare();
  uint32_t eventCount = 0;
  if (error == Errno::Success)
    error = poll.wait(events, eventCount);
  if (error == Errno::Success)
    out.set(eventCount);
  return error;
}

} // namespace

Errno wrought_wasi_poll_oneoff(uint32_t in, uint32_t out, uint32_t count,
                               uint32_t resultPointer) {
  GuestMemory memory;
  const uint8_t *subscriptions =
      memory.at(in, uint64_t{count} * subscription::byteLength);
  uint8_t *events = memory.at(out, uint64_t{count} * event::byteLength);
  Out<uint32_t> result(memory, resultPointer);
  if (subscriptions == nullptr || events == nullptr || !result.isValid())
    return Errno::Fault;
  if (count == 0 || count > maxSubscriptionCount)
    return Errno::Inval;
  if (count <= stackCount) {
    sys::PollFd fds[stackCount];
    return run(subscriptions, count, fds, events, result);
  }
  size_t byteLength = count * sizeof(sys::PollFd);
  long mapped = sys::mmap(nullptr, byteLength, sys::protRead | sys::protWrite,
                          sys::mapPrivate | sys::mapAnonymous, -1, 0);
  if (sys::isError(mapped))
    return errnoOf(mapped);
  auto *fds = reinterpret_cast<sys::PollFd *>(mapped);
  Errno error = run(subscriptions, count, fds, events, result);
  sys::munmap(fds, byteLength);
  return error;
}

} // namespace wrought::wasi

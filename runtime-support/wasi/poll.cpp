//===- poll.cpp - poll_oneoff ---------------------------------------------===//
//
// One ppoll waits for all: descriptors in its array, clocks as its timeout.
// Subscriptions are read once, before anything is done.
//
//===----------------------------------------------------------------------===//
#include "model/guest.h"
#include "wasi/clock.h"
#include "wasi/errno.h"
#include "wasi/memory.h"

namespace wrought::wasi {

namespace {

constexpr uint32_t maxSubscriptionCount = 65536;
constexpr uint32_t stackCount = 64;
/// The realtime clock may be set while a call waits for it: how often to look.
constexpr uint64_t realtimeStep = nanosecondsPerSecond;

/// Where a subscription's parts are; user data and tag stand alike.
struct Layout {
  uint32_t byteLength, clockId, clockTimeout, clockFlags;
};
constexpr Layout layouts[] = {
    {subscription::byteLength, subscription::clockId,
     subscription::clockTimeout, subscription::clockFlags},
    {unstableSubscription::byteLength, unstableSubscription::clockId,
     unstableSubscription::clockTimeout, unstableSubscription::clockFlags},
};

/// Both clocks at one moment.
struct Moment {
  explicit Moment(State &state)
      : realtime(now(state, sys::clockRealtime)),
        monotonic(now(state, sys::clockMonotonic)) {}

  uint64_t realtime, monotonic;

  static uint64_t now(State &state, int clock) {
    sys::TimeSpec time = {};
    readClock(state, clock, &time);
    return nanoseconds(time.seconds, static_cast<uint64_t>(time.nanoseconds));
  }
};

struct Subscription {
  uint64_t userdata = 0;
  /// Of a clock; relative ones count on the monotonic clock, which nobody sets.
  uint64_t deadline = 0;
  Descriptor *descriptor = nullptr;
  EventType type = EventType::Clock;
  bool isOnRealtime = false;
  /// Reported at once.
  Errno error = Errno::Success;
  /// Of a descriptor: its place in ppoll's array.
  uint32_t pollIndex = 0;

  uint64_t remaining(const Moment &now) const {
    uint64_t time = isOnRealtime ? now.realtime : now.monotonic;
    return time >= deadline ? 0 : deadline - time;
  }
};

/// One poll_oneoff.
class Poll {
public:
  Poll(State &state, Subscription *subscriptions, sys::PollFd *fds,
       uint32_t count)
      : state_(state), subscriptions_(subscriptions), fds_(fds), count_(count),
        start_(state) {
    for (uint32_t index = 0; index != count; ++index)
      subscriptions_[index] = Subscription();
  }
  Poll(const Poll &) = delete;
  Poll &operator=(const Poll &) = delete;
  ~Poll() {
    for (uint32_t index = 0; index != count_; ++index)
      if (subscriptions_[index].descriptor != nullptr)
        state_.descriptors.release(*subscriptions_[index].descriptor);
  }

  Errno read(const uint8_t *place, const Layout &layout) {
    for (uint32_t index = 0; index != count_; ++index) {
      Subscription &subscription = subscriptions_[index];
      subscription.userdata = load<uint64_t>(place + subscription::userdata);
      auto tag = load<uint8_t>(place + subscription::tag);
      if (tag > static_cast<uint8_t>(EventType::FdWrite))
        return Errno::Inval;
      subscription.type = static_cast<EventType>(tag);
      if (subscription.type == EventType::Clock)
        readClockPart(subscription, place, layout);
      else
        readDescriptorPart(subscription, place);
      isOver_ |= subscription.error != Errno::Success;
      place += layout.byteLength;
    }
    return Errno::Success;
  }

  /// Waits for at least one event; writes it, and sets the number written.
  Errno wait(uint8_t *events, uint32_t &eventCount) {
    for (eventCount = 0; eventCount == 0;) {
      uint64_t timeout = nextTimeout();
      sys::TimeSpec time = timeSpec(timeout);
      long result =
          sys::ppoll(fds_, fdCount_, timeout == UINT64_MAX ? nullptr : &time);
      if (result == -sys::eIntr)
        continue;
      if (result < 0)
        return errnoOf(result);
      eventCount = report(events);
    }
    return Errno::Success;
  }

private:
  void readClockPart(Subscription &subscription, const uint8_t *place,
                     const Layout &layout) {
    auto clock = load<uint32_t>(place + layout.clockId);
    auto flags = load<uint16_t>(place + layout.clockFlags);
    subscription.deadline = load<uint64_t>(place + layout.clockTimeout);
    if (clock > sys::clockThreadCpu || (flags & ~subclockAbstime) != 0)
      subscription.error = Errno::Inval;
    else if (clock > sys::clockMonotonic)
      subscription.error = Errno::Notsup;
    if ((flags & subclockAbstime) != 0)
      subscription.isOnRealtime = clock == sys::clockRealtime;
    else if (__builtin_add_overflow(subscription.deadline, start_.monotonic,
                                    &subscription.deadline))
      subscription.deadline = UINT64_MAX;
  }

  void readDescriptorPart(Subscription &subscription, const uint8_t *place) {
    auto fd = load<uint32_t>(place + subscription::fd);
    Use use = state_.descriptors.find(fd);
    if (!use) {
      subscription.error = Errno::Badf;
      return;
    }
    bool reads = subscription.type == EventType::FdRead;
    subscription.pollIndex = fdCount_;
    fds_[fdCount_++] = {use->hostFd, reads ? sys::pollIn : sys::pollOut, 0};
    subscription.descriptor = use.take();
  }

  uint64_t nextTimeout() const {
    if (isOver_)
      return 0;
    Moment now(state_);
    uint64_t least = UINT64_MAX;
    for (uint32_t index = 0; index != count_; ++index) {
      const Subscription &subscription = subscriptions_[index];
      if (subscription.type != EventType::Clock)
        continue;
      uint64_t remaining = subscription.remaining(now);
      if (subscription.isOnRealtime && remaining > realtimeStep)
        remaining = realtimeStep;
      least = remaining < least ? remaining : least;
    }
    return least;
  }

  uint32_t report(uint8_t *events) const {
    Moment now(state_);
    uint32_t eventCount = 0;
    for (uint32_t index = 0; index != count_; ++index) {
      const Subscription &subscription = subscriptions_[index];
      uint8_t event[event::byteLength] = {};
      Errno error = subscription.error;
      if (error == Errno::Success) {
        bool isClock = subscription.type == EventType::Clock;
        bool happened = isClock ? subscription.remaining(now) == 0
                                : reportDescriptor(fds_[subscription.pollIndex],
                                                   event, error);
        if (!happened)
          continue;
      }
      store<uint64_t>(event + event::userdata, subscription.userdata);
      store<uint16_t>(event + event::error, static_cast<uint16_t>(error));
      store<EventType>(event + event::type, subscription.type);
      __builtin_memcpy(events + uint64_t{eventCount++} * sizeof event, event,
                       sizeof event);
    }
    return eventCount;
  }

  static bool reportDescriptor(const sys::PollFd &poll, uint8_t *event,
                               Errno &error) {
    if (poll.revents == 0)
      return false;
    if ((poll.revents & sys::pollNval) != 0) {
      error = Errno::Badf;
      return true;
    }
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

  State &state_;
  Subscription *subscriptions_;
  sys::PollFd *fds_;
  uint32_t count_;
  uint32_t fdCount_ = 0;
  Moment start_;
  /// Something is to be reported without waiting.
  bool isOver_ = false;
};

struct Request {
  const uint8_t *subscriptions;
  uint8_t *events;
  Out<uint32_t> result;
  const Layout &layout;
};

Errno run(State &state, Request &request, uint32_t count,
          Subscription *subscriptions, sys::PollFd *fds) {
  Poll poll(state, subscriptions, fds, count);
  Errno error = poll.read(request.subscriptions, request.layout);
  uint32_t eventCount = 0;
  if (error == Errno::Success)
    error = poll.wait(request.events, eventCount);
  if (error == Errno::Success)
    request.result.set(eventCount);
  return error;
}

Errno pollOneoff(State &state, uint32_t in, uint32_t out, uint32_t count,
                 uint32_t resultPointer, const Layout &layout) {
  GuestMemory memory(state);
  Request request = {memory.at(in, uint64_t{count} * layout.byteLength),
                     memory.at(out, uint64_t{count} * event::byteLength),
                     Out<uint32_t>(memory, resultPointer), layout};
  if (request.subscriptions == nullptr || request.events == nullptr ||
      !request.result.isValid())
    return Errno::Fault;
  if (count == 0 || count > maxSubscriptionCount)
    return Errno::Inval;
  if (count <= stackCount) {
    // Not constructed: Poll does so for as many as there are.
    alignas(Subscription)
        uint8_t subscriptions[stackCount * sizeof(Subscription)];
    sys::PollFd fds[stackCount];
    return run(state, request, count,
               reinterpret_cast<Subscription *>(subscriptions), fds);
  }
  size_t byteLength = count * (sizeof(Subscription) + sizeof(sys::PollFd));
  long mapped = sys::mmap(nullptr, byteLength, sys::protRead | sys::protWrite,
                          sys::mapPrivate | sys::mapAnonymous, -1, 0);
  if (sys::isError(mapped))
    return errnoOf(mapped);
  auto *subscriptions = reinterpret_cast<Subscription *>(mapped);
  Errno error = run(state, request, count, subscriptions,
                    reinterpret_cast<sys::PollFd *>(subscriptions + count));
  sys::munmap(subscriptions, byteLength);
  return error;
}

} // namespace

Errno WASI_CALL(poll_oneoff, uint32_t in, uint32_t out, uint32_t count,
                uint32_t result) {
  return pollOneoff(state, in, out, count, result, layouts[0]);
}

Errno WASI_CALL(unstable_poll_oneoff, uint32_t in, uint32_t out, uint32_t count,
                uint32_t result) {
  return pollOneoff(state, in, out, count, result, layouts[1]);
}

} // namespace wrought::wasi
